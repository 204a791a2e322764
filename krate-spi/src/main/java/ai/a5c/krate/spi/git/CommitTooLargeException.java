package ai.a5c.krate.spi.git;

/** A commit has more than the backend takes on at once; it will be so at every attempt. */
public final class CommitTooLargeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Refuses.
   *
   * @param message one line for a person, which names the bound
   */
  public CommitTooLargeException(String message, Throwable cause) {
    super(message, cause);
  }
}
