package ai.a5c.krate.spi.expression;

/**
 * The values of the declared variables, asked lazily: only names that the evaluation reaches, on
 * the evaluating thread, each at most once an evaluation.
 *
 * <p>A value is null, a Boolean, Integer, Long, Double, String, {@link java.time.Instant}, {@link
 * java.time.Duration}, {@link ai.a5c.krate.api.meta.Bytes}, {@link jakarta.json.JsonValue}, {@link
 * Access}, {@link AccessTarget}, a List or a Map with String keys of these, or a value that an
 * expression of the same language evaluated to. JSON is read in place and never copied: its
 * integers are integers, its numbers with a fraction or an exponent are doubles. Values must not
 * change while an evaluation may read them.
 */
@FunctionalInterface
public interface Variables {
  /**
   * The value of a variable.
   *
   * @param name as declared, {@code variables.small} for one that is declared with a dot
   * @return the value; or that it has none, which fails the evaluation unless its outcome does not
   *     depend on it; or that the budget was spent on computing it, which ends the evaluation
   */
  Evaluation resolve(String name);
}
