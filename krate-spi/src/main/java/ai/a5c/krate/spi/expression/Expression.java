package ai.a5c.krate.spi.expression;

/** A compiled expression: immutable, and used from many threads at once. */
public interface Expression {
  /**
   * The type it evaluates to, as far as it is known before evaluation. Declares a variable that
   * holds the values of this expression.
   */
  ValueType type();

  /**
   * Evaluates on the calling thread, in bounded time and memory. Never throws because of the
   * expression or of the values, nor an {@link Error} that an expression provoked.
   *
   * @param variables asked for a name only when the evaluation reaches it
   * @param budget what may be spent; what the evaluation spent is gone from it afterwards
   */
  Evaluation evaluate(Variables variables, Budget budget);
}
