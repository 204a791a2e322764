package ai.a5c.krate.server;

import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A response's body, begun with its first byte, so that a failure before it can still be answered.
 * That the client is gone is an {@link IOException}, whatever the HTTP layer throws for it.
 */
final class ClientOutput extends OutputStream {
  private final ServerResponse response;
  private @Nullable OutputStream out;

  ClientOutput(ServerResponse response) {
    this.response = response;
  }

  boolean begun() {
    return out != null;
  }

  /** Sends status and headers now. */
  void begin() throws IOException {
    try {
      OutputStream ignored = out();
      HeadFlush.flush(response);
    } catch (RuntimeException e) {
      throw gone(e);
    }
  }

  private OutputStream out() {
    OutputStream current = out;
    if (current == null) {
      current = response.outputStream();
      out = current;
    }
    return current;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    try {
      out().write(from, offset, length);
    } catch (RuntimeException e) {
      throw gone(e);
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      if (out != null) {
        out.flush();
      }
    } catch (RuntimeException e) {
      throw gone(e);
    }
  }

  /** Ends the body properly. */
  @Override
  public void close() throws IOException {
    try {
      out().close();
    } catch (RuntimeException e) {
      throw gone(e);
    }
  }

  private static IOException gone(RuntimeException cause) {
    return new IOException("the client is gone", cause);
  }
}
