package ai.a5c.krate.cel.evaluation;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A map from outside, each of whose values is adapted when it is read. */
final class AdaptedMap extends AbstractMap<Object, @Nullable Object> {
  private final Map<?, ?> raw;

  AdaptedMap(Map<?, ?> raw) {
    this.raw = raw;
  }

  @Override
  public @Nullable Object get(@Nullable Object key) {
    return key instanceof String ? Values.adapt(raw.get(key)) : null;
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return key instanceof String && raw.containsKey(key);
  }

  @Override
  public int size() {
    return raw.size();
  }

  @Override
  public Set<Entry<Object, @Nullable Object>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<Entry<Object, @Nullable Object>> iterator() {
        Iterator<? extends Entry<?, ?>> entries = raw.entrySet().iterator();
        return new Iterator<>() {
          @Override
          public boolean hasNext() {
            return entries.hasNext();
          }

          @Override
          public Entry<Object, @Nullable Object> next() {
            Entry<?, ?> entry = entries.next();
            return new SimpleImmutableEntry<>(entry.getKey(), Values.adapt(entry.getValue()));
          }
        };
      }

      @Override
      public int size() {
        return raw.size();
      }
    };
  }
}
