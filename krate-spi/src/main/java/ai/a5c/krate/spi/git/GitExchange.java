package ai.a5c.krate.spi.git;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What a Git client that was let in to one repository may say, and is answered: the three requests
 * of smart HTTP (gitprotocol-http), whatever carries them.
 *
 * <p>Methods block, and belong to one client. An {@link IOException} is the client's connection
 * breaking, and leaves nothing half done.
 */
public interface GitExchange {
  /**
   * Writes the advertisement of the service that was asked for.
   *
   * @param protocol the client's {@code Git-Protocol} header, null if it sent none
   */
  void advertise(@Nullable String protocol, OutputStream out) throws IOException;

  /**
   * Answers the body of one fetch request.
   *
   * @param protocol the client's {@code Git-Protocol} header, null if it sent none
   */
  void fetch(@Nullable String protocol, InputStream in, OutputStream out) throws IOException;

  /**
   * Receives the body of a push.
   *
   * @throws IllegalStateException if the client was let in to fetch
   */
  void push(InputStream in, OutputStream out) throws IOException;
}
