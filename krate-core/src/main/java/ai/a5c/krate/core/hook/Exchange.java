package ai.a5c.krate.core.hook;

import ai.a5c.krate.apiserver.kind.GoDuration;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.apache.hc.core5.concurrent.Cancellable;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way, made by the thread that this was made by, until it has come to its end or
 * is broken off. Broken off by another thread.
 */
final class Exchange {
  private final Cancellable request;
  private final long start;
  private final Duration timeout;
  private final BooleanSupplier isLetBeSlow;
  private final Thread thread = Thread.currentThread();
  private final ReentrantLock lock = new ReentrantLock();
  private boolean slow;
  private boolean ended;
  private @Nullable String brokenOff;

  /**
   * An exchange that begins now.
   *
   * @param start now, in nanoseconds
   * @param isLetBeSlow asked once when it has taken {@link Sender#SLOW}: whether it may go on
   */
  Exchange(Cancellable request, long start, Duration timeout, BooleanSupplier isLetBeSlow) {
    this.request = request;
    this.start = start;
    this.timeout = timeout;
    this.isLetBeSlow = isLetBeSlow;
  }

  /** Breaks it off if it has taken too long by now. */
  void look(long now) {
    long passed = now - start;
    if (passed < Math.min(timeout.toNanos(), Sender.SLOW.toNanos())) {
      return;
    }
    lock.lock();
    try {
      if (ended) {
        return;
      }
      if (passed >= timeout.toNanos()) {
        breakOff("no complete answer within " + GoDuration.print(timeout));
      } else if (!slow) {
        slow = true;
        if (!isLetBeSlow.getAsBoolean()) {
          breakOff(
              "given up after "
                  + GoDuration.print(Sender.SLOW)
                  + ", since too many receivers are slow now");
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Breaks it off unless it has ended. */
  void breakOff(String why) {
    lock.lock();
    try {
      if (!ended && brokenOff == null) {
        brokenOff = why;
        request.cancel();
        // A look-up waits for something else; an interrupted virtual thread closes its socket.
        thread.interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends it: nobody breaks it off any more. For its own thread.
   *
   * @return why it was broken off, null if it was not
   */
  @Nullable String end() {
    lock.lock();
    try {
      ended = true;
      if (brokenOff != null) {
        boolean unused = Thread.interrupted();
      }
      return brokenOff;
    } finally {
      lock.unlock();
    }
  }
}
