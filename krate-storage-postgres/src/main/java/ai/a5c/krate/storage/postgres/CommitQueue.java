package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What waits for the committer: bounded in number and bytes, handed out in batches. */
final class CommitQueue {
  private static final int MOST_WAITING = 4_096;
  private static final long MOST_BYTES = 64L << 20;
  private static final int BATCH_OPERATIONS = 256;
  private static final long BATCH_BYTES = 4L << 20;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final Deque<Submission> waiting = new ArrayDeque<>();
  private long bytes;
  private boolean closed;

  /**
   * Queues a transaction.
   *
   * @throws StoreUnavailableException if there is no room, or the store is closed
   */
  void add(Submission submission) {
    lock.lock();
    try {
      if (closed) {
        throw refused("the store is closed");
      }
      boolean full = waiting.size() >= MOST_WAITING || bytes + submission.size() > MOST_BYTES;
      if (full && !waiting.isEmpty()) {
        throw refused("too many transactions wait: " + waiting.size());
      }
      waiting.add(submission);
      bytes += submission.size();
      filled.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Takes back a transaction that no batch has taken; false if it is too late. */
  boolean withdraw(Submission submission) {
    lock.lock();
    try {
      boolean removed = waiting.remove(submission);
      if (removed) {
        bytes -= submission.size();
      }
      return removed;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the next batch; empty when the queue is closed and everything was handed out. */
  List<Submission> take() {
    lock.lock();
    try {
      while (waiting.isEmpty() && !closed) {
        filled.awaitUninterruptibly();
      }
      var batch = new ArrayList<Submission>();
      int operations = 0;
      long size = 0;
      while (!waiting.isEmpty()) {
        Submission next = waiting.getFirst();
        operations += next.operations();
        size += next.size();
        if (!batch.isEmpty() && (operations > BATCH_OPERATIONS || size > BATCH_BYTES)) {
          break;
        }
        batch.add(waiting.removeFirst());
        bytes -= next.size();
      }
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more; what waits is still handed out. */
  void close() {
    lock.lock();
    try {
      closed = true;
      filled.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static StoreUnavailableException refused(String why) {
    return new StoreUnavailableException(why, new RejectedExecutionException(why));
  }
}
