package ai.a5c.krate.cel.library;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.cel.evaluation.Call;
import ai.a5c.krate.cel.evaluation.NoValue;
import ai.a5c.krate.cel.evaluation.Unsigned;
import ai.a5c.krate.cel.evaluation.Values;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Conversions between types, sizes, and types as values. */
final class Conversions {
  private static final double TWO_TO_63 = 0x1p63;
  private static final double TWO_TO_64 = 0x1p64;
  private static final int LONGEST_NUMBER = 1_024;
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");
  private static final Pattern INFINITE = Pattern.compile("(?i)([+-]?)inf(inity)?");

  private Conversions() {}

  static void addTo(Catalog catalog) {
    catalog
        .serve("dyn", Object.class, call -> call.value(0))
        .serve("type", Object.class, call -> Values.typeOf(call.value(0)))
        .serve("size", String.class, Conversions::length)
        .serve("size", Bytes.class, call -> (long) call.bytes(0).size())
        .serve("size", List.class, call -> (long) call.list(0).size())
        .serve("size", Map.class, call -> (long) call.map(0).size())
        .serve("bool", Boolean.class, call -> call.value(0))
        .serve("bool", String.class, call -> bool(call.string(0)))
        .serve("bytes", Bytes.class, call -> call.value(0))
        .serve("bytes", String.class, Conversions::encode);
    addNumbers(catalog);
    addStrings(catalog);
  }

  private static void addNumbers(Catalog catalog) {
    catalog
        .serve("int", Long.class, call -> call.value(0))
        .serve("int", Unsigned.class, call -> signed(call.as(0, Unsigned.class)))
        .serve("int", Double.class, call -> truncate(call.as(0, Double.class)))
        .serve("int", String.class, call -> integer(call.string(0)))
        .serve("int", Instant.class, call -> call.as(0, Instant.class).getEpochSecond())
        .serve("uint", Unsigned.class, call -> call.value(0))
        .serve("uint", Long.class, call -> unsigned(call.integer(0)))
        .serve("uint", Double.class, call -> unsignedTruncate(call.as(0, Double.class)))
        .serve("uint", String.class, call -> unsignedInteger(call.string(0)))
        .serve("double", Double.class, call -> call.value(0))
        .serve("double", Long.class, call -> (double) call.integer(0))
        .serve("double", Unsigned.class, call -> call.as(0, Unsigned.class).toDouble())
        .serve("double", String.class, call -> number(call.string(0)));
  }

  private static void addStrings(Catalog catalog) {
    catalog
        .serve("string", String.class, call -> call.value(0))
        .serve("string", Long.class, call -> Long.toString(call.integer(0)))
        .serve("string", Unsigned.class, call -> call.as(0, Unsigned.class).toString())
        .serve("string", Double.class, call -> Numbers.shortest(call.as(0, Double.class)))
        .serve("string", Boolean.class, call -> Boolean.toString(call.bool(0)))
        .serve("string", Bytes.class, Conversions::decode)
        .serve("string", Instant.class, call -> Times.text(call.as(0, Instant.class)))
        .serve("string", Duration.class, call -> Times.text(call.as(0, Duration.class)));
  }

  private static long length(Call call) {
    String text = call.string(0);
    call.meter().reading(text.length());
    return text.codePointCount(0, text.length());
  }

  private static boolean bool(String text) {
    return switch (text) {
      case "true", "TRUE", "True", "t", "T", "1" -> true;
      case "false", "FALSE", "False", "f", "F", "0" -> false;
      default -> throw new NoValue("type conversion error from 'string' to 'bool'");
    };
  }

  private static long signed(Unsigned value) {
    if (value.bits() < 0) {
      throw new NoValue("integer overflow");
    }
    return value.bits();
  }

  private static Unsigned unsigned(long value) {
    if (value < 0) {
      throw new NoValue("unsigned integer overflow");
    }
    return new Unsigned(value);
  }

  private static long truncate(double value) {
    if (!(value > -TWO_TO_63 && value < TWO_TO_63)) {
      throw new NoValue("integer overflow");
    }
    return (long) value;
  }

  private static Unsigned unsignedTruncate(double value) {
    if (!(value >= 0 && value < TWO_TO_64)) {
      throw new NoValue("unsigned integer overflow");
    }
    return value < TWO_TO_63
        ? new Unsigned((long) value)
        : new Unsigned((long) (value - TWO_TO_63) + Long.MIN_VALUE);
  }

  private static long integer(String text) {
    try {
      return Long.parseLong(ascii(text));
    } catch (NumberFormatException e) {
      throw new NoValue("type conversion error from 'string' to 'int'");
    }
  }

  private static Unsigned unsignedInteger(String text) {
    try {
      if (!text.startsWith("+")) {
        return new Unsigned(Long.parseUnsignedLong(ascii(text)));
      }
    } catch (NumberFormatException e) {
      throw new NoValue("type conversion error from 'string' to 'uint'");
    }
    throw new NoValue("type conversion error from 'string' to 'uint'");
  }

  private static String ascii(String text) {
    if (text.length() > LONGEST_NUMBER || text.chars().anyMatch(c -> c > '9')) {
      throw new NumberFormatException();
    }
    return text;
  }

  static double number(String text) {
    if (text.length() <= LONGEST_NUMBER) {
      if (NUMBER.matcher(text).matches()) {
        double value = Double.parseDouble(text);
        if (!Double.isInfinite(value)) {
          return value;
        }
      } else if (text.equalsIgnoreCase("nan")) {
        return Double.NaN;
      } else if (INFINITE.matcher(text).matches()) {
        return text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
      }
    }
    throw new NoValue("type conversion error from 'string' to 'double'");
  }

  private static Bytes encode(Call call) {
    String text = call.string(0);
    call.meter().string(2L * text.length());
    return Bytes.owning(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String decode(Call call) {
    Bytes bytes = call.bytes(0);
    call.meter().string(bytes.size());
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new NoValue("invalid UTF-8 in bytes, cannot convert to string");
    }
  }
}
