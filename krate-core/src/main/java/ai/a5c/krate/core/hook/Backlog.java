package ai.a5c.krate.core.hook;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names of a subscription's unfinished deliveries, in the order of their events. Keeps the next
 * few only and knows whether there are more in the store. Used under its lane's lock.
 */
final class Backlog {
  /** How many names are kept. */
  static final int WINDOW = 1_000;

  /** A run of the order without a gap: what is not in here comes after its last. */
  private final TreeSet<String> window = new TreeSet<>();

  private String done = "";
  private boolean more;
  private int pending;

  /** Adds a name that comes after those before; one that is there already is left as it is. */
  void offer(String name) {
    if (window.contains(name)) {
      return;
    }
    pending++;
    if (more || window.size() >= WINDOW) {
      more = true;
    } else {
      window.add(name);
    }
  }

  boolean isEmpty() {
    return window.isEmpty() && !more;
  }

  /** The first name; empty if it must be read from the store, or there is none. */
  Optional<String> first() {
    return window.isEmpty() ? Optional.empty() : Optional.of(window.first());
  }

  /** Takes the first name away: nothing before it will be asked for again. */
  void remove(String name) {
    window.remove(name);
    done = name;
  }

  /** Counts a delivery as finished. */
  void settled() {
    pending = Math.max(0, pending - 1);
  }

  /** How many are unfinished; exact unless the store holds more than the window. */
  int pending() {
    return pending;
  }

  /** Begins to read from the store, from the name given; what is offered meanwhile is kept. */
  String beginRefill() {
    more = false;
    return done;
  }

  /**
   * Takes over what was found.
   *
   * @param all whether that was everything; if not, nothing that comes after it can be kept
   */
  void endRefill(Set<String> found, boolean all) {
    if (!all) {
      window.clear();
      more = true;
    }
    window.addAll(found);
    if (!more) {
      pending = window.size();
    }
  }
}
