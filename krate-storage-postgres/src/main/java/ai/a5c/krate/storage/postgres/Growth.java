package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/** Who waits for which byte stream to grow; told by the appends of this process and by others'. */
final class Growth {
  /** How many streams may be waited for at once. */
  private static final int MOST = 10_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Awaited> awaited = new HashMap<>();
  private boolean closed;

  /** A stream that somebody waits for. */
  private static final class Awaited {
    final Condition grown;
    long length;
    int waiting;

    Awaited(Condition grown) {
      this.grown = grown;
    }
  }

  /**
   * As {@link ai.a5c.krate.spi.blob.BlobStore#awaitGrowth}.
   *
   * @param length reads how long the stream is; asked once news of it cannot be missed any more
   */
  boolean await(String stream, long beyond, Duration patience, LongSupplier length)
      throws InterruptedException {
    Awaited one = join(stream);
    try {
      long found = length.getAsLong();
      lock.lockInterruptibly();
      try {
        one.length = Math.max(one.length, found);
        long left = patience.toNanos();
        while (one.length <= beyond && left > 0 && !closed) {
          left = one.grown.awaitNanos(left);
        }
        if (closed) {
          throw new IllegalStateException("the store is closed");
        }
        return one.length > beyond;
      } finally {
        lock.unlock();
      }
    } finally {
      leave(stream, one);
    }
  }

  /** A stream has at least this length, or had it before it was deleted. */
  void grown(String stream, long length) {
    lock.lock();
    try {
      Awaited one = awaited.get(stream);
      if (one != null && one.length < length) {
        one.length = length;
        one.grown.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The streams that are waited for. */
  Set<String> streams() {
    lock.lock();
    try {
      return Set.copyOf(awaited.keySet());
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      awaited.values().forEach(one -> one.grown.signalAll());
    } finally {
      lock.unlock();
    }
  }

  private Awaited join(String stream) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the store is closed");
      }
      if (awaited.size() >= MOST && !awaited.containsKey(stream)) {
        throw new StoreUnavailableException(
            "too many streams are waited for", new IllegalStateException("at most " + MOST));
      }
      Awaited one = awaited.computeIfAbsent(stream, any -> new Awaited(lock.newCondition()));
      one.waiting++;
      return one;
    } finally {
      lock.unlock();
    }
  }

  private void leave(String stream, Awaited one) {
    lock.lock();
    try {
      one.waiting--;
      if (one.waiting == 0) {
        awaited.remove(stream);
      }
    } finally {
      lock.unlock();
    }
  }
}
