package ai.a5c.krate.cel.evaluation;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keys of maps: strings, truth values and whole numbers, where 1, 1u and 1.0 are the same key. */
public final class Keys {
  private static final double TWO_TO_63 = 0x1p63;

  private Keys() {}

  /** The value under a key, if there is one. */
  public static Maybe find(Map<?, ?> map, @Nullable Object key) {
    if (key == null) {
      return Maybe.NONE;
    }
    Object value = map.get(key);
    if (value != null || map.containsKey(key)) {
      return Maybe.of(value);
    }
    return switch (key) {
      case Double d -> findWhole(map, d);
      case Long l when l >= 0 -> findExactly(map, new Unsigned(l));
      case Unsigned u when u.bits() >= 0 -> findExactly(map, u.bits());
      default -> Maybe.NONE;
    };
  }

  private static Maybe findWhole(Map<?, ?> map, double key) {
    if (key != Math.rint(key) || Math.abs(key) >= TWO_TO_63) {
      return Maybe.NONE;
    }
    return find(map, (long) key);
  }

  private static Maybe findExactly(Map<?, ?> map, Object key) {
    return map.containsKey(key) ? Maybe.of(map.get(key)) : Maybe.NONE;
  }

  static Object checked(@Nullable Object key) {
    if (key instanceof String
        || key instanceof Long
        || key instanceof Boolean
        || key instanceof Unsigned) {
      return key;
    }
    throw new NoValue("unsupported key type: " + Values.typeOf(key).name());
  }

  static String describe(Object key) {
    return "'" + NoValue.excerpt(key.toString()) + "'";
  }
}
