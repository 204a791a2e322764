package ai.a5c.krate.apiserver.watch;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ChangeFeed;
import ai.a5c.krate.spi.storage.CompactedException;
import ai.a5c.krate.spi.storage.ResourceStore;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The newest changes of one side of the storage boundary, read from the store once and shared by
 * all watches.
 *
 * <p>Keeps a bounded run of changes. A watch is a position in it; one that is further behind reads
 * the store's history until it has caught up, so that a slow watch costs no memory and misses
 * nothing. The store is never asked while the lock is held.
 */
public final class WatchHub implements AutoCloseable {
  private static final Logger LOG = System.getLogger(WatchHub.class.getName());
  private static final int BATCH = 256;
  private static final long RETRY_MILLIS = 200;
  private static final long MOST_BYTES = 32L * 1024 * 1024;

  private final ResourceStore<?> store;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition grown = lock.newCondition();
  private final Ring ring;
  private final Thread reader;
  private volatile ChangeFeed feed;
  private Revision reached;
  private boolean closed;

  /**
   * Starts reading at the store's present head.
   *
   * @param capacity how many changes are kept at most
   */
  public WatchHub(ResourceStore<?> store, int capacity) {
    this.store = store;
    this.reached = store.head();
    this.ring = new Ring(capacity, MOST_BYTES, reached);
    this.feed = store.changes(reached);
    this.reader = Thread.ofVirtual().name("watch-hub-" + store.boundary()).start(this::read);
  }

  /** Every change up to here has been seen. */
  public Revision reached() {
    lock.lock();
    try {
      return reached;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until every change up to the revision has been seen.
   *
   * @return whether that was so in time
   */
  public boolean awaitReached(Revision revision, long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (revision.isAfter(reached) && !closed) {
        if (left <= 0) {
          return false;
        }
        left = grown.awaitNanos(left);
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The changes after a revision.
   *
   * @throws CompactedException if they are no longer in history
   */
  public Cursor from(Revision after) {
    if (isBehind(after)) {
      // Fails now rather than in the middle of the watch, if the history is gone.
      store.changes(after).close();
    }
    return new Cursor(after);
  }

  /** Ends all cursors. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      grown.signalAll();
    } finally {
      lock.unlock();
    }
    feed.close();
    reader.interrupt();
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read() {
    while (!isClosed()) {
      try {
        append(feed.next());
      } catch (StoreUnavailableException e) {
        pause();
      } catch (CompactedException e) {
        LOG.log(
            Level.WARNING, "{0}: reads on from the head, having been too slow", store.boundary());
        restart();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        if (!isClosed()) {
          LOG.log(
              Level.ERROR,
              "the change feed of " + store.boundary() + " broke; reading on from the head",
              e);
          restart();
        }
      }
    }
  }

  private void append(ChangeFeed.Batch batch) {
    lock.lock();
    try {
      batch.changes().forEach(ring::add);
      reached = batch.upTo();
      grown.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Begins anew at the head; cursors that are behind read history. */
  private void restart() {
    feed.close();
    while (!isClosed()) {
      pause();
      try {
        Revision head = store.head();
        begin(store.changes(head), head);
        return;
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "the change feed of " + store.boundary() + " cannot be opened", e);
      }
    }
  }

  private void begin(ChangeFeed fresh, Revision head) {
    lock.lock();
    try {
      feed = fresh;
      ring.restart(head);
      reached = head;
      grown.signalAll();
      if (!closed) {
        return;
      }
    } finally {
      lock.unlock();
    }
    fresh.close();
  }

  private void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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

  private boolean isBehind(Revision revision) {
    lock.lock();
    try {
      return ring.before().isAfter(revision);
    } finally {
      lock.unlock();
    }
  }

  /** A position in the log. Read by one thread; any thread may close it. */
  public final class Cursor implements AutoCloseable {
    private volatile boolean ended;
    private Revision seen;

    private Cursor(Revision after) {
      this.seen = after;
    }

    /** Every change up to here was given. */
    public Revision seen() {
      return seen;
    }

    /**
     * Waits for further changes.
     *
     * @return at most a bounded number, in order; empty if none came in time, or if there is
     *     nothing but progress
     * @throws CompactedException if history was discarded faster than it was read
     * @throws StoreUnavailableException if history must be read and the store cannot be reached;
     *     the cursor goes on at the next call
     * @throws WatchClosedException if the cursor or the hub is closed
     */
    public List<Change> next(long nanos) throws InterruptedException {
      lock.lock();
      try {
        long left = nanos;
        while (!reached.isAfter(seen) && !ended && !closed && left > 0) {
          left = grown.awaitNanos(left);
        }
        if (ended || closed) {
          throw new WatchClosedException();
        }
        if (!reached.isAfter(seen)) {
          return List.of();
        }
        if (!ring.before().isAfter(seen)) {
          return take();
        }
      } finally {
        lock.unlock();
      }
      return fromHistory();
    }

    @Override
    public void close() {
      ended = true;
      lock.lock();
      try {
        grown.signalAll();
      } finally {
        lock.unlock();
      }
    }

    private List<Change> take() {
      List<Change> changes = ring.after(seen, BATCH);
      Revision last = changes.isEmpty() ? seen : changes.getLast().revision();
      boolean all = !ring.newest().isAfter(last);
      seen = all ? reached : last;
      return changes;
    }

    private List<Change> fromHistory() throws InterruptedException {
      try (ChangeFeed history = store.changes(seen)) {
        ChangeFeed.Batch batch = history.next();
        if (batch.upTo().isAfter(seen)) {
          seen = batch.upTo();
        }
        return batch.changes();
      }
    }
  }
}
