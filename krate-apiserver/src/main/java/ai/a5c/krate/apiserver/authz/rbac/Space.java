package ai.a5c.krate.apiserver.authz.rbac;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The roles that one user or group holds in one namespace, or everywhere. Roles that speak of
 * single objects only are found by the name asked for, so that a thousand of them cost nothing.
 *
 * <p>Written by one thread, read by many: a reader sees each role as it was before a change or as
 * it is after.
 */
final class Space {
  private final Map<BindingKey, Bound> all = new ConcurrentHashMap<>();
  private final Map<BindingKey, Bound> open = new ConcurrentHashMap<>();
  private final Map<String, Map<BindingKey, Bound>> byName = new ConcurrentHashMap<>();

  /** A role that is held because of a binding. */
  record Bound(Binding binding, RoleTable role) {}

  boolean isEmpty() {
    return all.isEmpty();
  }

  Iterable<Bound> all() {
    return all.values();
  }

  void put(Bound bound) {
    BindingKey key = bound.binding().key();
    Bound old = all.put(key, bound);
    if (bound.role().open()) {
      open.put(key, bound);
    } else {
      for (String name : bound.role().names()) {
        byName.computeIfAbsent(name, n -> new ConcurrentHashMap<>()).put(key, bound);
      }
    }
    if (old != null) {
      forget(old, bound.role());
    }
  }

  void remove(BindingKey key) {
    Bound old = all.remove(key);
    if (old != null) {
      forget(old, null);
    }
  }

  /** Takes a role away from where its successor is not found. */
  private void forget(Bound old, @Nullable RoleTable next) {
    BindingKey key = old.binding().key();
    if (old.role().open()) {
      if (next == null || !next.open()) {
        open.remove(key);
      }
      return;
    }
    for (String name : old.role().names()) {
      if (next == null || next.open() || !next.names().contains(name)) {
        Map<BindingKey, Bound> ofName = byName.get(name);
        if (ofName != null) {
          ofName.remove(key);
          if (ofName.isEmpty()) {
            byName.remove(name);
          }
        }
      }
    }
  }

  /** A role that allows what is asked. */
  @Nullable Bound allowing(Question question) {
    Bound found = first(open, bound -> bound.role().allows(question));
    String name = question.name();
    if (found != null || name == null) {
      return found;
    }
    Map<BindingKey, Bound> ofName = byName.get(name);
    return ofName == null ? null : first(ofName, bound -> bound.role().allows(question));
  }

  /** A role that allows the verb on a path. */
  @Nullable Bound allowingPath(String verb, String path) {
    return first(open, bound -> bound.role().allowsPath(verb, path));
  }

  private static @Nullable Bound first(Map<BindingKey, Bound> bounds, Predicate<Bound> test) {
    for (Bound bound : bounds.values()) {
      if (test.test(bound)) {
        return bound;
      }
    }
    return null;
  }
}
