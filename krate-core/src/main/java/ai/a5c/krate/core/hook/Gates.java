package ai.a5c.krate.core.hook;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * How many requests are under way at once: overall, to one endpoint, and by subscriptions whose
 * last attempt failed, so that many dead receivers leave room for those that answer.
 */
final class Gates {
  private final Semaphore sound;
  private final Semaphore troubled;
  private final int perEndpoint;
  private final Map<String, Endpoint> endpoints = new ConcurrentHashMap<>();

  private record Endpoint(Semaphore room, int users) {}

  /** Ends what it was given for. */
  interface Pass extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Gates.
   *
   * @param most overall, of which a quarter is for subscriptions in trouble
   */
  Gates(int most, int perEndpoint) {
    int forTrouble = Math.max(1, most / 4);
    this.sound = new Semaphore(Math.max(1, most - forTrouble), true);
    this.troubled = new Semaphore(forTrouble, true);
    this.perEndpoint = perEndpoint;
  }

  /**
   * Waits for room, at the endpoint first, so that who waits for a busy endpoint takes no room.
   *
   * @param endpoint scheme, host and port
   * @param inTrouble whether the subscription's last attempt failed
   */
  Pass enter(String endpoint, boolean inTrouble) throws InterruptedException {
    Semaphore room = use(endpoint);
    Semaphore overall = inTrouble ? troubled : sound;
    try {
      room.acquire();
      try {
        overall.acquire();
      } catch (InterruptedException e) {
        room.release();
        throw e;
      }
    } catch (InterruptedException e) {
      leave(endpoint);
      throw e;
    }
    return () -> {
      overall.release();
      room.release();
      leave(endpoint);
    };
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
}
