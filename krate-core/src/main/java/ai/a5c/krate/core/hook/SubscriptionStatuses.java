package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.config.WebhookSubscription;
import ai.a5c.krate.api.core.Condition;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Environment;
import ai.a5c.krate.core.forge.SharedWrites;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes into the status of subscriptions how their deliveries go: only what has changed, and one
 * subscription at most once a second, however much happens, and all together a fifth of the time;
 * what is due together is written together. May be told from many threads at once.
 */
final class SubscriptionStatuses implements AutoCloseable {
  private static final Logger LOG = System.getLogger(SubscriptionStatuses.class.getName());
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** How many are written together: few, so that others come between. */
  private static final int MOST_TOGETHER = 32;

  /** For so many times as long as a writing took there is none: where many are due, they wait. */
  private static final int SHARE = 4;

  private final SharedWrites writes;
  private final HookKinds kinds;
  private final SigningKeys keys;
  private final Environment environment;
  private final ReentrantLock lock = new ReentrantLock();
  private final java.util.concurrent.locks.Condition changed = lock.newCondition();
  private final Map<ObjectName, Long> due = new HashMap<>();
  private final PriorityQueue<Entry> order =
      new PriorityQueue<>(Comparator.comparingLong(Entry::at));
  private final Map<ObjectName, Long> resting = new HashMap<>();
  private volatile Function<ObjectName, Lane.Stats> stats = name -> new Lane.Stats(0, null);
  private @Nullable Thread thread;
  private boolean closed;

  private record Entry(ObjectName name, long at) {}

  SubscriptionStatuses(
      SharedWrites writes, HookKinds kinds, SigningKeys keys, Environment environment) {
    this.writes = writes;
    this.kinds = kinds;
    this.keys = keys;
    this.environment = environment;
  }

  /** Begins to write what was touched, and what is. */
  void start(Function<ObjectName, Lane.Stats> lanes) {
    stats = lanes;
    thread = Thread.ofVirtual().name("hook-statuses").start(this::run);
  }

  /** Something about the subscription may have changed. */
  void touch(ObjectName subscription) {
    lock.lock();
    try {
      long now = environment.nanos().getAsLong();
      long at = Math.max(now, resting.getOrDefault(subscription, now));
      if (!closed && due.putIfAbsent(subscription, at) == null) {
        order.add(new Entry(subscription, at));
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends the writing; what was not written is found out again at the next start. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    Thread running = thread;
    if (running != null) {
      try {
        running.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    while (true) {
      try {
        List<ObjectName> due = take();
        if (due.isEmpty()) {
          return;
        }
        long begun = environment.nanos().getAsLong();
        write(due);
        rest(SHARE * (environment.nanos().getAsLong() - begun));
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "the status of a subscription could not be looked at", e);
      }
    }
  }

  /** What is due, when something is; nothing at the end. */
  private List<ObjectName> take() throws InterruptedException {
    lock.lock();
    try {
      while (!closed) {
        long now = environment.nanos().getAsLong();
        resting.values().removeIf(until -> until <= now);
        List<ObjectName> taken = new ArrayList<>();
        Entry first = order.peek();
        while (first != null && first.at() <= now && taken.size() < MOST_TOGETHER) {
          order.remove();
          due.remove(first.name());
          resting.put(first.name(), now + PAUSE.toNanos());
          taken.add(first.name());
          first = order.peek();
        }
        if (!taken.isEmpty()) {
          return taken;
        }
        if (first == null) {
          changed.await();
        } else {
          long unused = changed.awaitNanos(first.at() - now);
        }
      }
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  /** Writes them together, and waits for that. */
  private void write(List<ObjectName> due) throws InterruptedException {
    var left = new CountDownLatch(due.size());
    for (ObjectName name : due) {
      SharedWrites.Told told =
          failure -> {
            written(name, failure);
            left.countDown();
          };
      try {
        writes.updateStatus(kinds.subscription(), name.namespace(), name.name(), this::next, told);
      } catch (RuntimeException e) {
        told.done(e);
      }
    }
    left.await();
  }

  private void written(ObjectName name, @Nullable RuntimeException failure) {
    boolean gone =
        failure instanceof ApiException refused && refused.problem() instanceof Problem.NotFound;
    if (failure != null && !gone) {
      LOG.log(Level.WARNING, "the status of {0} is written later: {1}", name, failure.getMessage());
      touch(name);
    }
  }

  /** Leaves the machine to others for a while. */
  private void rest(long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = Math.min(nanos, PAUSE.toNanos());
      while (left > 0 && !closed) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private ApiObject next(ApiObject object) {
    var subscription = RecordCodec.read(WebhookSubscription.class, object.json());
    WebhookSubscription.Status old = subscription.status();
    ObjectName name = new ObjectName(object.namespace(), object.name());
    Lane.Stats now = stats.apply(name);
    Track.Progress progress = now.progress();
    var status =
        new WebhookSubscription.Status(
            now.pending(),
            progress == null ? old.lastDelivery() : progress.last(),
            progress == null ? old.failuresInARow() : progress.failuresInARow(),
            List.of(
                since(old, ready(object, subscription.spec())),
                since(old, delivering(object, subscription.spec(), old, progress))),
            object.generation());
    return object.with(RecordCodec.write(status), "status");
  }

  private Condition ready(ApiObject object, WebhookSubscription.Spec spec) {
    return switch (keys.read(object.namespace(), spec.secretRefs())) {
      case SigningKeys.Found.All all ->
          condition(object, "Ready", Condition.Truth.TRUE, "SecretsFound", "");
      case SigningKeys.Found.Unusable unusable ->
          condition(object, "Ready", Condition.Truth.FALSE, "SecretUnusable", unusable.fault());
    };
  }

  private Condition delivering(
      ApiObject object,
      WebhookSubscription.Spec spec,
      WebhookSubscription.Status old,
      Track.@Nullable Progress progress) {
    String type = "Delivering";
    if (spec.suspended()) {
      return condition(
          object, type, Condition.Truth.FALSE, "Suspended", "deliveries are held back");
    }
    if (progress == null) {
      Optional<Condition> known = known(old, type);
      return known
          .filter(condition -> !condition.reason().equals("Suspended"))
          .orElseGet(
              () ->
                  condition(
                      object,
                      type,
                      Condition.Truth.UNKNOWN,
                      "NothingSent",
                      "nothing was sent yet"));
    }
    return progress.failuresInARow() == 0
        ? condition(object, type, Condition.Truth.TRUE, "Delivered", "")
        : condition(object, type, Condition.Truth.FALSE, "AttemptFailed", progress.error());
  }

  private Condition condition(
      ApiObject object, String type, Condition.Truth truth, String reason, String message) {
    Instant now = environment.clock().instant();
    return new Condition(type, truth, reason, message, now, object.generation());
  }

  /** The condition with the time of the change, if it is as it was. */
  private static Condition since(WebhookSubscription.Status old, Condition now) {
    return known(old, now.type())
        .filter(before -> before.status() == now.status())
        .map(
            before ->
                new Condition(
                    now.type(),
                    now.status(),
                    now.reason(),
                    now.message(),
                    before.lastTransitionTime(),
                    now.observedGeneration()))
        .orElse(now);
  }

  private static Optional<Condition> known(WebhookSubscription.Status status, String type) {
    return status.conditions().stream().filter(c -> c.type().equals(type)).findFirst();
  }
}
