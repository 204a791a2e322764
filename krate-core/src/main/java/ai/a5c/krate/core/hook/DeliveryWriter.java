package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Stores new deliveries: those of one subscription in order, those of several at once, so that they
 * share commits. Written by one thread; any thread may close it.
 */
final class DeliveryWriter implements AutoCloseable {
  private static final Logger LOG = System.getLogger(DeliveryWriter.class.getName());
  static final String ORGANIZATION_LABEL = "krate.a5c.ai/organization";
  private static final int WIDTH = 32;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final Client client;
  private final HookKinds kinds;
  private final CountDownLatch closed = new CountDownLatch(1);

  /** An event for a subscription that wants it. */
  record Draft(Event event, Subscriber subscriber) {}

  DeliveryWriter(Client client, HookKinds kinds) {
    this.client = client;
    this.kinds = kinds;
  }

  /**
   * Stores a delivery for each draft, trying for as long as it takes; what is there already is
   * done.
   *
   * @throws IllegalStateException if the writer was closed before all were stored
   */
  void write(List<Draft> drafts) throws InterruptedException {
    Map<ObjectName, List<Draft>> bySubscription = new LinkedHashMap<>();
    for (Draft draft : drafts) {
      bySubscription
          .computeIfAbsent(draft.subscriber().name(), any -> new ArrayList<>())
          .add(draft);
    }
    if (bySubscription.size() == 1) {
      writeInOrder(drafts);
      return;
    }
    var room = new Semaphore(WIDTH);
    List<Thread> threads = new ArrayList<>();
    List<RuntimeException> failures = new CopyOnWriteArrayList<>();
    for (List<Draft> some : bySubscription.values()) {
      room.acquire();
      threads.add(
          Thread.ofVirtual()
              .name("hook-writer")
              .start(
                  () -> {
                    try {
                      writeInOrder(some);
                    } catch (RuntimeException e) {
                      failures.add(e);
                    } finally {
                      room.release();
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
  }

  /** Lets go of what cannot be stored now. */
  @Override
  public void close() {
    closed.countDown();
  }

  private void writeInOrder(List<Draft> drafts) {
    for (Draft draft : drafts) {
      Duration pause = FIRST_PAUSE;
      while (!store(draft)) {
        if (isClosedAfter(pause)) {
          throw new IllegalStateException("the writer is closed");
        }
        pause = pause.multipliedBy(2);
        pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
      }
    }
  }

  /** Whether the delivery is stored, or never will be. */
  private boolean store(Draft draft) {
    Event event = draft.event();
    String name = Deliveries.name(draft.subscriber().name().name(), event);
    try {
      if (client.get(kinds.delivery(), event.namespace(), name).isEmpty()) {
        ApiObject object =
            Deliveries.draft(
                kinds.delivery(), event, draft.subscriber(), organization(event.namespace()));
        var unused = client.create(kinds.delivery(), object);
      }
      return true;
    } catch (ApiException e) {
      return switch (e.problem()) {
        case Problem.AlreadyExists exists -> true;
        case Problem.NotFound gone -> true;
        case Problem.Forbidden forbidden -> {
          LOG.log(Level.WARNING, "no delivery {0}: {1}", name, e.getMessage());
          yield true;
        }
        case Problem.Invalid invalid -> {
          LOG.log(Level.ERROR, "no delivery {0}: {1}", name, e.getMessage());
          yield true;
        }
        default -> {
          LOG.log(Level.WARNING, "the delivery {0} is stored later: {1}", name, e.getMessage());
          yield false;
        }
      };
    } catch (StoreUnavailableException | OutcomeUnknownException e) {
      LOG.log(Level.WARNING, "the delivery {0} is stored later: {1}", name, e.getMessage());
      return false;
    }
  }

  private String organization(String namespace) {
    return client
        .get(kinds.namespace(), "", namespace)
        .map(object -> object.labels().getOrDefault(ORGANIZATION_LABEL, ""))
        .orElse("");
  }

  private boolean isClosedAfter(Duration pause) {
    try {
      return closed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
