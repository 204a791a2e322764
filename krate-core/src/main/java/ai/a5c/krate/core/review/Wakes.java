package ai.a5c.krate.core.review;

import ai.a5c.krate.apiserver.controller.ObjectName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * Which pull requests to look at again when something else changes. Holds the open pull requests
 * alone. May be used from many threads at once.
 */
final class Wakes {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Object, Set<ObjectName>> byCause = new HashMap<>();
  private final Map<ObjectName, Set<Object>> causes = new HashMap<>();

  /** Remembers what bears on a pull request, in the place of what did before. */
  void put(ObjectName pull, Set<?> bearing) {
    lock.lock();
    try {
      remove(pull);
      causes.put(pull, new HashSet<>(bearing));
      bearing.forEach(cause -> byCause.computeIfAbsent(cause, c -> new HashSet<>()).add(pull));
    } finally {
      lock.unlock();
    }
  }

  void forget(ObjectName pull) {
    lock.lock();
    try {
      remove(pull);
    } finally {
      lock.unlock();
    }
  }

  /** Those on which it bears. */
  List<ObjectName> of(Object cause) {
    lock.lock();
    try {
      return new ArrayList<>(byCause.getOrDefault(cause, Set.of()));
    } finally {
      lock.unlock();
    }
  }

  /** Those on which any such thing bears. */
  List<ObjectName> where(Predicate<Object> cause) {
    lock.lock();
    try {
      return byCause.entrySet().stream()
          .filter(entry -> cause.test(entry.getKey()))
          .flatMap(entry -> entry.getValue().stream())
          .distinct()
          .toList();
    } finally {
      lock.unlock();
    }
  }

  private void remove(ObjectName pull) {
    for (Object cause : causes.getOrDefault(pull, Set.of())) {
      Set<ObjectName> pulls = byCause.getOrDefault(cause, new HashSet<>());
      pulls.remove(pull);
      if (pulls.isEmpty()) {
        byCause.remove(cause);
      }
    }
    causes.remove(pull);
  }
}
