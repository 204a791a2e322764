package ai.a5c.krate.cel.evaluation;

import org.jspecify.annotations.Nullable;

/** A part of an expression, ready to be evaluated. Immutable. */
@FunctionalInterface
interface Node {
  /**
   * Evaluates it.
   *
   * @throws NoValue if it has no value
   * @throws Spent if the budget does not suffice
   */
  @Nullable Object evaluate(Frame frame);
}
