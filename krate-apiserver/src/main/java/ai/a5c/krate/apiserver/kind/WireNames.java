package ai.a5c.krate.apiserver.kind;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How Java's names are spelt on the wire. */
final class WireNames {
  private WireNames() {}

  /** {@code NOT_PLANNED} as {@code NotPlanned}. */
  static String of(Enum<?> constant) {
    StringBuilder name = new StringBuilder();
    for (String word : constant.name().split("_", -1)) {
      name.append(word, 0, Math.min(1, word.length()));
      name.append(word.substring(Math.min(1, word.length())).toLowerCase(Locale.ROOT));
    }
    return name.toString();
  }

  /** The spellings of all constants, in their order. */
  static List<String> of(Class<?> enumeration) {
    List<String> names = new ArrayList<>();
    for (Object constant : enumeration.getEnumConstants()) {
      names.add(of((Enum<?>) constant));
    }
    return names;
  }
}
