package ai.a5c.krate.cel;

import ai.a5c.krate.spi.expression.Budget;
import ai.a5c.krate.spi.expression.Compilation;
import ai.a5c.krate.spi.expression.Declarations;
import ai.a5c.krate.spi.expression.Evaluation;
import ai.a5c.krate.spi.expression.Expression;
import ai.a5c.krate.spi.expression.ResultType;
import ai.a5c.krate.spi.expression.ValueType.Basic;
import ai.a5c.krate.spi.expression.Variables;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.time.Duration;
import org.assertj.core.api.Assertions;

/** Compiles and evaluates in tests, with an untyped variable {@code object}. */
final class Cel {
  static final CelLanguage LANGUAGE = new CelLanguage();
  static final Declarations OBJECT = Declarations.none().with("object", Basic.DYNAMIC);
  static final Budget.Limits LIMITS =
      new Budget.Limits(1_000_000, 32_000_000, Duration.ofSeconds(30));

  private Cel() {}

  static Budget budget() {
    return new Budget(LIMITS, System::nanoTime);
  }

  static Expression compiled(String source) {
    return compiled(source, OBJECT, ResultType.ANY);
  }

  static Expression compiled(String source, Declarations declarations, ResultType result) {
    return switch (LANGUAGE.compile(source, declarations, result)) {
      case Compilation.Compiled(var expression) -> expression;
      case Compilation.InvalidExpression invalid ->
          throw new AssertionError(source + " is refused: " + invalid.message());
    };
  }

  static String refusal(String source) {
    return refusal(source, OBJECT, ResultType.ANY);
  }

  static String refusal(String source, Declarations declarations, ResultType result) {
    return switch (LANGUAGE.compile(source, declarations, result)) {
      case Compilation.Compiled compiled -> Assertions.fail(source + " is not refused");
      case Compilation.InvalidExpression invalid -> invalid.message();
    };
  }

  static JsonObject json(String text) {
    try (JsonReader reader = Json.createReader(new StringReader(text))) {
      return reader.readObject();
    }
  }

  static Variables object(String json) {
    JsonObject object = json(json);
    return name -> new Evaluation.Value(object);
  }

  static Evaluation outcome(String source) {
    return outcome(source, "{}");
  }

  static Evaluation outcome(String source, String json) {
    return compiled(source).evaluate(object(json), budget());
  }

  static Object value(String source) {
    return value(source, "{}");
  }

  static Object value(String source, String json) {
    return switch (outcome(source, json)) {
      case Evaluation.Value(var value) -> value;
      case Evaluation.Failed(var message) -> throw new AssertionError(source + ": " + message);
      case Evaluation.ExceededBudget(var bound) -> throw new AssertionError(source + ": " + bound);
    };
  }

  static String failure(String source) {
    return failure(source, "{}");
  }

  static String failure(String source, String json) {
    return switch (outcome(source, json)) {
      case Evaluation.Failed(var message) -> message;
      case Evaluation.Value(var value) -> Assertions.fail(source + " is " + value);
      case Evaluation.ExceededBudget(var bound) -> Assertions.fail(source + ": " + bound);
    };
  }
}
