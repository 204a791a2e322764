package ai.a5c.krate.apiserver.controller;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Names to look at, each at most once, some of them later. A name that comes while it is worked on is given again
 * afterwards, so that no name is ever with two workers. Holds at most as many entries as there are objects.
 */
final class WorkQueue {
  private final LongSupplier nanos;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<ObjectName, Long> due = new HashMap<>();
  private final PriorityQueue<Entry> order = new PriorityQueue<>(Comparator.comparingLong(Entry::at));
  private final Set<ObjectName> working = new HashSet<>();
  private boolean closed;

  private record Entry(ObjectName name, long at) {}

  WorkQueue(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Asks for a look after a delay, or earlier if an earlier look was asked for. */
  void add(ObjectName name, long delayNanos) {
    lock.lock();
    try {
      long at = nanos.getAsLong() + delayNanos;
      Long known = due.get(name);
      if (known == null || at < known) {
        due.put(name, at);
        order.add(new Entry(name, at));
        changed.signal();
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
        Entry first = order.peek();
        if (first == null) {
          changed.await();
          continue;
        }
        Long at = due.get(first.name());
        if (at == null || at != first.at() || working.contains(first.name())) {
          order.poll();
          continue;
        }
        long left = first.at() - nanos.getAsLong();
        if (left > 0) {
          changed.awaitNanos(left);
          continue;
        }
        order.poll();
        due.remove(first.name());
        working.add(first.name());
        return first.name();
      }
    } finally {
      lock.unlock();
    }
  }

  void done(ObjectName name) {
    lock.lock();
    try {
      working.remove(name);
      Long again = due.get(name);
      if (again != null) {
        order.add(new Entry(name, again));
        changed.signal();
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
