package ai.a5c.krate.apiserver.controller;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Names to look at, each at most once, some of them later. A name that comes while it is worked on
 * is given again afterwards, so that no name is ever with two workers. Holds at most one entry for
 * each name.
 */
final class WorkQueue {
  private final LongSupplier nanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** The earliest look that was asked for of each name. */
  private final Map<ObjectName, Entry> due = new HashMap<>();

  /** What is due, without the names that are being worked on. */
  private final TreeSet<Entry> order = new TreeSet<>(Entry.EARLIEST_FIRST);

  private final Set<ObjectName> working = new HashSet<>();
  private long sequence;
  private boolean closed;

  private record Entry(ObjectName name, long at, long sequence) {
    /** By difference, as a ticker may overflow. */
    static final Comparator<Entry> EARLIEST_FIRST =
        (a, b) -> {
          int byTime = Long.signum(a.at - b.at);
          return byTime != 0 ? byTime : Long.compare(a.sequence, b.sequence);
        };
  }

  WorkQueue(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Asks for a look after a delay, or earlier if an earlier look was asked for. */
  void add(ObjectName name, long delayNanos) {
    lock.lock();
    try {
      Entry entry = new Entry(name, nanos.getAsLong() + delayNanos, sequence++);
      Entry known = due.get(name);
      if (known != null && entry.at() - known.at() >= 0) {
        return;
      }
      due.put(name, entry);
      if (known != null) {
        order.remove(known);
      }
      if (!working.contains(name)) {
        order.add(entry);
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the next name, which is this worker's until it is {@linkplain #done done}.
   *
   * @throws IllegalStateException if the queue is closed
   */
  ObjectName take() throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        if (closed) {
          throw new IllegalStateException("the queue is closed");
        }
        if (order.isEmpty()) {
          changed.await();
          continue;
        }
        Entry first = order.first();
        long left = first.at() - nanos.getAsLong();
        if (left > 0) {
          long unused = changed.awaitNanos(left);
          continue;
        }
        order.remove(first);
        due.remove(first.name());
        working.add(first.name());
        return first.name();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Gives a name back; a look that was asked for meanwhile becomes due. */
  void done(ObjectName name) {
    lock.lock();
    try {
      working.remove(name);
      Entry again = due.get(name);
      if (again != null) {
        order.add(again);
        changed.signalAll();
      }
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
}
