package ai.a5c.krate.core.hook;

import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.request.Environment;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Unfinished deliveries of one subscription: the first is looked at until it is finished, and the
 * others wait. Runs on a thread of its own while there are any.
 */
final class Lane {
  private static final Logger LOG = System.getLogger(Lane.class.getName());
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final ObjectName subscription;
  private final Track track;
  private final Desk desk;
  private final Stop stop;
  private final Executor threads;
  private final Environment environment;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Backlog backlog;
  private boolean running;
  private boolean nudged;
  private boolean closed;
  private String dueName = "";
  private long dueNanos;

  /** Takes the first delivery of a lane a step further. */
  @FunctionalInterface
  interface Stop {
    /**
     * Does what can be done now.
     *
     * @param prompted whether something changed that makes waiting pointless
     * @return how long to wait before looking again; empty if the delivery is finished
     */
    Optional<Duration> visit(Lane lane, String name, boolean prompted) throws InterruptedException;
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
      Stop stop,
      Executor threads,
      Environment environment) {
    this.subscription = subscription;
    this.track = track;
    this.backlog = backlog;
    this.desk = desk;
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

  /** Adds an unfinished delivery; one that is there already is left as it is. */
  void offer(Place place) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      backlog.offer(place);
      if (!running) {
        running = true;
        threads.execute(this::run);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Something changed that makes waiting pointless. */
  void nudge() {
    lock.lock();
    try {
      nudged = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  boolean isIdle() {
    lock.lock();
    try {
      return !running;
    } finally {
      lock.unlock();
    }
  }

  int pending() {
    lock.lock();
    try {
      return backlog.pending();
    } finally {
      lock.unlock();
    }
  }

  /** Counts the first delivery as finished, before that is written. */
  void settled() {
    lock.lock();
    try {
      backlog.settled();
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

  /** Waits until the time is over, whatever happens, unless the lane is closed. */
  void rest(Duration time) throws InterruptedException {
    lock.lock();
    try {
      long left = time.toNanos();
      while (left > 0 && !closed) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
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
      running = !closed && !backlog.isEmpty();
      return running;
    } finally {
      lock.unlock();
    }
  }

  private void step() throws InterruptedException {
    Optional<Place> first;
    boolean prompted;
    lock.lock();
    try {
      first = backlog.first();
      prompted = nudged;
      nudged = false;
    } finally {
      lock.unlock();
    }
    if (first.isEmpty()) {
      refill();
      return;
    }
    Optional<Duration> wait = stop.visit(this, first.get().name(), prompted);
    if (wait.isPresent()) {
      await(wait.get());
      return;
    }
    lock.lock();
    try {
      backlog.remove(first.get());
    } finally {
      lock.unlock();
    }
  }

  private void refill() {
    String from;
    lock.lock();
    try {
      from = backlog.beginRefill();
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
        backlog.endRefill(found, all);
      } finally {
        lock.unlock();
      }
    }
  }

  private Duration pause(Duration pause) {
    try {
      rest(pause);
    } catch (InterruptedException e) {
      close();
    }
    Duration doubled = pause.multipliedBy(2);
    return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
  }
}
