package ai.a5c.krate.cel.evaluation;

import java.util.AbstractMap;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A map that an expression made, in the order in which it was written. Unmodifiable to everybody
 * but the loop that builds it, which nobody else sees until it is complete.
 */
public final class Entries extends AbstractMap<Object, @Nullable Object> {
  private final Map<Object, @Nullable Object> entries = new LinkedHashMap<>();
  private final Map<Object, @Nullable Object> unmodifiable =
      Collections.<Object, @Nullable Object>unmodifiableMap(entries);

  @Override
  public Set<Entry<Object, @Nullable Object>> entrySet() {
    return unmodifiable.entrySet();
  }

  @Override
  public @Nullable Object get(@Nullable Object key) {
    return entries.get(key);
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return entries.containsKey(key);
  }

  @Override
  public int size() {
    return entries.size();
  }

  /**
   * Adds an entry, while the map is being made.
   *
   * @throws NoValue if the key is of a type that keys do not have, or is there already
   */
  public void insert(@Nullable Object key, @Nullable Object value) {
    Object good = Keys.checked(key);
    if (Keys.find(this, good).present()) {
      throw new NoValue("insert failed: key " + Keys.describe(good) + " already exists");
    }
    entries.put(good, value);
  }
}
