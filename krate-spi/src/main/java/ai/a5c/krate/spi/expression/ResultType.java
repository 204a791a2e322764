package ai.a5c.krate.spi.expression;

/** What an expression must evaluate to. */
public enum ResultType {
  /** A {@link Boolean}. */
  BOOL,
  /** A {@link String}. */
  STRING,
  /**
   * A {@link String} that is fit to be shown as the message of a refusal: trimmed, not empty, on
   * one line, of at most {@value #MESSAGE_BYTES} bytes in UTF-8. The evaluation fails with any
   * other.
   */
  MESSAGE,
  /** A {@link String} or null. */
  STRING_OR_NULL,
  /** Anything. */
  ANY;

  /** The most bytes a {@link #MESSAGE} has. */
  public static final int MESSAGE_BYTES = 5 * 1024;
}
