package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import ai.a5c.krate.spi.storage.StoredObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The newest changes, which all feeds at the end of the log share: bounded, dense, and fed in order
 * by the committer of this process and by the tailer.
 */
final class Tail {
  private static final int MOST = 8_192;
  private static final long MOST_BYTES = 32L << 20;
  private static final int BATCH = 256;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** The change of revision r is at r modulo the length, for r from first to last. */
  private final Change[] ring = new Change[MOST];

  private long first;
  private long last;
  private long bytes;
  private @Nullable String fault;
  private boolean closed;

  Tail(long head) {
    this.last = head;
    this.first = head + 1;
  }

  long last() {
    lock.lock();
    try {
      return last;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes changes that are dense in themselves. What is known already is passed over; what does not
   * follow is left for the tailer to read, because another replica's changes come before it.
   */
  void publish(List<Change> committed) {
    if (committed.isEmpty()) {
      return;
    }
    lock.lock();
    try {
      if (committed.getFirst().revision().value() > last + 1) {
        return;
      }
      for (Change change : committed) {
        if (change.revision().value() == last + 1) {
          append(change);
        }
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Goes on after a part of history that was discarded before it was read here. */
  void skipTo(long floor) {
    lock.lock();
    try {
      if (floor > last) {
        bytes = 0;
        last = floor;
        first = floor + 1;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Stops all feeds for good: the log is not what it must be. */
  void stop(String why) {
    lock.lock();
    try {
      fault = why;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends all feeds. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Wakes the feeds to look after themselves. */
  void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for changes after the position.
   *
   * @return empty if they are no longer here, and must be read from history
   * @throws IllegalStateException if the storage or the feed is closed
   */
  List<Change> awaitAfter(long position, PostgresFeed feed) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        if (closed || feed.isClosed()) {
          throw new IllegalStateException("the feed is closed");
        }
        if (fault != null) {
          throw new StoreUnavailableException(fault, new IllegalStateException(fault));
        }
        if (position < last) {
          return after(position);
        }
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private void append(Change change) {
    long size = size(change);
    while (first <= last && (last - first + 1 == MOST || bytes + size > MOST_BYTES)) {
      bytes -= size(ring[slot(first)]);
      first++;
    }
    last++;
    ring[slot(last)] = change;
    bytes += size;
  }

  private List<Change> after(long position) {
    if (position + 1 < first) {
      return List.of();
    }
    int count = (int) Math.min(BATCH, last - position);
    var found = new ArrayList<Change>(count);
    for (long revision = position + 1; revision <= position + count; revision++) {
      found.add(ring[slot(revision)]);
    }
    return found;
  }

  private static int slot(long revision) {
    return (int) (revision % MOST);
  }

  private static long size(Change change) {
    return switch (change) {
      case Change.RefMoved ignored -> 256;
      case Change.ObjectChanged changed -> 256 + size(changed.object()) + size(changed.previous());
    };
  }

  private static long size(@Nullable StoredObject object) {
    return object == null ? 0 : object.content().size();
  }
}
