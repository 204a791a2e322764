package ai.a5c.krate.cel.evaluation;

import org.jspecify.annotations.Nullable;

/**
 * A function of the language. Pays its way: for what it reads and for what it makes, before it does
 * so. Used from many threads at once.
 */
@FunctionalInterface
public interface Function {
  /**
   * Applies it.
   *
   * @throws NoValue if there is none for these arguments
   */
  @Nullable Object apply(Call call);
}
