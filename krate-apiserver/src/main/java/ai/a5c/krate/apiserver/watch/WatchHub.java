package ai.a5c.krate.apiserver.watch;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ChangeFeed;
import ai.a5c.krate.spi.storage.CompactedException;
import ai.a5c.krate.spi.storage.ResourceStore;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The newest changes of one side of the storage boundary, read from the store once and shared by all watches.
 *
 * <p>Keeps a bounded run of changes. A watch is a position in it; one that is further behind reads the store's history
 * until it has caught up, so that a slow watch costs no memory and misses nothing.
 */
public final class WatchHub implements AutoCloseable {
  private static final Logger LOG = System.getLogger(WatchHub.class.getName());
  private static final int BATCH = 256;
  private static final long RETRY_MILLIS = 200;

  private final ResourceStore<?> store;
  private final int capacity;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition grown = lock.newCondition();
  private final Change[] ring;
  private final Thread reader;
  private ChangeFeed feed;
  private long first;
  private long end;
  private Revision before;
  private Revision reached;
  private boolean closed;

  /**
   * Starts reading at the store's present head.
   *
   * @param capacity how many changes are kept
   */
  public WatchHub(ResourceStore<?> store, int capacity) {
    this.store = store;
    this.capacity = capacity;
    this.ring = new Change[capacity];
    this.before = store.head();
    this.reached = before;
    this.feed = store.changes(before);
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
    return new Cursor(after);
  }

  /** Ends all cursors. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      grown.signalAll();
      feed.close();
    } finally {
      lock.unlock();
    }
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
        restart();
      } catch (IllegalStateException e) {
        if (!isClosed()) {
          LOG.log(Level.ERROR, "the change feed of " + store.boundary() + " broke; reading on from the head", e);
          pause();
          restart();
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void append(ChangeFeed.Batch batch) {
    lock.lock();
    try {
      for (Change change : batch.changes()) {
        if (end - first == capacity) {
          before = at(first).revision();
          first++;
        }
        ring[(int) (end % capacity)] = change;
        end++;
      }
      reached = batch.upTo();
      grown.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Begins anew at the head; cursors that are behind read history. */
  private void restart() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      feed.close();
      before = store.head();
      first = end;
      feed = store.changes(before);
      reached = before;
      grown.signalAll();
    } catch (StoreUnavailableException e) {
      LOG.log(Level.WARNING, "the store of {0} cannot be reached", store.boundary());
    } finally {
      lock.unlock();
    }
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

  private Change at(long index) {
    return ring[(int) (index % capacity)];
  }

  /** A position in the log. Read by one thread; any thread may close it. */
  public final class Cursor implements AutoCloseable {
    private Revision seen;
    private volatile boolean ended;

    private Cursor(Revision after) {
      this.seen = after;
      lock.lock();
      try {
        if (before.isAfter(after)) {
          // Fails now rather than in the middle of the watch, if the history is gone.
          store.changes(after).close();
        }
      } finally {
        lock.unlock();
      }
    }

    /** Every change up to here was given. */
    public Revision seen() {
      return seen;
    }

    /**
     * Waits for further changes.
     *
     * @return at most a bounded number, in order; empty if none came in time, or if there is nothing but progress
     * @throws CompactedException if history was discarded faster than it was read
     * @throws IllegalStateException if the cursor or the hub is closed
     */
    public List<Change> next(long nanos) throws InterruptedException {
      lock.lock();
      try {
        long left = nanos;
        while (!seenLess() && !ended && !closed && left > 0) {
          left = grown.awaitNanos(left);
        }
        if (ended || closed) {
          throw new IllegalStateException("the watch is closed");
        }
        if (!before.isAfter(seen)) {
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

    private boolean seenLess() {
      return reached.isAfter(seen);
    }

    private List<Change> take() {
      long from = firstAfter(seen);
      List<Change> changes = new ArrayList<>();
      for (long i = from; i < end && changes.size() < BATCH; i++) {
        changes.add(at(i));
      }
      boolean all = from + changes.size() == end;
      if (all && reached.isAfter(seen)) {
        seen = reached;
      } else if (!changes.isEmpty()) {
        seen = changes.getLast().revision();
      }
      return changes;
    }

    private long firstAfter(Revision revision) {
      long low = first;
      long high = end;
      while (low < high) {
        long middle = (low + high) >>> 1;
        if (at(middle).revision().isAfter(revision)) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      return low;
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
