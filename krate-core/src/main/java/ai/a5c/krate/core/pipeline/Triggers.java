package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.apiserver.request.ApiServer;
import ai.a5c.krate.apiserver.watch.WatchClosedException;
import ai.a5c.krate.apiserver.watch.WatchHub;
import ai.a5c.krate.spi.git.GitUnavailableException;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.CompactedException;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Follows the log of records from its durable position and starts what its events start. The
 * position moves on only after that, and what is started has always the same name: so a server that
 * died in between starts it afterwards, and nothing is started twice.
 */
final class Triggers implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Triggers.class.getName());
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration SAVE_EVERY = Duration.ofMillis(250);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final int SAVE_AFTER = 1_000;
  private static final int MOST_ATTEMPTS = 5;

  private final ApiServer server;
  private final Starter starter;
  private final TriggerPosition position;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ReentrantLock lock = new ReentrantLock();
  private final Thread thread;
  private WatchHub.@Nullable Cursor cursor;
  private @Nullable Revision at;
  private Revision saved = Revision.ZERO;
  private long savedAt;

  /** Begins where the last run ended. */
  Triggers(ApiServer server, Starter starter) {
    this.server = server;
    this.starter = starter;
    this.position = new TriggerPosition(server.objects().records());
    this.thread = Thread.ofVirtual().name("pipeline-triggers").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Ends the reading and waits for it. */
  @Override
  public void close() {
    closed.countDown();
    use(null);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  private void run() {
    while (!isClosed()) {
      try {
        follow();
      } catch (CompactedException e) {
        Revision head = server.objects().records().head();
        LOG.log(
            Level.ERROR,
            "the log was discarded up to {0} before its pipelines were started; going on at {1}",
            e.floor(),
            head);
        at = head;
      } catch (WatchClosedException | InterruptedException e) {
        break;
      } catch (StoreUnavailableException | OutcomeUnknownException e) {
        LOG.log(Level.WARNING, "pipelines wait for the store: {0}", e.getMessage());
        pause(LONGEST_PAUSE);
      } catch (RuntimeException e) {
        if (!isClosed()) {
          LOG.log(Level.ERROR, "the log could not be followed for pipelines; trying again", e);
          pause(LONGEST_PAUSE);
        }
      }
    }
    try {
      save();
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the position in the log was not saved: {0}", e.getMessage());
    }
  }

  private void follow() throws InterruptedException {
    Revision from = at;
    if (from == null) {
      from = position.read();
      saved = from;
      at = from;
    }
    try (WatchHub.Cursor following = server.hubs().records().from(from)) {
      use(following);
      while (!isClosed()) {
        for (Change change : following.next(patience().toNanos())) {
          if (!start(change)) {
            return;
          }
          at = change.revision();
        }
        at = following.seen();
        saveNowAndThen();
      }
    } finally {
      use(null);
    }
  }

  /** Whether what the change starts was started, or never can be; not if all ended before. */
  private boolean start(Change change) {
    Duration pause = FIRST_PAUSE;
    for (int attempt = 1; !isClosed(); attempt++) {
      try {
        starter.start(change);
        return true;
      } catch (StoreUnavailableException | OutcomeUnknownException | GitUnavailableException e) {
        LOG.log(Level.WARNING, "pipelines wait: {0}", e.getMessage());
      } catch (RuntimeException e) {
        if (attempt >= MOST_ATTEMPTS) {
          LOG.log(Level.ERROR, "no pipelines of revision " + change.revision(), e);
          return true;
        }
      }
      pause(pause);
      pause = pause.multipliedBy(2);
      pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }
    return false;
  }

  private void saveNowAndThen() {
    long now = server.environment().nanos().getAsLong();
    Revision reached = at;
    if (reached != null
        && (reached.value() - saved.value() >= SAVE_AFTER
            || now - savedAt > SAVE_EVERY.toNanos())) {
      save();
      savedAt = now;
    }
  }

  private void save() {
    Revision reached = at;
    if (reached != null && reached.isAfter(saved)) {
      position.advance(reached);
      saved = reached;
    }
  }

  private Duration patience() {
    Revision reached = at;
    return reached != null && reached.isAfter(saved) ? SAVE_EVERY : IDLE;
  }

  /** Holds the cursor that is waited on, for closing to wake it. */
  private void use(WatchHub.@Nullable Cursor following) {
    lock.lock();
    try {
      if (following == null || isClosed()) {
        WatchHub.Cursor waiting = following == null ? cursor : following;
        if (waiting != null) {
          waiting.close();
        }
      }
      cursor = following;
    } finally {
      lock.unlock();
    }
  }

  private void pause(Duration time) {
    try {
      boolean unused = closed.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
