package ai.a5c.krate.cel.library;

import static ai.a5c.krate.cel.library.Types.DYN;
import static ai.a5c.krate.cel.library.Types.INT;
import static ai.a5c.krate.cel.library.Types.LIST_OF_STRING;
import static ai.a5c.krate.cel.library.Types.STRING;

import ai.a5c.krate.cel.evaluation.Call;
import ai.a5c.krate.cel.evaluation.Items;
import ai.a5c.krate.cel.evaluation.Meter;
import ai.a5c.krate.cel.evaluation.NoValue;
import dev.cel.common.types.ListType;
import java.util.ArrayList;
import java.util.List;

/** The extended strings library, version 2. Places and lengths are in code points. */
final class Strings {
  private Strings() {}

  static void addTo(Catalog catalog) {
    catalog
        .member("charAt", STRING, STRING, INT)
        .member("indexOf", INT, STRING, STRING)
        .member("indexOf", INT, STRING, STRING, INT)
        .member("lastIndexOf", INT, STRING, STRING)
        .member("lastIndexOf", INT, STRING, STRING, INT)
        .member("join", STRING, LIST_OF_STRING)
        .member("join", STRING, LIST_OF_STRING, STRING)
        .member("lowerAscii", STRING, STRING)
        .member("upperAscii", STRING, STRING)
        .member("replace", STRING, STRING, STRING, STRING)
        .member("replace", STRING, STRING, STRING, STRING, INT)
        .member("split", LIST_OF_STRING, STRING, STRING)
        .member("split", LIST_OF_STRING, STRING, STRING, INT)
        .member("substring", STRING, STRING, INT)
        .member("substring", STRING, STRING, INT, INT)
        .member("trim", STRING, STRING)
        .member("format", STRING, STRING, ListType.create(DYN))
        .global("strings.quote", STRING, STRING);
    serve(catalog);
  }

  private static void serve(Catalog catalog) {
    catalog
        .serve("contains", String.class, Strings::contains)
        .serve("startsWith", String.class, call -> read(call).startsWith(call.string(1)))
        .serve("endsWith", String.class, call -> read(call).endsWith(call.string(1)))
        .serve("charAt", String.class, Strings::charAt)
        .serve("indexOf", String.class, Strings::indexOf)
        .serve("lastIndexOf", String.class, Strings::lastIndexOf)
        .serve("join", List.class, Strings::join)
        .serve("lowerAscii", String.class, call -> changeCase(call, 'A', 'Z', 'a' - 'A'))
        .serve("upperAscii", String.class, call -> changeCase(call, 'a', 'z', 'A' - 'a'))
        .serve("replace", String.class, Strings::replace)
        .serve("split", String.class, Strings::split)
        .serve("substring", String.class, Strings::substring)
        .serve("trim", String.class, Strings::trim)
        .serve("format", String.class, call -> new Formatting(call.meter()).format(call))
        .serve("strings.quote", String.class, Strings::quote);
  }

  private static String read(Call call) {
    call.meter().reading(call.string(1).length());
    return call.string(0);
  }

  private static boolean contains(Call call) {
    return new Search(call.meter(), call.string(1)).in(call.string(0), 0) >= 0;
  }

  private static int points(Meter meter, String text) {
    meter.reading(text.length());
    return text.codePointCount(0, text.length());
  }

  /** Where a code point starts. */
  private static int place(String text, long point) {
    return text.offsetByCodePoints(0, (int) point);
  }

  private static String charAt(Call call) {
    String text = call.string(0);
    long at = call.integer(1);
    int points = points(call.meter(), text);
    if (at < 0 || at > points) {
      throw outOfRange(at);
    }
    if (at == points) {
      return "";
    }
    return Character.toString(text.codePointAt(place(text, at)));
  }

  private static NoValue outOfRange(long at) {
    return new NoValue("index out of range: " + at);
  }

  private static long indexOf(Call call) {
    String text = call.string(0);
    String wanted = call.string(1);
    long from = call.count() > 2 ? call.integer(2) : 0;
    if (from < 0) {
      throw outOfRange(from);
    }
    int points = points(call.meter(), text);
    if (wanted.isEmpty()) {
      return Math.min(from, points);
    }
    if (from >= points) {
      return -1;
    }
    int found = new Search(call.meter(), wanted).in(text, place(text, from));
    return found < 0 ? -1 : text.codePointCount(0, found);
  }

  private static long lastIndexOf(Call call) {
    String text = call.string(0);
    String wanted = call.string(1);
    int points = points(call.meter(), text);
    long from = call.count() > 2 ? call.integer(2) : points;
    if (from < 0) {
      throw outOfRange(from);
    }
    if (wanted.isEmpty()) {
      return Math.min(from, points);
    }
    if (call.count() > 2 && from >= points) {
      return -1;
    }
    int limit = place(text, Math.min(from, points));
    Search search = new Search(call.meter(), wanted);
    int last = -1;
    int next = search.in(text, 0);
    while (next >= 0 && next <= limit) {
      last = next;
      next = search.in(text, next + 1);
      call.meter().step();
    }
    return last < 0 ? -1 : text.codePointCount(0, last);
  }

  private static String join(Call call) {
    String separator = call.count() > 1 ? call.string(1) : "";
    List<?> parts = call.list(0);
    long length = 0;
    for (Object part : parts) {
      call.meter().step();
      if (!(part instanceof String text)) {
        throw call.noSuchOverload();
      }
      length += text.length() + (long) separator.length();
    }
    call.meter().string(length);
    StringBuilder joined = new StringBuilder((int) length);
    String before = "";
    for (Object part : parts) {
      joined.append(before).append(part);
      before = separator;
    }
    return joined.toString();
  }

  private static String changeCase(Call call, char first, char last, int by) {
    String text = call.string(0);
    call.meter().string(text.length());
    char[] changed = text.toCharArray();
    for (int i = 0; i < changed.length; i++) {
      if (changed[i] >= first && changed[i] <= last) {
        changed[i] = (char) (changed[i] + by);
      }
    }
    return new String(changed);
  }

  /** The places where a string is found, one after the other, at most so many; negative is all. */
  private static List<Integer> places(Meter meter, String text, String wanted, long most) {
    List<Integer> places = new ArrayList<>();
    Search search = new Search(meter, wanted);
    int at = 0;
    while (at <= text.length() && (most < 0 || places.size() < most)) {
      int found = search.in(text, at);
      if (found < 0) {
        break;
      }
      meter.bytes(Integer.SIZE);
      meter.step();
      places.add(found);
      at = found + (wanted.isEmpty() ? width(text, found) : wanted.length());
    }
    return places;
  }

  private static int width(String text, int at) {
    return at < text.length() ? Character.charCount(text.codePointAt(at)) : 1;
  }

  private static String replace(Call call) {
    String text = call.string(0);
    String old = call.string(1);
    String fresh = call.string(2);
    long most = call.count() > 3 ? call.integer(3) : -1;
    List<Integer> places = places(call.meter(), text, old, most);
    call.meter()
        .string(text.length() + (long) places.size() * Math.max(0, fresh.length() - old.length()));
    StringBuilder replaced = new StringBuilder();
    int copied = 0;
    for (int place : places) {
      replaced.append(text, copied, place).append(fresh);
      copied = place + old.length();
    }
    return replaced.append(text, copied, text.length()).toString();
  }

  private static Items split(Call call) {
    String text = call.string(0);
    String separator = call.string(1);
    long most = call.count() > 2 ? call.integer(2) : -1;
    Items parts = new Items();
    if (most == 0) {
      return parts;
    }
    call.meter().string(text.length());
    List<Integer> places = places(call.meter(), text, separator, most < 0 ? -1 : most);
    int start = 0;
    for (int place : places) {
      boolean edge = separator.isEmpty() && (place == 0 || place == text.length());
      if (edge || (most > 0 && parts.size() == most - 1)) {
        continue;
      }
      call.meter().string(0);
      parts.append(text.substring(start, place));
      start = place + separator.length();
    }
    if (!separator.isEmpty() || start < text.length()) {
      parts.append(text.substring(start));
    }
    return parts;
  }

  private static String substring(Call call) {
    String text = call.string(0);
    long start = call.integer(1);
    int points = points(call.meter(), text);
    long end = call.count() > 2 ? call.integer(2) : points;
    if (start < 0 || start > points) {
      throw outOfRange(start);
    }
    if (end < 0 || end > points) {
      throw outOfRange(end);
    }
    if (start > end) {
      throw new NoValue("invalid substring range. start: " + start + ", end: " + end);
    }
    call.meter().string(end - start);
    return text.substring(place(text, start), place(text, end));
  }

  private static String trim(Call call) {
    String text = call.string(0);
    call.meter().string(text.length());
    int start = 0;
    int end = text.length();
    while (start < end && isSpace(text.charAt(start))) {
      start++;
    }
    while (end > start && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(start, end);
  }

  private static boolean isSpace(char c) {
    return (c >= '\t' && c <= '\r') || c == '\u0085' || Character.isSpaceChar(c);
  }

  private static String quote(Call call) {
    String text = call.string(0);
    call.meter().string(2L * text.length());
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints().forEach(point -> quoted.append(escaped(point)));
    return quoted.append('"').toString();
  }

  private static String escaped(int point) {
    return switch (point) {
      case 0x07 -> "\\a";
      case '\b' -> "\\b";
      case '\f' -> "\\f";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      case 0x0b -> "\\v";
      case '\\' -> "\\\\";
      case '"' -> "\\\"";
      default ->
          point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE
              ? "\uFFFD"
              : Character.toString(point);
    };
  }
}
