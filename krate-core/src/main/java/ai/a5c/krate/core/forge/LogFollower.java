package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.apiserver.watch.WatchHub;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.CompactedException;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log of one or both sides of the storage boundary to a {@link Reader}, in the order of
 * revisions, on one thread of its own, through everything that can interrupt it: a store that
 * cannot be reached for a while, history that was discarded, a reader that fails.
 */
public final class LogFollower implements AutoCloseable {
  private static final Logger LOG = System.getLogger(LogFollower.class.getName());
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final String name;
  private final List<WatchHub> hubs;
  private final Reader reader;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable Thread thread;
  private @Nullable MergedLog log;
  private boolean closed;

  /** Who reads a log. All methods are called by the same thread, one after the other. */
  public interface Reader {
    /**
     * Gets ready and says after which revision to read: at the start, and again whenever the
     * reading was interrupted, after {@link #lost} too. What was read to its end need not be read
     * again.
     */
    Revision begin() throws InterruptedException;

    /**
     * What happened.
     *
     * @param changes the next ones, in order; empty if there were none, or none for as long as
     *     {@link #patience}
     * @param upTo every change up to here was given; never less than before, except after {@link
     *     #begin}
     */
    void read(List<Change> changes, Revision upTo) throws InterruptedException;

    /**
     * History up to the floor was discarded before it was read: what comes next is {@link #begin}.
     */
    void lost(Revision floor);

    /** After how long without any change {@link #read} is called all the same. */
    default Duration patience() {
      return Duration.ofSeconds(10);
    }
  }

  /**
   * A follower that has not begun.
   *
   * @param name of its thread
   * @param hubs at least one
   */
  public LogFollower(String name, List<WatchHub> hubs, Reader reader) {
    this.name = name;
    this.hubs = List.copyOf(hubs);
    this.reader = reader;
  }

  /** Begins to read; once. */
  public void start() {
    thread = Thread.ofVirtual().name(name).start(this::run);
  }

  /** Lets the reading end, and does not wait for that. */
  public void stop() {
    lock.lock();
    try {
      closed = true;
      if (log != null) {
        log.close();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the reading and waits for it. */
  @Override
  public void close() {
    stop();
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
    while (!isClosed()) {
      try {
        follow();
      } catch (StoreUnavailableException | OutcomeUnknownException e) {
        LOG.log(Level.WARNING, "{0} waits for the store: {1}", name, e.getMessage());
        pause();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        if (!isClosed()) {
          LOG.log(Level.ERROR, name + " could not follow the log; it tries again", e);
          pause();
        }
      }
    }
  }

  private void follow() throws InterruptedException {
    try {
      Revision from = reader.begin();
      try (MergedLog following = new MergedLog(hubs, from)) {
        use(following);
        while (!isClosed()) {
          List<Change> changes = following.next(reader.patience().toNanos());
          reader.read(changes, following.seen());
        }
      } finally {
        use(null);
      }
    } catch (CompactedException e) {
      reader.lost(e.floor());
    }
  }

  private void use(@Nullable MergedLog following) {
    lock.lock();
    try {
      log = following;
      if (closed && following != null) {
        following.close();
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  private void pause() {
    lock.lock();
    try {
      long left = PAUSE.toNanos();
      while (left > 0 && !closed) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      closed = true;
    } finally {
      lock.unlock();
    }
  }
}
