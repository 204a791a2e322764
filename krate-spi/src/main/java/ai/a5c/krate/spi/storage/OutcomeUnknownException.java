package ai.a5c.krate.spi.storage;

/** The store was lost while it committed: all of the transaction is stored, or nothing of it. */
public final class OutcomeUnknownException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public OutcomeUnknownException(String message, Throwable cause) {
    super(message, cause);
  }
}
