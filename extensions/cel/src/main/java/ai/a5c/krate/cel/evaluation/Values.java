package ai.a5c.krate.cel.evaluation;

import ai.a5c.krate.api.meta.Bytes;
import jakarta.json.JsonNumber;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What values are to the language, whatever they are to Java. */
public final class Values {
  private static final int LONG_DIGITS = 19;

  private Values() {}

  /**
   * A value from outside as the language sees it. Lists and maps are views that adapt what is read
   * from them.
   *
   * @throws NoValue if the language has no such value
   */
  public static @Nullable Object adapt(@Nullable Object raw) {
    return switch (raw) {
      case null -> null;
      case JsonValue json -> adaptJson(json);
      case Boolean b -> b;
      case String s -> s;
      case Long l -> l;
      case Integer i -> i.longValue();
      case Double d -> d;
      case Instant i -> i;
      case Duration d -> d;
      case Bytes b -> b;
      case Items list -> list;
      case Entries map -> map;
      case AdaptedList list -> list;
      case AdaptedMap map -> map;
      case List<?> list -> new AdaptedList(list);
      case Map<?, ?> map -> new AdaptedMap(map);
      case Unsigned u -> u;
      case Maybe m -> m;
      case TypeName t -> t;
      case Opaque o -> o;
      default ->
          throw new NoValue("a value of " + raw.getClass().getName() + " has no place in CEL");
    };
  }

  private static @Nullable Object adaptJson(JsonValue json) {
    return switch (json.getValueType()) {
      case NULL -> null;
      case TRUE -> true;
      case FALSE -> false;
      case STRING -> ((JsonString) json).getString();
      case NUMBER -> number((JsonNumber) json);
      case ARRAY -> new AdaptedList(json.asJsonArray());
      case OBJECT -> new AdaptedMap(json.asJsonObject());
    };
  }

  private static Object number(JsonNumber json) {
    if (json.isIntegral()) {
      BigDecimal exact = json.bigDecimalValue();
      if (exact.precision() <= LONG_DIGITS && fitsLong(exact)) {
        return exact.longValue();
      }
    }
    return json.doubleValue();
  }

  private static boolean fitsLong(BigDecimal exact) {
    return exact.toBigInteger().bitLength() < Long.SIZE;
  }

  /** The type of a value. */
  public static TypeName typeOf(@Nullable Object value) {
    return new TypeName(
        switch (value) {
          case null -> "null_type";
          case Boolean b -> "bool";
          case Long l -> "int";
          case Unsigned u -> "uint";
          case Double d -> "double";
          case String s -> "string";
          case Bytes b -> "bytes";
          case List<?> l -> "list";
          case Map<?, ?> m -> "map";
          case Instant i -> "google.protobuf.Timestamp";
          case Duration d -> "google.protobuf.Duration";
          case TypeName t -> "type";
          case Maybe m -> "optional_type";
          case Opaque o -> o.typeName();
          default -> throw new IllegalStateException("not a value: " + value.getClass());
        });
  }
}
