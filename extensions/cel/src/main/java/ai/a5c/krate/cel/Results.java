package ai.a5c.krate.cel;

import ai.a5c.krate.cel.evaluation.Values;
import ai.a5c.krate.spi.expression.Evaluation;
import ai.a5c.krate.spi.expression.ResultType;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypes;
import dev.cel.common.types.SimpleType;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Whether results are what was wanted. */
final class Results {
  private static final int LONGEST_TYPE = 200;

  private Results() {}

  /** Whether values of a type that is known before evaluation are what is wanted. */
  static boolean fits(CelType type, ResultType wanted) {
    return switch (wanted) {
      case BOOL -> type.equals(SimpleType.BOOL);
      case STRING, MESSAGE -> type.equals(SimpleType.STRING);
      case STRING_OR_NULL -> type.equals(SimpleType.STRING) || type.equals(SimpleType.NULL_TYPE);
      case ANY -> true;
    };
  }

  static String describe(ResultType wanted) {
    return switch (wanted) {
      case BOOL -> "bool";
      case STRING, MESSAGE -> "string";
      case STRING_OR_NULL -> "one of string, null_type";
      case ANY -> "any type";
    };
  }

  static String describe(CelType type) {
    String text = CelTypes.format(type);
    return text.length() > LONGEST_TYPE ? text.substring(0, LONGEST_TYPE) + "..." : text;
  }

  /** The outcome of an evaluation that came to this value. */
  static Evaluation of(@Nullable Object value, ResultType wanted) {
    boolean good =
        switch (wanted) {
          case BOOL -> value instanceof Boolean;
          case STRING, MESSAGE -> value instanceof String;
          case STRING_OR_NULL -> value == null || value instanceof String;
          case ANY -> true;
        };
    if (!good) {
      return new Evaluation.Failed(
          "must evaluate to " + describe(wanted) + " but got " + Values.typeOf(value).name());
    }
    return wanted == ResultType.MESSAGE && value instanceof String text
        ? message(text.strip())
        : new Evaluation.Value(value);
  }

  private static Evaluation message(String text) {
    if (text.isEmpty()) {
      return new Evaluation.Failed("the message is empty");
    }
    if (text.chars().anyMatch(c -> c == '\n' || c == '\r')) {
      return new Evaluation.Failed("the message has more than one line");
    }
    if (text.length() > ResultType.MESSAGE_BYTES
        || text.getBytes(StandardCharsets.UTF_8).length > ResultType.MESSAGE_BYTES) {
      return new Evaluation.Failed(
          "the message has more than " + ResultType.MESSAGE_BYTES + " bytes");
    }
    return new Evaluation.Value(text);
  }
}
