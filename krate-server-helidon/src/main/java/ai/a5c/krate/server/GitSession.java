package ai.a5c.krate.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * One request of a Git client that was let in; exactly one method is called, once.
 *
 * <p>An {@link IOException} from the streams means that the client is gone: a body that ends early
 * throws and never looks finished. Nothing may be left half done then.
 */
public interface GitSession {
  /**
   * Writes the whole body of the smart HTTP advertisement (gitprotocol-http).
   *
   * @param protocol the {@code Git-Protocol} header, null if there was none
   */
  void advertise(@Nullable String protocol, OutputStream out) throws IOException;

  /** Answers the body of a fetch. */
  void fetch(@Nullable String protocol, InputStream in, OutputStream out) throws IOException;

  /** Receives the body of a push. */
  void push(@Nullable String protocol, InputStream in, OutputStream out) throws IOException;
}
