package ai.a5c.krate.cel.evaluation;

/** A part of an expression has no value. Costs no stack trace, because expressions make many. */
public final class NoValue extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST = 1_024;
  private static final int LONGEST_EXCERPT = 128;

  public NoValue(String message) {
    super(shortened(message), null, false, false);
  }

  /** One line of at most a thousand characters that says why. */
  public String why() {
    return String.valueOf(getMessage());
  }

  /** The start of a text, which may be as long as a budget allows, for use in a message. */
  public static String excerpt(String text) {
    return text.length() > LONGEST_EXCERPT ? text.substring(0, LONGEST_EXCERPT) + "..." : text;
  }

  private static String shortened(String message) {
    String line = message.length() > LONGEST ? message.substring(0, LONGEST) + "..." : message;
    return line.replace('\n', ' ').replace('\r', ' ');
  }
}
