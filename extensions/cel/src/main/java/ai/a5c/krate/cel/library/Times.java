package ai.a5c.krate.cel.library;

import ai.a5c.krate.cel.evaluation.Call;
import ai.a5c.krate.cel.evaluation.NoValue;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Moments and spans: reading them, writing them, and the parts they have. */
final class Times {
  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");
  private static final int LONGEST = 128;
  private static final Pattern RFC_3339 =
      Pattern.compile(
          "\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?([Zz]|[+-]\\d{2}:\\d{2})");
  private static final Pattern SPAN = Pattern.compile("[+-]?((\\d+\\.?\\d*|\\.\\d+)[a-zµμ]+)+");
  private static final Pattern SPAN_PART = Pattern.compile("(\\d+\\.?\\d*|\\.\\d+)([a-zµμ]+)");
  private static final Pattern OFFSET = Pattern.compile("([+-]?)(\\d{2}):(\\d{2})");
  private static final Map<String, Long> UNITS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "μs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private Times() {}

  static void addTo(Catalog catalog) {
    catalog
        .serve("getFullYear", Instant.class, call -> part(call, t -> t.getYear()))
        .serve("getMonth", Instant.class, call -> part(call, t -> t.getMonthValue() - 1))
        .serve("getDayOfYear", Instant.class, call -> part(call, t -> t.getDayOfYear() - 1))
        .serve("getDayOfMonth", Instant.class, call -> part(call, t -> t.getDayOfMonth() - 1))
        .serve("getDate", Instant.class, call -> part(call, t -> t.getDayOfMonth()))
        .serve(
            "getDayOfWeek", Instant.class, call -> part(call, t -> t.getDayOfWeek().getValue() % 7))
        .serve("getHours", Instant.class, call -> part(call, t -> t.getHour()))
        .serve("getMinutes", Instant.class, call -> part(call, t -> t.getMinute()))
        .serve("getSeconds", Instant.class, call -> part(call, t -> t.getSecond()))
        .serve("getMilliseconds", Instant.class, call -> part(call, t -> t.getNano() / 1_000_000))
        .serve("getHours", Duration.class, call -> span(call, Duration::toHours))
        .serve("getMinutes", Duration.class, call -> span(call, Duration::toMinutes))
        .serve("getSeconds", Duration.class, call -> span(call, Duration::toSeconds))
        .serve("getMilliseconds", Duration.class, call -> span(call, Duration::toMillis))
        .serve("timestamp", String.class, call -> instant(call.string(0)))
        .serve(
            "timestamp", Long.class, call -> inRange(() -> Instant.ofEpochSecond(call.integer(0))))
        .serve("timestamp", Instant.class, call -> call.value(0))
        .serve("duration", String.class, call -> duration(call.string(0)))
        .serve("duration", Duration.class, call -> call.value(0));
  }

  private static long part(Call call, ToLongFunction<ZonedDateTime> part) {
    ZoneId zone = call.count() > 1 ? zone(call.string(1)) : ZoneOffset.UTC;
    return part.applyAsLong(call.as(0, Instant.class).atZone(zone));
  }

  private static long span(Call call, ToLongFunction<Duration> part) {
    return part.applyAsLong(call.as(0, Duration.class));
  }

  private static ZoneId zone(String name) {
    Matcher offset = OFFSET.matcher(shortEnough(name));
    try {
      if (offset.matches()) {
        int sign = "-".equals(offset.group(1)) ? -1 : 1;
        return ZoneOffset.ofHoursMinutes(
            sign * Integer.parseInt(offset.group(2)), sign * Integer.parseInt(offset.group(3)));
      }
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      throw new NoValue("unknown time zone " + name);
    }
  }

  static Instant instant(String text) {
    if (!RFC_3339.matcher(shortEnough(text)).matches()) {
      throw new NoValue("invalid timestamp: " + text);
    }
    return inRange(
        () ->
            OffsetDateTime.parse(
                    text.toUpperCase(Locale.ROOT), DateTimeFormatter.ISO_OFFSET_DATE_TIME)
                .toInstant());
  }

  private static Instant inRange(Supplier<Instant> made) {
    try {
      Instant instant = made.get();
      if (!instant.isBefore(FIRST) && !instant.isAfter(LAST)) {
        return instant;
      }
    } catch (DateTimeParseException e) {
      throw new NoValue("invalid timestamp: " + e.getParsedString());
    } catch (DateTimeException | ArithmeticException e) {
      throw new NoValue("timestamp overflow");
    }
    throw new NoValue("timestamp overflow");
  }

  static Instant plus(Instant instant, Duration duration) {
    return inRange(() -> instant.plus(duration));
  }

  /** A duration whose nanoseconds fit into 64 bits. */
  static Duration checked(Supplier<Duration> made) {
    try {
      Duration duration = made.get();
      return Duration.ofNanos(duration.toNanos());
    } catch (ArithmeticException e) {
      throw new NoValue("duration overflow");
    }
  }

  static Duration duration(String text) {
    String trimmed = shortEnough(text);
    if (trimmed.equals("0") || trimmed.equals("+0") || trimmed.equals("-0")) {
      return Duration.ZERO;
    }
    if (!SPAN.matcher(trimmed).matches()) {
      throw new NoValue("invalid duration: " + text);
    }
    BigDecimal nanos = BigDecimal.ZERO;
    Matcher parts = SPAN_PART.matcher(trimmed);
    while (parts.find()) {
      Long unit = UNITS.get(parts.group(2));
      if (unit == null) {
        throw new NoValue("invalid duration: unknown unit in " + text);
      }
      nanos = nanos.add(new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(unit)));
    }
    BigDecimal signed = trimmed.startsWith("-") ? nanos.negate() : nanos;
    if (signed.toBigInteger().bitLength() >= Long.SIZE) {
      throw new NoValue("invalid duration: out of range: " + text);
    }
    return Duration.ofNanos(signed.longValue());
  }

  /** As in RFC 3339, with as many digits of the second as it needs. */
  static String text(Instant instant) {
    String text = DateTimeFormatter.ISO_INSTANT.format(instant);
    int point = text.indexOf('.');
    if (point < 0) {
      return text;
    }
    int end = text.length() - 1;
    while (text.charAt(end - 1) == '0') {
      end--;
    }
    return text.substring(0, end) + "Z";
  }

  /** In seconds, with as many digits as it needs. */
  static String text(Duration duration) {
    BigDecimal seconds = BigDecimal.valueOf(duration.toNanos(), 9);
    return (seconds.signum() == 0 ? "0" : seconds.stripTrailingZeros().toPlainString()) + "s";
  }

  private static String shortEnough(String text) {
    if (text.length() > LONGEST) {
      throw new NoValue("longer than a time can be");
    }
    return text;
  }
}
