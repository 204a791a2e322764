package ai.a5c.krate.core.hook;

import java.net.UnknownHostException;

/** Nothing may be sent to the target. */
final class RefusedTargetException extends UnknownHostException {
  private static final long serialVersionUID = 1L;

  RefusedTargetException(String message) {
    super(message);
  }
}
