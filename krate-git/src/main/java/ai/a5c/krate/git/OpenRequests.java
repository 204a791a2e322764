package ai.a5c.krate.git;

import ai.a5c.krate.spi.git.GitUnavailableException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts what is under way, so that closing can wait for it. */
final class OpenRequests {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition idle = lock.newCondition();
  private int open;
  private boolean closed;

  /** One request under way; closing it twice counts once. */
  final class Token implements AutoCloseable {
    private boolean ended;

    private Token() {}

    @Override
    public void close() {
      lock.lock();
      try {
        if (!ended) {
          ended = true;
          open--;
          idle.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  Token begin() {
    lock.lock();
    try {
      if (closed) {
        throw new GitUnavailableException("the Git backend is closed");
      }
      open++;
      return new Token();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Lets nothing begin any more, and waits until nothing is under way. True for the first caller
   * only.
   */
  boolean end() {
    lock.lock();
    try {
      boolean first = !closed;
      closed = true;
      while (open > 0) {
        idle.awaitUninterruptibly();
      }
      return first;
    } finally {
      lock.unlock();
    }
  }
}
