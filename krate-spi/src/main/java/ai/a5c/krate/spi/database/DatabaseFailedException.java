package ai.a5c.krate.spi.database;

/** The database did not start; the message says why and what to do. */
public final class DatabaseFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DatabaseFailedException(String message, Throwable cause) {
    super(message, cause);
  }

  public DatabaseFailedException(String message) {
    super(message);
  }
}
