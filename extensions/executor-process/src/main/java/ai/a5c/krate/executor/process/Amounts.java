package ai.a5c.krate.executor.process;

import java.time.Duration;

/** Numbers for people, and for the clock. */
final class Amounts {
  private static final long KIB = 1024;

  private Amounts() {}

  /** In the largest unit that says it exactly. */
  static String size(long bytes) {
    long number = bytes;
    for (String unit : new String[] {"bytes", "KiB", "MiB"}) {
      if (number % KIB != 0 || number == 0) {
        return number + " " + unit;
      }
      number /= KIB;
    }
    return number + " GiB";
  }

  /** As many nanoseconds as a clock can count. */
  static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }
}
