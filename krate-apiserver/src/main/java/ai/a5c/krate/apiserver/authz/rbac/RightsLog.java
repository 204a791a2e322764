package ai.a5c.krate.apiserver.authz.rbac;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * When the rights of users and groups last changed. Bounded: what is forgotten counts as changed
 * when the newest of all forgotten changes happened. May be used from many threads at once.
 */
final class RightsLog {
  private final int most;
  private final ReentrantLock lock = new ReentrantLock();

  /** The newest change of each, oldest first. */
  private final Map<Place, Long> newest = new LinkedHashMap<>();

  private long floor;

  /** Rights in one namespace, or those that hold everywhere; or of whatever namespace. */
  private record Place(Holder holder, String namespace, boolean anywhere) {}

  /**
   * Nothing is known of before.
   *
   * @param floor when everything counts as changed
   * @param most how many changes are remembered
   */
  RightsLog(long floor, int most) {
    this.floor = floor;
    this.most = most;
  }

  /**
   * Says that rights changed.
   *
   * @param namespace empty for rights that hold everywhere
   */
  void changed(Holder holder, String namespace, long revision) {
    lock.lock();
    try {
      put(new Place(holder, namespace, false), revision);
      put(new Place(holder, "", true), revision);
    } finally {
      lock.unlock();
    }
  }

  /**
   * When the holder's rights in the namespace last changed.
   *
   * @param namespace empty for all namespaces
   */
  long newest(Holder holder, String namespace) {
    lock.lock();
    try {
      if (namespace.isEmpty()) {
        return at(new Place(holder, "", true));
      }
      return Math.max(at(new Place(holder, "", false)), at(new Place(holder, namespace, false)));
    } finally {
      lock.unlock();
    }
  }

  private long at(Place place) {
    return Math.max(floor, newest.getOrDefault(place, 0L));
  }

  private void put(Place place, long revision) {
    newest.remove(place);
    newest.put(place, revision);
    if (newest.size() > most) {
      Iterator<Long> oldest = newest.values().iterator();
      floor = Math.max(floor, oldest.next());
      oldest.remove();
    }
  }
}
