package ai.a5c.krate.cel.evaluation;

import ai.a5c.krate.spi.expression.Evaluation;
import ai.a5c.krate.spi.expression.Variables;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The state of one evaluation. */
final class Frame {
  private final Meter meter;
  private final Variables variables;
  private final Map<String, Evaluation> resolved = new HashMap<>();
  private final @Nullable Object[] locals;

  Frame(Meter meter, Variables variables, int locals) {
    this.meter = meter;
    this.variables = variables;
    this.locals = new @Nullable Object[locals];
  }

  Meter meter() {
    return meter;
  }

  @Nullable Object local(int slot) {
    Object value = locals[slot];
    if (value instanceof NoValue error) {
      throw error;
    }
    return value;
  }

  /** Sets a local; a {@link NoValue} is thrown when the local is read. */
  void setLocal(int slot, @Nullable Object value) {
    locals[slot] = value;
  }

  @Nullable Object variable(String name) {
    Evaluation known = resolved.get(name);
    if (known == null) {
      known = adapted(variables.resolve(name));
      resolved.put(name, known);
    }
    return switch (known) {
      case Evaluation.Value(var value) -> value;
      case Evaluation.Failed(var message) -> throw new NoValue(message);
      case Evaluation.ExceededBudget(var message) -> throw new Spent(message);
    };
  }

  private static Evaluation adapted(Evaluation resolved) {
    return resolved instanceof Evaluation.Value(var value)
        ? new Evaluation.Value(Values.adapt(value))
        : resolved;
  }
}
