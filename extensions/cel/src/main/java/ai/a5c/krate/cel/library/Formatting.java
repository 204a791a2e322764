package ai.a5c.krate.cel.library;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.cel.evaluation.Call;
import ai.a5c.krate.cel.evaluation.Meter;
import ai.a5c.krate.cel.evaluation.NoValue;
import ai.a5c.krate.cel.evaluation.TypeName;
import ai.a5c.krate.cel.evaluation.Unsigned;
import ai.a5c.krate.cel.evaluation.Values;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code format}, for the American locale that Kubernetes uses. */
final class Formatting {
  private static final int DEFAULT_PRECISION = 6;
  private static final int LARGEST_PRECISION = 1_000;
  private static final int LONGEST_NUMBER = 400;

  private final Meter meter;
  private final StringBuilder text = new StringBuilder();

  Formatting(Meter meter) {
    this.meter = meter;
  }

  String format(Call call) {
    String pattern = call.string(0);
    List<?> arguments = call.list(1);
    meter.string(pattern.length());
    int next = 0;
    int i = 0;
    while (i < pattern.length()) {
      char c = pattern.charAt(i++);
      if (c != '%') {
        text.append(c);
      } else if (i < pattern.length() && pattern.charAt(i) == '%') {
        text.append('%');
        i++;
      } else {
        i = clause(pattern, i, arguments, next++);
      }
    }
    return text.toString();
  }

  private int clause(String pattern, int start, List<?> arguments, int index) {
    if (index >= arguments.size()) {
      throw new NoValue("index " + index + " out of range");
    }
    int i = start;
    int precision = DEFAULT_PRECISION;
    if (i < pattern.length() && pattern.charAt(i) == '.') {
      int digits = ++i;
      while (i < pattern.length() && isDigit(pattern.charAt(i))) {
        i++;
      }
      precision = precision(pattern.substring(digits, i));
    }
    if (i >= pattern.length()) {
      throw new NoValue(
          i > start
              ? "could not parse formatting clause: error while parsing precision: "
                  + "could not find end of precision specifier"
              : "unexpected end of string");
    }
    meter.step();
    int verb = pattern.codePointAt(i);
    append(verb, precision, arguments.get(index));
    return i + Character.charCount(verb);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static int precision(String digits) {
    if (digits.isEmpty()) {
      throw new NoValue("could not parse formatting clause: error while parsing precision");
    }
    if (digits.length() > 4 || Integer.parseInt(digits) > LARGEST_PRECISION) {
      throw new NoValue(
          "could not parse formatting clause: a precision is at most " + LARGEST_PRECISION);
    }
    return Integer.parseInt(digits);
  }

  private void append(int verb, int precision, @Nullable Object value) {
    switch (verb) {
      case 's' -> string(value);
      case 'd' -> decimal(value);
      case 'f' -> {
        meter.string(precision + (long) LONGEST_NUMBER);
        text.append(Numbers.fixed(number(value, "fixed-point"), precision));
      }
      case 'e' -> {
        meter.string(precision + (long) LONGEST_NUMBER);
        text.append(Numbers.scientific(number(value, "scientific"), precision));
      }
      case 'b' -> text.append(binary(value));
      case 'x' -> hex(value, false);
      case 'X' -> hex(value, true);
      case 'o' -> text.append(octal(value));
      default ->
          throw new NoValue(
              "could not parse formatting clause: unrecognized formatting clause \""
                  + Character.toString(verb)
                  + "\"");
    }
  }

  private static double number(@Nullable Object value, String clause) {
    return switch (value) {
      case Double d -> d;
      case String s when s.equals("NaN") -> Double.NaN;
      case String s when s.equals("Infinity") -> Double.POSITIVE_INFINITY;
      case String s when s.equals("-Infinity") -> Double.NEGATIVE_INFINITY;
      case null, default -> throw unfit(clause + " clause can only be used on doubles", value);
    };
  }

  private static NoValue unfit(String rule, @Nullable Object value) {
    return new NoValue(
        "error during formatting: " + rule + ", was given " + Values.typeOf(value).name());
  }

  private void decimal(@Nullable Object value) {
    if (value instanceof Long || value instanceof Unsigned) {
      text.append(value);
      return;
    }
    throw unfit("decimal clause can only be used on integers", value);
  }

  private static String binary(@Nullable Object value) {
    return switch (value) {
      case Long l -> signed(l, Long.toBinaryString(Math.abs(l)));
      case Unsigned u -> Long.toBinaryString(u.bits());
      case Boolean b -> b ? "1" : "0";
      case null, default ->
          throw unfit("only integers and bools can be formatted as binary", value);
    };
  }

  private static String octal(@Nullable Object value) {
    return switch (value) {
      case Long l -> signed(l, Long.toOctalString(Math.abs(l)));
      case Unsigned u -> Long.toOctalString(u.bits());
      case null, default -> throw unfit("octal clause can only be used on integers", value);
    };
  }

  private static String signed(long value, String magnitude) {
    return value < 0 ? "-" + magnitude : magnitude;
  }

  private void hex(@Nullable Object value, boolean upper) {
    String hex =
        switch (value) {
          case Long l -> signed(l, Long.toHexString(Math.abs(l)));
          case Unsigned u -> Long.toHexString(u.bits());
          case String s -> {
            meter.string(6L * s.length());
            yield HexFormat.of().formatHex(s.getBytes(StandardCharsets.UTF_8));
          }
          case Bytes b -> {
            meter.string(2L * b.size());
            yield HexFormat.of().formatHex(b.toArray());
          }
          case null, default ->
              throw unfit(
                  "only integers, byte buffers, and strings can be formatted as hex", value);
        };
    text.append(upper ? hex.toUpperCase(Locale.ROOT) : hex);
  }

  /** As the clause {@code %s} writes it: at the top, without quotes. */
  private void string(@Nullable Object value) {
    meter.step();
    switch (value) {
      case null -> text.append("null");
      case String s -> {
        meter.string(s.length());
        text.append(s);
      }
      case Bytes b -> {
        meter.string(b.size());
        text.append(b.utf8());
      }
      case Double d -> text.append(Numbers.shortest(d));
      case Long l -> text.append(l.longValue());
      case Unsigned u -> text.append(u);
      case Boolean b -> text.append(b.booleanValue());
      case Instant i -> text.append(Times.text(i));
      case Duration d -> text.append(Times.text(d));
      case TypeName t -> text.append(t.name());
      case List<?> list -> list(list);
      case Map<?, ?> map -> map(map);
      default ->
          throw unfit(
              "string clause can only be used on strings, bools, bytes, ints, doubles, maps, "
                  + "lists, types, durations, and timestamps",
              value);
    }
  }

  private void list(List<?> list) {
    text.append('[');
    boolean first = true;
    for (Object item : list) {
      text.append(first ? "" : ", ");
      literal(item);
      first = false;
    }
    text.append(']');
  }

  private void map(Map<?, ?> map) {
    meter.map(map.size());
    TreeMap<String, @Nullable Object> sorted = new TreeMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      Formatting key = new Formatting(meter);
      key.literal(entry.getKey());
      sorted.put(key.text.toString(), entry.getValue());
    }
    text.append('{');
    boolean first = true;
    for (Map.Entry<String, @Nullable Object> entry : sorted.entrySet()) {
      meter.string(entry.getKey().length());
      text.append(first ? "" : ", ").append(entry.getKey()).append(':');
      literal(entry.getValue());
      first = false;
    }
    text.append('}');
  }

  /** As it is written inside of a list or a map. */
  private void literal(@Nullable Object value) {
    meter.step();
    meter.bytes(Integer.BYTES);
    switch (value) {
      case String s -> quoted(s);
      case Bytes b -> {
        text.append('b');
        quoted(b.utf8());
      }
      case Double d when Double.isNaN(d) || Double.isInfinite(d) ->
          text.append('"').append(Numbers.shortest(d)).append('"');
      case Double d -> text.append(Numbers.plain(d, DEFAULT_PRECISION));
      case Instant i -> text.append("timestamp(\"").append(Times.text(i)).append("\")");
      case Duration d -> text.append("duration(\"").append(Times.text(d)).append("\")");
      case null, default -> string(value);
    }
  }

  private void quoted(String value) {
    meter.string(2L * value.length());
    text.append('"');
    value.chars().forEach(this::escape);
    text.append('"');
  }

  private void escape(int c) {
    switch (c) {
      case '"' -> text.append("\\\"");
      case '\\' -> text.append("\\\\");
      case '\n' -> text.append("\\n");
      case '\r' -> text.append("\\r");
      case '\t' -> text.append("\\t");
      default -> {
        if (Character.isISOControl(c)) {
          text.append("\\x").append(HexFormat.of().toHexDigits((byte) c));
        } else {
          text.append((char) c);
        }
      }
    }
  }
}
