package ai.a5c.krate.spi.git;

/** The backend cannot do its work now, through no fault of the caller. */
public final class GitUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public GitUnavailableException(String message) {
    super(message);
  }

  public GitUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
