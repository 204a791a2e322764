package ai.a5c.krate.cel.evaluation;

/**
 * The budget has run out. An error, because {@code &&}, {@code ||} and the loops over them swallow
 * the exceptions of an expression, and nothing may swallow this.
 */
public final class Spent extends Error {
  private static final long serialVersionUID = 1L;

  Spent(String message) {
    super(message, null, false, false);
  }

  /** One line that names the bound. */
  public String bound() {
    return String.valueOf(getMessage());
  }
}
