package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.records.WebhookDelivery;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.request.Environment;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries of one subscription: the first is looked at until it is finished, and the others
 * wait. Those that are drafts are stored once they were tried, and not waited for. Runs on a thread
 * of its own while there are any.
 */
final class Lane {
  private static final Logger LOG = System.getLogger(Lane.class.getName());
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /** How long a draft may wait before it is stored, unless the server alone is behind. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  private final ObjectName subscription;
  private final Track track;
  private final Desk desk;
  private final DeliveryWriter writer;
  private final Stop stop;
  private final Executor threads;
  private final Environment environment;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Line line;
  private boolean running;
  private boolean nudged;
  private boolean closed;

  /** Whether nothing was finished since drafts were given up. */
  private boolean inTrouble;

  private String dueName = "";
  private long dueNanos;
  private @Nullable Long sendingSince;

  /** Takes the first delivery of a lane a step further. */
  interface Stop {
    /**
     * Does what can be done now for a stored delivery.
     *
     * @param prompted whether something changed that makes waiting pointless
     * @return how long to wait before looking again; empty if the delivery is finished
     */
    Optional<Duration> visit(Lane lane, String name, boolean prompted) throws InterruptedException;

    /** Tries a draft, or sets all of the lane aside; nothing if the lane is closed meanwhile. */
    void send(Lane lane, Draft draft) throws InterruptedException;

    /** Drafts of the lane are no longer on their way soon. */
    void delayed(Lane lane);
  }

  /**
   * What is known of a lane.
   *
   * @param pending how many deliveries are unfinished
   * @param progress null if nothing was tried since the start of the server
   */
  record Stats(int pending, Track.@Nullable Progress progress) {}

  /**
   * An empty lane.
   *
   * @param track shared by all lanes of the subscription
   */
  Lane(
      ObjectName subscription,
      Track track,
      Backlog backlog,
      Desk desk,
      DeliveryWriter writer,
      Stop stop,
      Executor threads,
      Environment environment) {
    this.subscription = subscription;
    this.track = track;
    this.line = new Line(backlog);
    this.desk = desk;
    this.writer = writer;
    this.stop = stop;
    this.threads = threads;
    this.environment = environment;
  }

  ObjectName subscription() {
    return subscription;
  }

  Track track() {
    return track;
  }

  /**
   * Adds an unfinished stored delivery; one that is there already is left as it is. What a crash
   * left unstored may come before it, so drafts are stored until the lane has begun.
   */
  void offer(Place place) {
    locked(
        () -> {
          inTrouble = true;
          line.backlog().offer(place);
        });
  }

  /** Adds a draft, which comes after everything that was added before. */
  void take(Draft draft) {
    locked(() -> store(line.take(draft, inTrouble)));
  }

  /** Has every draft stored instead of sent, until a delivery is finished. */
  void setAside() {
    locked(this::giveUp);
  }

  private void giveUp() {
    inTrouble = true;
    store(line.setAside());
  }

  /**
   * Has the drafts of a lane that does not get on stored instead of sent: one waits for a busy
   * endpoint, or the receiver takes so long for each that the last would wait. Where the server
   * itself has too much to do, storing them before they are tried would only add to that.
   */
  void sweep() {
    locked(
        () -> {
          long now = environment.nanos().getAsLong();
          Long since = sendingSince;
          long longest = LONGEST_WAIT.toNanos();
          boolean stuck = since != null && now - since > longest;
          boolean slow = track.latency().toNanos() * line.pending() > longest;
          if (stuck || (slow && line.waitsSince(now - longest))) {
            giveUp();
          }
        });
  }

  /** Something changed that makes waiting pointless. */
  void nudge() {
    locked(() -> nudged = true);
  }

  void close() {
    locked(() -> closed = true);
  }

  /** Changes something, and goes on with what there is to do then. */
  private void locked(Runnable change) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      change.run();
      if (!running && !closed && !line.isIdle()) {
        running = true;
        threads.execute(this::run);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void store(List<Draft> drafts) {
    drafts.forEach(draft -> writer.store(draft, draft.untried(), left -> entered(draft, left)));
    if (!drafts.isEmpty()) {
      stop.delayed(this);
    }
  }

  private void entered(Draft draft, boolean unfinished) {
    locked(() -> line.entered(draft.name().name(), unfinished));
  }

  boolean isClosed() {
    return asked(() -> closed);
  }

  /** Whether there is nothing to do, now or soon. */
  boolean isIdle() {
    return asked(() -> !running && line.isEmpty());
  }

  int pending() {
    return asked(line::pending);
  }

  private <T> T asked(Supplier<T> question) {
    lock.lock();
    try {
      return question.get();
    } finally {
      lock.unlock();
    }
  }

  /** The stored delivery is finished, and not looked at again. */
  void passed(Place place) {
    locked(() -> line.backlog().remove(place));
  }

  /** Counts the first delivery as finished, before that is written. */
  void settled() {
    locked(
        () -> {
          inTrouble = false;
          line.backlog().settled();
        });
  }

  /**
   * Has a draft stored after it was tried.
   *
   * @return false if it was set aside meanwhile, and is stored by now unless the lane is closed
   */
  boolean ended(Draft draft, WebhookDelivery.Status status, boolean finished)
      throws InterruptedException {
    lock.lock();
    try {
      if (line.ended(draft, finished)) {
        writer.store(draft, status, left -> entered(draft, left));
        if (finished) {
          inTrouble = false;
        } else {
          giveUp();
        }
        return true;
      }
      while (!closed && line.isEntering(draft.name().name())) {
        changed.await();
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Notes when a delivery is to be tried again, more exactly than its status can. */
  void due(String name, Duration wait) {
    lock.lock();
    try {
      dueName = name;
      dueNanos = environment.nanos().getAsLong() + wait.toNanos();
    } finally {
      lock.unlock();
    }
  }

  /** How long a delivery has to wait; by its status if it was tried before the server started. */
  Duration left(String name, @Nullable Instant nextAttempt) {
    lock.lock();
    try {
      if (name.equals(dueName)) {
        return Duration.ofNanos(dueNanos - environment.nanos().getAsLong());
      }
    } finally {
      lock.unlock();
    }
    return nextAttempt == null
        ? Duration.ZERO
        : Duration.between(environment.clock().instant(), nextAttempt);
  }

  /** Waits until the time is over, or there is something new to look at. */
  private void await(Duration time) throws InterruptedException {
    lock.lock();
    try {
      long left = time.toNanos();
      while (left > 0 && !nudged && !closed) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    Duration pause = FIRST_PAUSE;
    while (goesOn()) {
      try {
        step();
        pause = FIRST_PAUSE;
      } catch (InterruptedException e) {
        close();
      } catch (RuntimeException e) {
        if (!isClosed()) {
          LOG.log(Level.WARNING, "the deliveries of " + subscription + " have to wait", e);
          pause = pause(pause);
        }
      }
    }
  }

  /** Whether there is anything to do; if not, the next offer starts a thread again. */
  private boolean goesOn() {
    lock.lock();
    try {
      running = !closed && !line.isIdle();
      return running;
    } finally {
      lock.unlock();
    }
  }

  private void step() throws InterruptedException {
    Optional<Place> first;
    Draft draft;
    boolean prompted;
    lock.lock();
    try {
      while (!closed && line.isHeldUp()) {
        changed.await();
      }
      if (closed) {
        return;
      }
      first = line.backlog().first();
      draft = line.draft();
      prompted = nudged;
      nudged = false;
      sendingSince = draft == null ? null : environment.nanos().getAsLong();
    } finally {
      lock.unlock();
    }
    if (draft != null) {
      stop.send(this, draft);
    } else if (first.isEmpty()) {
      refill();
    } else {
      Optional<Duration> wait = stop.visit(this, first.get().name(), prompted);
      if (wait.isPresent()) {
        setAside();
        await(wait.get());
      } else {
        passed(first.get());
      }
    }
  }

  private void refill() {
    String from;
    lock.lock();
    try {
      from = line.backlog().beginRefill();
    } finally {
      lock.unlock();
    }
    var found = new TreeSet<String>();
    boolean all = false;
    try {
      all = desk.unfinished(subscription, from, Backlog.WINDOW, found);
    } finally {
      lock.lock();
      try {
        line.backlog().endRefill(found, all);
      } finally {
        lock.unlock();
      }
    }
  }

  private Duration pause(Duration pause) {
    try {
      await(pause);
    } catch (InterruptedException e) {
      close();
    }
    Duration doubled = pause.multipliedBy(2);
    return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
  }
}
