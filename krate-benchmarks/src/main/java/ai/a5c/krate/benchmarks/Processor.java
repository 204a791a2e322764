package ai.a5c.krate.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Locale;

/** The time of processors that was used since then, by this process and those that it started. */
final class Processor {
  private static final double NANOS_OF_MILLI = 1e6;

  private final long begun = used();

  /** What each of so many operations used. */
  String each(long operations) {
    double millis = (used() - begun) / NANOS_OF_MILLI / Math.max(1, operations);
    return String.format(Locale.ROOT, "%.2f ms of processor each", millis);
  }

  private static long used() {
    long own = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    return own
        + ProcessHandle.current()
            .descendants()
            .mapToLong(p -> p.info().totalCpuDuration().orElse(Duration.ZERO).toNanos())
            .sum();
  }
}
