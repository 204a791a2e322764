package ai.a5c.krate.apiserver.wire;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;

/** Ages as kubectl prints them: short, and the less exact the older. */
final class Ages {
  private static final long MINUTE = 60;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;
  private static final long YEAR = 365 * DAY;

  private Ages() {}

  /** How long ago the RFC 3339 time was; {@code <invalid>} if it is none or not past. */
  static String since(String time, Instant now) {
    try {
      return of(Duration.between(OffsetDateTime.parse(time).toInstant(), now));
    } catch (DateTimeException e) {
      return "<invalid>";
    }
  }

  /** How long it is from one RFC 3339 time to another; {@code <invalid>} if they are none. */
  static String between(String start, String end) {
    try {
      return since(start, OffsetDateTime.parse(end).toInstant());
    } catch (DateTimeException e) {
      return "<invalid>";
    }
  }

  /** The age; up to two seconds in the future count as now, because clocks differ. */
  static String of(Duration age) {
    long seconds = age.isNegative() ? -age.negated().toSeconds() : age.toSeconds();
    if (seconds < -1) {
      return "<invalid>";
    }
    if (seconds < 2 * MINUTE) {
      return Math.max(0, seconds) + "s";
    }
    if (seconds < 10 * MINUTE) {
      return two(seconds, MINUTE, "m", 1, "s");
    }
    if (seconds < 3 * HOUR) {
      return seconds / MINUTE + "m";
    }
    if (seconds < 8 * HOUR) {
      return two(seconds, HOUR, "h", MINUTE, "m");
    }
    if (seconds < 2 * DAY) {
      return seconds / HOUR + "h";
    }
    if (seconds < 8 * DAY) {
      return two(seconds, DAY, "d", HOUR, "h");
    }
    if (seconds < 2 * YEAR) {
      return seconds / DAY + "d";
    }
    if (seconds < 8 * YEAR) {
      return two(seconds, YEAR, "y", DAY, "d");
    }
    return seconds / YEAR + "y";
  }

  private static String two(long seconds, long unit, String name, long part, String partName) {
    long parts = seconds % unit / part;
    return seconds / unit + name + (parts == 0 ? "" : parts + partName);
  }
}
