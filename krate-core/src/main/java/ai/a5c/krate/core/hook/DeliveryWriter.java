package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.records.WebhookDelivery;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.core.forge.SharedWrites;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Writes deliveries for as long as it takes: new ones, and what became of stored ones. What is
 * under way at once shares transactions. May be used from many threads at once.
 */
final class DeliveryWriter implements AutoCloseable {
  private static final Logger LOG = System.getLogger(DeliveryWriter.class.getName());
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** So many changes of stored deliveries may be under way that nobody waits for. */
  private static final int MOST_CHANGES = 1_024;

  private final SharedWrites writes;
  private final HookKinds kinds;
  private final Desk desk;
  private final Unstored unstored;
  private final Semaphore changes = new Semaphore(MOST_CHANGES);
  private final CountDownLatch closed = new CountDownLatch(1);

  /** The writer itself, until it is closed, and every draft that is being stored. */
  private final Phaser underWay = new Phaser(1);

  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("hook-writer-", 0).factory());

  /** A write that can be tried again. */
  private interface Write {
    void make(UnaryOperator<WebhookDelivery.Status> form) throws InterruptedException;
  }

  DeliveryWriter(SharedWrites writes, HookKinds kinds, Desk desk, Unstored unstored) {
    this.writes = writes;
    this.kinds = kinds;
    this.desk = desk;
    this.unstored = unstored;
  }

  /**
   * Stores a draft as a delivery, and does not wait for that.
   *
   * @param stored told whether there is an unfinished delivery then; not if the writer was closed
   *     before
   */
  void store(Draft draft, WebhookDelivery.Status status, Consumer<Boolean> stored) {
    if (underWay.register() < 0) {
      return;
    }
    try {
      writes.create(
          kinds.delivery(),
          Deliveries.object(kinds.delivery(), draft, status),
          failure -> {
            if (failure == null) {
              settled(draft, isUnfinished(status), stored);
            } else {
              threads.execute(() -> insist(draft, status, stored));
            }
          });
    } catch (RuntimeException e) {
      threads.execute(() -> insist(draft, status, stored));
    }
  }

  private void settled(Draft draft, boolean unfinished, Consumer<Boolean> stored) {
    try {
      stored.accept(unfinished);
    } finally {
      unstored.remove(draft);
      int unused = underWay.arriveAndDeregister();
    }
  }

  /** Stores what was not stored at the first try. */
  private void insist(Draft draft, WebhookDelivery.Status status, Consumer<Boolean> stored) {
    var unfinished = new boolean[1];
    boolean settled = false;
    try {
      settled =
          persist(
              draft.name(),
              form -> {
                WebhookDelivery.Status written = form.apply(status);
                unfinished[0] = false;
                unfinished[0] = create(draft, written);
              });
    } finally {
      if (settled) {
        settled(draft, unfinished[0], stored);
      } else {
        int unused = underWay.arriveAndDeregister();
      }
    }
  }

  /** Whether the delivery is unfinished, whoever stored it. */
  private boolean create(Draft draft, WebhookDelivery.Status status) throws InterruptedException {
    try {
      var unused =
          writes.create(kinds.delivery(), Deliveries.object(kinds.delivery(), draft, status));
      return isUnfinished(status);
    } catch (ApiException e) {
      if (e.problem() instanceof Problem.AlreadyExists) {
        return desk.delivery(draft.name())
            .filter(found -> Deliveries.isUnfinished(found.json()))
            .isPresent();
      }
      throw e;
    }
  }

  private static boolean isUnfinished(WebhookDelivery.Status status) {
    return status.phase() == null || !Deliveries.isFinal(status.phase());
  }

  /**
   * Changes the status of a stored delivery.
   *
   * @return whether there is nothing more to be done for it: it is gone, or refuses the change
   */
  boolean change(ObjectName name, UnaryOperator<WebhookDelivery.Status> change) {
    var written = new boolean[1];
    boolean settled =
        persist(
            name,
            form -> {
              var unused =
                  writes.updateStatus(
                      kinds.delivery(),
                      name.namespace(),
                      name.name(),
                      old -> Desk.with(old, form.apply(change.apply(Desk.status(old)))));
              written[0] = true;
            });
    return settled && !written[0];
  }

  /** Changes the status of a stored delivery for good, and does not wait for that. */
  void finish(ObjectName name, UnaryOperator<WebhookDelivery.Status> change)
      throws InterruptedException {
    changes.acquire();
    threads.execute(
        () -> {
          try {
            boolean unused = change(name, change);
          } finally {
            changes.release();
          }
        });
  }

  /** Takes no more, and waits for what is under way; lets go of what cannot be stored now. */
  @Override
  public void close() {
    closed.countDown();
    int phase = underWay.arriveAndDeregister();
    try {
      int unused =
          underWay.awaitAdvanceInterruptibly(phase, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      threads.shutdown();
      if (!threads.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        threads.shutdownNow();
      }
    } catch (TimeoutException e) {
      threads.shutdownNow();
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  /** Whether it is written or never will be; false if the writer was closed before. */
  private boolean persist(ObjectName name, Write write) {
    UnaryOperator<WebhookDelivery.Status> form = status -> status;
    boolean whole = true;
    Duration pause = FIRST_PAUSE;
    try {
      while (true) {
        try {
          write.make(form);
          return true;
        } catch (ApiException e) {
          switch (e.problem()) {
            case Problem.NotFound gone -> {
              return true;
            }
            case Problem.Invalid invalid -> {
              if (!whole) {
                LOG.log(Level.ERROR, "{0} cannot be stored: {1}", name, e.getMessage());
                return true;
              }
              LOG.log(Level.WARNING, "not all of {0} can be stored: {1}", name, e.getMessage());
              form = DeliveryWriter::bare;
              whole = false;
              continue;
            }
            case Problem.Forbidden forbidden -> {
              LOG.log(Level.WARNING, "{0} is not stored: {1}", name, e.getMessage());
              return true;
            }
            default -> later(name, e);
          }
        } catch (StoreUnavailableException | OutcomeUnknownException e) {
          later(name, e);
        }
        if (closed.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
          return false;
        }
        pause = pause.multipliedBy(2);
        pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
      }
    } catch (InterruptedException e) {
      return false;
    }
  }

  private static void later(ObjectName name, RuntimeException why) {
    LOG.log(Level.WARNING, "{0} is stored later: {1}", name, why.getMessage());
  }

  /** The status without what receivers sent. */
  private static WebhookDelivery.Status bare(WebhookDelivery.Status status) {
    List<WebhookDelivery.Attempt> attempts =
        status.attempts().stream()
            .map(
                attempt ->
                    new WebhookDelivery.Attempt(
                        attempt.time(),
                        attempt.url(),
                        Map.of(),
                        attempt.statusCode(),
                        Map.of(),
                        "",
                        attempt.latency(),
                        attempt.error()))
            .toList();
    return new WebhookDelivery.Status(
        status.event(),
        status.eventId(),
        status.repository(),
        status.phase(),
        attempts,
        status.attemptCount(),
        status.nextAttemptTime(),
        status.payload(),
        status.conditions(),
        status.observedGeneration());
  }
}
