package ai.a5c.krate.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * A response of the Kubernetes API.
 *
 * @param status the HTTP status code
 * @param headers of the response
 * @param body read by one thread. A watch's body blocks until there is something to read and gives
 *     what there is, so that a server flushes after each read; closing it, from any thread, ends
 *     the watch
 */
public record ApiResponse(int status, Headers headers, InputStream body) implements AutoCloseable {
  /** Ends the response, read or not. */
  @Override
  public void close() {
    try {
      body.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
