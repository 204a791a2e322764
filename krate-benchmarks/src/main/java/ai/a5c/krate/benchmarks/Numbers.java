package ai.a5c.krate.benchmarks;

import java.util.Locale;

/** How figures are written: with as many digits as they deserve. */
final class Numbers {
  private static final double NANOS_OF_MILLI = 1e6;
  private static final double MIB = 1024 * 1024;

  private Numbers() {}

  static String rate(double perSecond) {
    return String.format(Locale.ROOT, perSecond < 10 ? "%.1f/s" : "%,.0f/s", perSecond);
  }

  static String millis(long nanos) {
    double millis = nanos / NANOS_OF_MILLI;
    return String.format(Locale.ROOT, millis < 10 ? "%.2f ms" : "%,.0f ms", millis);
  }

  static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.2f s", nanos / (1000 * NANOS_OF_MILLI));
  }

  static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%,.0f MiB", bytes / MIB);
  }

  static String percent(double part, double whole) {
    return whole <= 0 ? "" : String.format(Locale.ROOT, "%.0f %%", 100 * part / whole);
  }
}
