package ai.a5c.krate.cli;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Asks again and again until something is so. */
final class Waiting {
  private static final long POLL = TimeUnit.MILLISECONDS.toNanos(20);

  private Waiting() {}

  /** Fails if it is not so in time; an exception of the question counts as no. */
  static void until(String what, Duration patience, BooleanSupplier question) {
    long deadline = System.nanoTime() + patience.toNanos();
    RuntimeException last = null;
    while (true) {
      try {
        if (question.getAsBoolean()) {
          return;
        }
        last = null;
      } catch (RuntimeException e) {
        last = e;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited in vain until " + what, last);
      }
      LockSupport.parkNanos(POLL);
    }
  }
}
