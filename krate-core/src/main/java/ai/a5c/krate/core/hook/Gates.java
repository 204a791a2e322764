package ai.a5c.krate.core.hook;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/**
 * How many requests are under way at once: overall, and to one endpoint. Requests of subscriptions
 * whose last attempt failed or was slow have room of their own, and so have requests that turn out
 * to be slow: however many receivers are dead or slow, they leave the other room to those that
 * answer.
 *
 * <p>Only as many as there are processors are prepared at once, so that however many there are, the
 * forge's other work is not behind all of them.
 */
final class Gates {
  private final Semaphore quick;
  private final Semaphore slow;
  private final Semaphore prepared =
      new Semaphore(Runtime.getRuntime().availableProcessors(), true);
  private final int perEndpoint;
  private final Map<String, Endpoint> endpoints = new ConcurrentHashMap<>();

  private record Endpoint(Semaphore room, int users) {}

  /** Room for one request. */
  interface Pass extends AutoCloseable {
    /** Lets others prepare their requests; for when this one is on its way. */
    void begun();

    /**
     * Goes over to the room of the slow ones.
     *
     * @return whether there is room; if not, the request is to be given up
     */
    boolean isLetBeSlow();

    /** Gives the room back. */
    @Override
    void close();
  }

  /**
   * Gates.
   *
   * @param quick how many requests may be under way that are not known to be slow
   * @param slow how many others
   */
  Gates(int quick, int slow, int perEndpoint) {
    this.quick = new Semaphore(quick, true);
    this.slow = new Semaphore(slow, true);
    this.perEndpoint = perEndpoint;
  }

  /**
   * Waits for room, at the endpoint first, so that who waits for a busy endpoint takes no room.
   *
   * @param endpoint scheme, host and port
   * @param inTrouble whether the subscription's last attempt failed or was slow
   */
  Pass enter(String endpoint, boolean inTrouble) throws InterruptedException {
    Semaphore room = use(endpoint);
    Semaphore overall = inTrouble ? slow : quick;
    List<Semaphore> held = new ArrayList<>();
    try {
      for (Semaphore wanted : List.of(room, overall, prepared)) {
        wanted.acquire();
        held.add(wanted);
      }
    } catch (InterruptedException e) {
      held.forEach(Semaphore::release);
      leave(endpoint);
      throw e;
    }
    return new Room(endpoint, room, overall);
  }

  /** How many endpoints are known; those that nobody uses are forgotten. */
  int endpoints() {
    return endpoints.size();
  }

  private Semaphore use(String endpoint) {
    return endpoints
        .merge(
            endpoint,
            new Endpoint(new Semaphore(perEndpoint, true), 1),
            (known, fresh) -> new Endpoint(known.room(), known.users() + 1))
        .room();
  }

  private void leave(String endpoint) {
    endpoints.computeIfPresent(
        endpoint,
        (name, known) -> known.users() == 1 ? null : new Endpoint(known.room(), known.users() - 1));
  }

  /** What one request holds. */
  private final class Room implements Pass {
    private final String endpoint;
    private final Semaphore room;
    private final AtomicReference<Semaphore> overall;
    private boolean preparing = true;

    Room(String endpoint, Semaphore room, Semaphore overall) {
      this.endpoint = endpoint;
      this.room = room;
      this.overall = new AtomicReference<>(overall);
    }

    @Override
    public void begun() {
      if (preparing) {
        preparing = false;
        prepared.release();
      }
    }

    @Override
    @SuppressWarnings(
        "ReferenceEquality") // Which of the two semaphores it is, not what it is like.
    public boolean isLetBeSlow() {
      if (overall.get() == slow) {
        return true;
      }
      if (!slow.tryAcquire()) {
        return false;
      }
      overall.getAndSet(slow).release();
      return true;
    }

    @Override
    public void close() {
      begun();
      overall.get().release();
      room.release();
      leave(endpoint);
    }
  }
}
