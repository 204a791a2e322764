package ai.a5c.krate.core.forge;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets work that nobody waits for make way for what somebody waits for, each time for a moment: it
 * becomes slower and never stands still. May be used from many threads at once.
 */
public final class RightOfWay {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition free = lock.newCondition();
  private int taken;

  /** Work that has the right of way, until it is closed. */
  @FunctionalInterface
  public interface Pass extends AutoCloseable {
    @Override
    void close();
  }

  /** Begins work that somebody waits for. */
  public Pass take() {
    lock.lock();
    try {
      taken++;
    } finally {
      lock.unlock();
    }
    return this::leave;
  }

  private void leave() {
    lock.lock();
    try {
      taken--;
      if (taken == 0) {
        free.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until nobody has the right of way, but not for longer. */
  public void give(Duration patience) throws InterruptedException {
    lock.lock();
    try {
      long left = patience.toNanos();
      while (taken > 0 && left > 0) {
        left = free.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}
