package ai.a5c.krate.spi.expression;

/**
 * A language in which policies are written. An implementation is found with {@link
 * java.util.ServiceLoader}, has a public constructor without parameters, and may be used from many
 * threads at once.
 *
 * <p>What a language does not serve it refuses at {@link #compile}: an expression that compiles
 * means what the language's definition says.
 */
public interface ExpressionLanguage {
  /** The name policies know it by, in lower case: {@code cel}. */
  String name();

  /**
   * Checks and prepares an expression. Takes milliseconds, so callers keep what they compiled; ends
   * in bounded time and memory whatever the source is.
   *
   * @param source as the author wrote it
   * @param declarations every variable the expression may name; another one is refused
   * @param result what it must evaluate to; an expression whose type is only known at evaluation is
   *     refused for every type but {@link ResultType#ANY}
   */
  Compilation compile(String source, Declarations declarations, ResultType result);
}
