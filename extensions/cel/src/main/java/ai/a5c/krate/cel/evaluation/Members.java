package ai.a5c.krate.cel.evaluation;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reading fields, items and entries. */
final class Members {
  private Members() {}

  static Node field(Node operand, String field) {
    return frame -> {
      frame.meter().step();
      Object value = operand.evaluate(frame);
      if (value instanceof Maybe maybe) {
        return maybe.present() ? optionally(maybe.value(), field) : Maybe.NONE;
      }
      return found(member(value, field), field);
    };
  }

  /** Whether there is such a field; the operand must have a value. */
  static Node present(Node operand, String field) {
    return frame -> {
      frame.meter().step();
      Object value = operand.evaluate(frame);
      if (value instanceof Maybe maybe) {
        return maybe.present() && member(maybe.value(), field).present();
      }
      return member(value, field).present();
    };
  }

  /** The field as an optional. */
  static Node optionalField(Node operand, String field) {
    return frame -> {
      frame.meter().step();
      Object value = operand.evaluate(frame);
      if (value instanceof Maybe maybe) {
        return maybe.present() ? optionally(maybe.value(), field) : Maybe.NONE;
      }
      return optionally(value, field);
    };
  }

  static Node index(Node operand, Node key) {
    return frame -> {
      frame.meter().step();
      Object value = operand.evaluate(frame);
      Object at = key.evaluate(frame);
      if (value instanceof Maybe maybe) {
        return maybe.present() ? element(maybe.value(), at) : Maybe.NONE;
      }
      return found(element(value, at), at);
    };
  }

  /** The item or entry as an optional. */
  static Node optionalIndex(Node operand, Node key) {
    return frame -> {
      frame.meter().step();
      Object value = operand.evaluate(frame);
      Object at = key.evaluate(frame);
      if (value instanceof Maybe maybe) {
        return maybe.present() ? element(maybe.value(), at) : Maybe.NONE;
      }
      return element(value, at);
    };
  }

  private static Maybe optionally(@Nullable Object value, String field) {
    return member(value, field);
  }

  private static Maybe member(@Nullable Object value, String field) {
    return switch (value) {
      case Map<?, ?> map -> Keys.find(map, field);
      case List<?> list -> throw new NoValue("unsupported index type 'string' in list");
      case null, default -> Maybe.NONE;
    };
  }

  private static Maybe element(@Nullable Object value, @Nullable Object at) {
    return switch (value) {
      case Map<?, ?> map -> Keys.find(map, at);
      case List<?> list -> {
        long index = position(at);
        yield index >= 0 && index < list.size() ? Maybe.of(list.get((int) index)) : Maybe.NONE;
      }
      case null, default ->
          throw new NoValue("no such overload: _[_] of a " + Values.typeOf(value).name());
    };
  }

  private static long position(@Nullable Object at) {
    return switch (at) {
      case Long l -> l;
      case Unsigned u -> u.bits();
      case Double d when d == Math.rint(d) -> d.longValue();
      case null, default ->
          throw new NoValue("unsupported index type '" + Values.typeOf(at).name() + "' in list");
    };
  }

  private static @Nullable Object found(Maybe value, @Nullable Object at) {
    if (value.present()) {
      return value.value();
    }
    throw new NoValue(
        at instanceof String key
            ? "no such key: " + NoValue.excerpt(key)
            : "no such key or index: " + brief(at));
  }

  private static String brief(@Nullable Object at) {
    return at instanceof Number || at instanceof Boolean || at instanceof Unsigned
        ? String.valueOf(at)
        : Values.typeOf(at).name();
  }
}
