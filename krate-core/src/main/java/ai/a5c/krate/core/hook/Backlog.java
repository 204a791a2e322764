package ai.a5c.krate.core.hook;

import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The unfinished deliveries of a lane, in their order. Keeps the next few only and knows whether
 * there are more in the store. Used under its lane's lock.
 */
final class Backlog {
  /** How many names are kept. */
  static final int WINDOW = 1_000;

  /** A run of the order without a gap: what is not in here comes after its last. */
  private final TreeSet<Place> window = new TreeSet<>();

  private final int most;

  private String done = "";
  private boolean more;
  private int pending;

  /**
   * An empty one.
   *
   * @param most how many are kept; what is offered beyond them comes after those before
   */
  Backlog(int most) {
    this.most = most;
  }

  /** Adds a delivery; one that is there already is left as it is. */
  void offer(Place place) {
    if (window.contains(place)) {
      return;
    }
    pending++;
    boolean within = !window.isEmpty() && place.compareTo(window.last()) < 0;
    if (within || (!more && window.size() < most)) {
      window.add(place);
    } else {
      more = true;
    }
  }

  boolean isEmpty() {
    return window.isEmpty() && !more;
  }

  /** The first one; empty if it must be read from the store, or there is none. */
  Optional<Place> first() {
    return window.isEmpty() ? Optional.empty() : Optional.of(window.first());
  }

  /** Takes the first one away: nothing before it will be asked for again. */
  void remove(Place first) {
    window.remove(first);
    passed(first.name());
  }

  /** What comes up to this name is finished, and need not be looked for. */
  void passed(String name) {
    done = name.compareTo(done) > 0 ? name : done;
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
  void endRefill(SortedSet<String> found, boolean all) {
    if (!all) {
      window.removeIf(place -> found.isEmpty() || place.name().compareTo(found.getLast()) > 0);
      more = true;
    }
    found.forEach(name -> window.add(Place.ofEvent(name)));
    if (!more) {
      pending = window.size();
    }
  }
}
