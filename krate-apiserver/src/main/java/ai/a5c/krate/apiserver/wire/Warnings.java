package ai.a5c.krate.apiserver.wire;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The Warning headers of an answer (RFC 7234, section 5.5), as kubectl prints them. Each text is
 * given once, in the order in which they were said.
 */
public final class Warnings {
  private static final int MAX_TOTAL = 4 * 1024;
  private static final int MAX_TRUNCATED = 256;

  private Warnings() {}

  /**
   * The values of the Warning headers: {@code 299 - "text"}.
   *
   * <p>If the texts have more than 4,096 characters together, each is cut to 256, and those that
   * still do not fit into the 4,096 are left out.
   *
   * @param texts one line each; control characters become spaces, blank texts are left out
   */
  public static List<String> headerValues(Collection<String> texts) {
    Set<String> distinct = new LinkedHashSet<>();
    for (String text : texts) {
      String clean = clean(text);
      if (!clean.isBlank()) {
        distinct.add(clean);
      }
    }
    long total = distinct.stream().mapToLong(Warnings::length).sum();
    boolean whole = total <= MAX_TOTAL;
    List<String> values = new ArrayList<>();
    int used = 0;
    for (String text : distinct) {
      String shown = whole ? text : truncated(text);
      used += length(shown);
      if (used > MAX_TOTAL) {
        break;
      }
      values.add("299 - \"" + shown.replace("\\", "\\\\").replace("\"", "\\\"") + "\"");
    }
    return values;
  }

  private static String clean(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> Character.isISOControl(c) || isSurrogate(c) ? ' ' : c)
        .forEach(clean::appendCodePoint);
    return clean.toString();
  }

  private static boolean isSurrogate(int codePoint) {
    return Character.getType(codePoint) == Character.SURROGATE;
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private static String truncated(String text) {
    return length(text) <= MAX_TRUNCATED
        ? text
        : text.substring(0, text.offsetByCodePoints(0, MAX_TRUNCATED));
  }
}
