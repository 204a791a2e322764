package ai.a5c.krate.cel.evaluation;

import ai.a5c.krate.spi.expression.Variables;
import org.jspecify.annotations.Nullable;

/** A whole expression, ready to be evaluated. Immutable. */
public final class Program {
  private final Node root;
  private final int locals;

  Program(Node root, int locals) {
    this.root = root;
    this.locals = locals;
  }

  /**
   * Evaluates on the calling thread.
   *
   * @throws NoValue if it has no value
   * @throws Spent if the budget does not suffice
   */
  public @Nullable Object evaluate(Variables variables, Meter meter) {
    meter.look();
    return root.evaluate(new Frame(meter, variables, locals));
  }
}
