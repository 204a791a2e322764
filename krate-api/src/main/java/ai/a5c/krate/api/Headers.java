package ai.a5c.krate.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The header fields of a request or response; names are compared without regard to case, values
 * keep their order.
 */
public final class Headers {
  public static final Headers NONE = new Headers(Map.of());

  private final Map<String, List<String>> values;

  private Headers(Map<String, List<String>> values) {
    this.values = values;
  }

  /** Headers of one value each: name, value, name, value. */
  public static Headers of(String... namesAndValues) {
    Headers headers = NONE;
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers = headers.with(namesAndValues[i], namesAndValues[i + 1]);
    }
    return headers;
  }

  /** These headers with one more value under the name. */
  public Headers with(String name, String value) {
    var more = new TreeMap<>(values);
    var list = new ArrayList<>(more.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()));
    list.add(value);
    more.put(name.toLowerCase(Locale.ROOT), Collections.unmodifiableList(list));
    return new Headers(Collections.unmodifiableMap(more));
  }

  /** The first value under the name. */
  public Optional<String> first(String name) {
    return all(name).stream().findFirst();
  }

  /** All values under the name, in order. */
  public List<String> all(String name) {
    return values.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }

  /** Every name, in lower case and sorted, with its values. */
  public Map<String, List<String>> asMap() {
    return values;
  }

  /** The names only: values may be credentials. */
  @Override
  public String toString() {
    return "Headers" + values.keySet();
  }
}
