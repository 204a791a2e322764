package ai.a5c.krate.storage.postgres;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is stored under keys, written over what lies below: a transaction over its batch, a batch
 * over the database. Thrown away if it is rejected.
 */
final class Layer<K, V> {
  private final @Nullable Layer<K, V> below;
  private final Map<K, Optional<V>> own = new LinkedHashMap<>();

  private Layer(@Nullable Layer<K, V> below) {
    this.below = below;
  }

  static <K, V> Layer<K, V> base() {
    return new Layer<>(null);
  }

  Layer<K, V> above() {
    return new Layer<>(this);
  }

  /** Whether it was looked up or written. */
  boolean knows(K key) {
    return own.containsKey(key) || (below != null && below.knows(key));
  }

  /** What is there, as far as is known. */
  Optional<V> get(K key) {
    Optional<V> mine = own.get(key);
    if (mine != null) {
      return mine;
    }
    return below == null ? Optional.empty() : below.get(key);
  }

  void put(K key, Optional<V> value) {
    own.put(key, value);
  }

  /** Writes into the layer below. */
  void settle() {
    if (below != null) {
      below.own.putAll(own);
    }
  }

  Map<K, Optional<V>> own() {
    return own;
  }
}
