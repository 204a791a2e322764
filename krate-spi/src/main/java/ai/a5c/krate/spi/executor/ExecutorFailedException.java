package ai.a5c.krate.spi.executor;

/** A runner did not do what it was asked; the message says why, for people. */
public final class ExecutorFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ExecutorFailedException(String message) {
    super(message);
  }

  public ExecutorFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
