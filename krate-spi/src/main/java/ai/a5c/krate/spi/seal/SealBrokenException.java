package ai.a5c.krate.spi.seal;

/** A sealed document cannot be opened: its key is unknown, or it was altered. */
public final class SealBrokenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SealBrokenException(String message, Throwable cause) {
    super(message, cause);
  }

  public SealBrokenException(String message) {
    super(message);
  }
}
