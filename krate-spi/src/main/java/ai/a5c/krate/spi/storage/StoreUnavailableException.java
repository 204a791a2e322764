package ai.a5c.krate.spi.storage;

/** The store cannot be reached; nothing was stored by the call. */
public final class StoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
