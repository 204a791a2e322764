package ai.a5c.krate.core.hook;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What was read, until somebody says that it changed. What changes while it is read is not kept.
 * May be used from many threads at once.
 */
final class Cache<K, V> {
  private static final int MOST = 10_000;

  private final Function<K, V> read;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<K, V> known = new HashMap<>();
  private long changes;

  Cache(Function<K, V> read) {
    this.read = read;
  }

  V get(K key) {
    long before;
    lock.lock();
    try {
      V value = known.get(key);
      if (value != null) {
        return value;
      }
      before = changes;
    } finally {
      lock.unlock();
    }
    V fresh = read.apply(key);
    lock.lock();
    try {
      if (changes == before) {
        if (known.size() >= MOST) {
          known.clear();
        }
        known.put(key, fresh);
      }
    } finally {
      lock.unlock();
    }
    return fresh;
  }

  /** Reads such values again. */
  void forget(Predicate<K> which) {
    lock.lock();
    try {
      changes++;
      known.keySet().removeIf(which);
    } finally {
      lock.unlock();
    }
  }
}
