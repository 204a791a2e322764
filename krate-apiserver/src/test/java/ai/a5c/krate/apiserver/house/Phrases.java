package ai.a5c.krate.apiserver.house;

import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.spi.expression.Budget;
import ai.a5c.krate.spi.expression.Compilation;
import ai.a5c.krate.spi.expression.Declarations;
import ai.a5c.krate.spi.expression.Evaluation;
import ai.a5c.krate.spi.expression.Expression;
import ai.a5c.krate.spi.expression.ExpressionLanguage;
import ai.a5c.krate.spi.expression.ResultType;
import ai.a5c.krate.spi.expression.ValueType;
import ai.a5c.krate.spi.expression.Variables;
import jakarta.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A language whose every expression was agreed upon before. It counts what it compiles. */
public final class Phrases implements ExpressionLanguage {
  public final AtomicInteger compiled = new AtomicInteger();
  private final Map<String, Phrase> phrases = new HashMap<>();

  private record Phrase(List<String> names, Meaning meaning) {}

  /** What a phrase comes to; throws {@link Unsaid} if it has no value. */
  public interface Meaning {
    @Nullable Object of(Scope scope);
  }

  /** Why there is no value. */
  public static final class Unsaid extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Evaluation why;

    public Unsaid(Evaluation why) {
      this.why = why;
    }
  }

  /** What a phrase can look at. */
  public record Scope(Variables variables, Budget budget) {
    public @Nullable Object value(String name) {
      Evaluation evaluation = variables.resolve(name);
      if (evaluation instanceof Evaluation.Value(Object value)) {
        return value;
      }
      throw new Unsaid(evaluation);
    }

    /** The text at a path of a variable that is an object. */
    public String text(String name, String... path) {
      return value(name) instanceof JsonObject object ? JsonTree.textAt(object, path) : "";
    }

    /** Computes until the budget says that it is enough. */
    public Object forever() {
      while (budget.spendSteps(1) && budget.inTime()) {
        Thread.onSpinWait();
      }
      throw new Unsaid(new Evaluation.ExceededBudget("too long"));
    }
  }

  /** Agrees on a phrase that looks at the variables of these names. */
  public Phrases say(String source, Meaning meaning, String... names) {
    phrases.put(source, new Phrase(List.of(names), meaning));
    return this;
  }

  @Override
  public String name() {
    return "phrases";
  }

  @Override
  public Compilation compile(String source, Declarations declarations, ResultType result) {
    compiled.incrementAndGet();
    Phrase phrase = phrases.get(source);
    if (phrase == null) {
      return new Compilation.InvalidExpression(
          List.of(new Compilation.Fault(1, 3, "nobody says that")));
    }
    for (String name : phrase.names()) {
      if (!declarations.variables().containsKey(name)) {
        return new Compilation.InvalidExpression(
            List.of(new Compilation.Fault(1, 1, "undeclared reference to '" + name + "'")));
      }
    }
    return new Compilation.Compiled(
        new Expression() {
          @Override
          public ValueType type() {
            return ValueType.Basic.DYNAMIC;
          }

          @Override
          public Evaluation evaluate(Variables variables, Budget budget) {
            try {
              return new Evaluation.Value(phrase.meaning().of(new Scope(variables, budget)));
            } catch (Unsaid e) {
              return e.why;
            }
          }
        });
  }
}
