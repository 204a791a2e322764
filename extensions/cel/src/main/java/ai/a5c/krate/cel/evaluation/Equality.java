package ai.a5c.krate.cel.evaluation;

import ai.a5c.krate.api.meta.Bytes;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Equality as the language has it: numbers are equal across their types, values of different types
 * are not equal, and comparing never fails.
 */
public final class Equality {
  private Equality() {}

  /** Whether two values are equal; pays for each pair of values that is looked at. */
  public static boolean equal(Meter meter, @Nullable Object left, @Nullable Object right) {
    meter.step();
    return switch (left) {
      case null -> right == null;
      case String s -> right instanceof String other && equalStrings(meter, s, other);
      case Long l -> Ordering.isNumber(right) && Ordering.compareNumbers(l, right) == 0;
      case Unsigned u -> Ordering.isNumber(right) && Ordering.compareNumbers(u, right) == 0;
      case Double d -> Ordering.isNumber(right) && equalDouble(d, right);
      case List<?> list -> right instanceof List<?> other && equalLists(meter, list, other);
      case Map<?, ?> map -> right instanceof Map<?, ?> other && equalMaps(meter, map, other);
      case Maybe maybe ->
          right instanceof Maybe other
              && maybe.present() == other.present()
              && equal(meter, maybe.value(), other.value());
      case Bytes bytes -> {
        meter.reading(bytes.size());
        yield right instanceof Bytes other && bytes.equals(other);
      }
      default -> right != null && left.equals(right);
    };
  }

  private static boolean equalStrings(Meter meter, String left, String right) {
    if (left.length() != right.length()) {
      return false;
    }
    meter.reading(left.length());
    return left.equals(right);
  }

  private static boolean equalDouble(double left, @Nullable Object right) {
    boolean unordered = Double.isNaN(left) || (right instanceof Double d && Double.isNaN(d));
    return !unordered && Ordering.compareNumbers(left, right) == 0;
  }

  private static boolean equalLists(Meter meter, List<?> left, List<?> right) {
    if (left.size() != right.size()) {
      return false;
    }
    Iterator<?> others = right.iterator();
    for (Object item : left) {
      if (!equal(meter, item, others.next())) {
        return false;
      }
    }
    return true;
  }

  private static boolean equalMaps(Meter meter, Map<?, ?> left, Map<?, ?> right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (Map.Entry<?, ?> entry : left.entrySet()) {
      Maybe other = Keys.find(right, entry.getKey());
      if (!other.present() || !equal(meter, entry.getValue(), other.value())) {
        return false;
      }
    }
    return true;
  }
}
