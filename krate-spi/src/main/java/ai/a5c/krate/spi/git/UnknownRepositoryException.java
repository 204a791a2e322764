package ai.a5c.krate.spi.git;

/** There is no repository with this uid. */
public final class UnknownRepositoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UnknownRepositoryException(String message) {
    super(message);
  }

  public UnknownRepositoryException(String message, Throwable cause) {
    super(message, cause);
  }
}
