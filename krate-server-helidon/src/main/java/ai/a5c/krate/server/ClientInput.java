package ai.a5c.krate.server;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request's body. What breaks on the way is an {@link IOException}, whatever the HTTP layer
 * throws for it: a body that ends early never looks finished. One call takes a bounded amount from
 * the network. Nothing is asked of the client before the first read.
 */
final class ClientInput extends InputStream {
  /** More than any client's chunk: what the HTTP layer may hold of this body at a time. */
  private static final long CHUNK = 8L << 20;

  private final ServerRequest request;
  private final MeteredSocket socket = MeteredSocket.current();
  private long chunk = CHUNK;
  private @Nullable InputStream in;
  private Gunzip.@Nullable TooLargeException tooLarge;

  ClientInput(ServerRequest request) {
    this.request = request;
  }

  /** Bounds what may be taken from the network for one call. */
  @CanIgnoreReturnValue
  ClientInput taking(long chunk) {
    this.chunk = chunk;
    return this;
  }

  /** Why the body was cut off, whatever the reader made of it; empty if it was not. */
  Optional<Gunzip.TooLargeException> tooLarge() {
    return Optional.ofNullable(tooLarge);
  }

  private InputStream in() {
    InputStream current = in;
    if (current == null) {
      current =
          request.content().hasEntity()
              ? request.content().inputStream()
              : InputStream.nullInputStream();
      in = current;
    }
    return current;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    socket.allow(chunk);
    try {
      return in().read(into, offset, length);
    } catch (Gunzip.TooLargeException e) {
      tooLarge = e;
      throw e;
    } catch (RuntimeException e) {
      throw new IOException("the request's body broke off", e);
    } finally {
      socket.allowAll();
    }
  }
}
