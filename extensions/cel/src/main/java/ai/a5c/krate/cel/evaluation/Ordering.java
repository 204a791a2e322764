package ai.a5c.krate.cel.evaluation;

import ai.a5c.krate.api.meta.Bytes;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Order as the language has it: numbers across their types, strings by code point. */
public final class Ordering {
  private static final double TWO_TO_63 = 0x1p63;
  private static final double TWO_TO_64 = 0x1p64;

  private Ordering() {}

  /**
   * Negative, zero or positive as the first is before, with or after the second.
   *
   * @throws NoValue if they have no order
   */
  public static int compare(Meter meter, @Nullable Object left, @Nullable Object right) {
    meter.step();
    if (isNumber(left) && isNumber(right)) {
      refuseNaN(left);
      refuseNaN(right);
      return compareNumbers(left, right);
    }
    if (left instanceof String s && right instanceof String other) {
      meter.reading(Math.min(s.length(), other.length()));
      return compareCodePoints(s, other);
    }
    if (left instanceof Boolean b && right instanceof Boolean other) {
      return Boolean.compare(b, other);
    }
    if (left instanceof Instant i && right instanceof Instant other) {
      return i.compareTo(other);
    }
    if (left instanceof Duration d && right instanceof Duration other) {
      return d.compareTo(other);
    }
    if (left instanceof Bytes b && right instanceof Bytes other) {
      meter.reading(b.size() + (long) other.size());
      return Arrays.compareUnsigned(b.toArray(), other.toArray());
    }
    throw new NoValue(
        "no such overload: a "
            + Values.typeOf(left).name()
            + " and a "
            + Values.typeOf(right).name()
            + " have no order");
  }

  static boolean isNumber(@Nullable Object value) {
    return value instanceof Long || value instanceof Double || value instanceof Unsigned;
  }

  /** Compares numbers that are not NaN. */
  static int compareNumbers(@Nullable Object left, @Nullable Object right) {
    return switch (left) {
      case Long l when right instanceof Long r -> Long.compare(l, r);
      case Long l when right instanceof Unsigned r -> l < 0 ? -1 : new Unsigned(l).compareTo(r);
      case Long l when right instanceof Double r -> -compareDouble(r, l);
      case Unsigned l when right instanceof Unsigned r -> l.compareTo(r);
      case Unsigned l when right instanceof Long r -> r < 0 ? 1 : l.compareTo(new Unsigned(r));
      case Unsigned l when right instanceof Double r -> -compareDouble(r, l);
      case Double l when right instanceof Double r -> order(l, r);
      case Double l when right instanceof Long r -> compareDouble(l, r);
      case Double l when right instanceof Unsigned r -> compareDouble(l, r);
      case null, default -> throw new IllegalArgumentException("not numbers");
    };
  }

  private static int compareDouble(double left, long right) {
    if (left >= TWO_TO_63) {
      return 1;
    }
    return left < -TWO_TO_63 ? -1 : order(left, (double) right);
  }

  private static int compareDouble(double left, Unsigned right) {
    if (left >= TWO_TO_64) {
      return 1;
    }
    return left < 0 ? -1 : order(left, right.toDouble());
  }

  private static int order(double left, double right) {
    return left < right ? -1 : left > right ? 1 : 0;
  }

  private static void refuseNaN(@Nullable Object value) {
    if (value instanceof Double d && Double.isNaN(d)) {
      throw new NoValue("NaN values cannot be ordered");
    }
  }

  private static int compareCodePoints(String left, String right) {
    int shorter = Math.min(left.length(), right.length());
    for (int i = 0; i < shorter; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        boolean above = Character.isSurrogate(a);
        return above == Character.isSurrogate(b) ? Character.compare(a, b) : above ? 1 : -1;
      }
    }
    return Integer.compare(left.length(), right.length());
  }
}
