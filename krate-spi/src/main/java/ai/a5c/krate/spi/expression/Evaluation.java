package ai.a5c.krate.spi.expression;

import org.jspecify.annotations.Nullable;

/** What an evaluation came to. */
public sealed interface Evaluation {
  /**
   * A value of the wanted type.
   *
   * @param value null, {@link Boolean}, {@link Long}, {@link Double}, {@link String}, {@link
   *     java.time.Instant}, {@link java.time.Duration}, {@link ai.a5c.krate.api.meta.Bytes}, a
   *     {@link java.util.List} or a {@link java.util.Map} of these, unmodifiable; or a value of a
   *     type of the language, which is good only to be handed back to it by {@link Variables}.
   */
  record Value(@Nullable Object value) implements Evaluation {}

  /**
   * The expression has no value: a missing key, a wrong overload on an untyped value, a variable
   * that failed.
   *
   * @param message one line that names what failed
   */
  record Failed(String message) implements Evaluation {}

  /**
   * The budget was spent, or the thread interrupted (its interrupt status stays set), before there
   * was a value.
   *
   * @param message one line that names the bound
   */
  record ExceededBudget(String message) implements Evaluation {}
}
