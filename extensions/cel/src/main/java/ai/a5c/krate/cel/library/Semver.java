package ai.a5c.krate.cel.library;

import ai.a5c.krate.cel.evaluation.NoValue;
import ai.a5c.krate.cel.evaluation.Opaque;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version after Semantic Versioning 2.0.0, without its build metadata, which has no part in
 * equality and order.
 *
 * @param prerelease the identifiers of the pre-release; empty for a release
 */
record Semver(long major, long minor, long patch, List<String> prerelease)
    implements Opaque, Comparable<Semver> {
  private static final int LONGEST = 512;
  private static final String NUMBER = "(0|[1-9]\\d*)";
  private static final String IDENTIFIERS =
      "((?:0|[1-9]\\d*|\\d*[A-Za-z-][0-9A-Za-z-]*)"
          + "(?:\\.(?:0|[1-9]\\d*|\\d*[A-Za-z-][0-9A-Za-z-]*))*+)";
  private static final Pattern FORM =
      Pattern.compile(
          NUMBER
              + "\\."
              + NUMBER
              + "\\."
              + NUMBER
              + "(?:-"
              + IDENTIFIERS
              + ")?"
              + "(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*+)?");
  private static final Pattern DIGITS = Pattern.compile("\\d+");

  Semver {
    prerelease = List.copyOf(prerelease);
  }

  /**
   * Reads one.
   *
   * @throws NoValue if it is none
   */
  static Semver parse(String text) {
    Matcher form = FORM.matcher(text.length() > LONGEST ? "" : text);
    if (!form.matches()) {
      throw new NoValue("invalid semantic version: " + NoValue.excerpt(text));
    }
    String prerelease = form.group(4);
    return new Semver(
        number(form.group(1)),
        number(form.group(2)),
        number(form.group(3)),
        prerelease == null ? List.of() : List.of(prerelease.split("\\.")));
  }

  private static long number(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new NoValue("invalid semantic version: a number is out of range");
    }
  }

  /** Reads one that may start with a v, lack its last parts and have leading zeros. */
  static Semver parseTolerantly(String text) {
    if (text.length() > LONGEST) {
      throw new NoValue("invalid semantic version: " + NoValue.excerpt(text));
    }
    String plain = text.startsWith("v") ? text.substring(1) : text;
    List<String> parts = new ArrayList<>();
    for (String part : plain.split("\\.", 3)) {
      parts.add(withoutLeadingZeros(part));
    }
    if (parts.size() < 3) {
      String last = parts.get(parts.size() - 1);
      if (last.indexOf('+') >= 0 || last.indexOf('-') >= 0) {
        throw new NoValue("short version cannot contain PreRelease/Build meta data");
      }
    }
    while (parts.size() < 3) {
      parts.add("0");
    }
    return parse(String.join(".", parts));
  }

  private static String withoutLeadingZeros(String part) {
    if (part.length() <= 1) {
      return part;
    }
    int start = 0;
    while (start < part.length() && part.charAt(start) == '0') {
      start++;
    }
    String rest = part.substring(start);
    boolean digit = !rest.isEmpty() && Character.digit(rest.charAt(0), 10) >= 0;
    return digit ? rest : "0" + rest;
  }

  @Override
  public int compareTo(Semver other) {
    int order = Long.compare(major, other.major);
    order = order != 0 ? order : Long.compare(minor, other.minor);
    order = order != 0 ? order : Long.compare(patch, other.patch);
    if (order != 0) {
      return order;
    }
    if (prerelease.isEmpty() || other.prerelease.isEmpty()) {
      return Boolean.compare(prerelease.isEmpty(), other.prerelease.isEmpty());
    }
    for (int i = 0; i < Math.min(prerelease.size(), other.prerelease.size()); i++) {
      order = compareIdentifiers(prerelease.get(i), other.prerelease.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(prerelease.size(), other.prerelease.size());
  }

  private static int compareIdentifiers(String left, String right) {
    boolean number = DIGITS.matcher(left).matches();
    boolean otherNumber = DIGITS.matcher(right).matches();
    if (number != otherNumber) {
      return number ? -1 : 1;
    }
    boolean shorter = number && left.length() != right.length();
    return Integer.signum(shorter ? left.length() - right.length() : left.compareTo(right));
  }

  @Override
  public String typeName() {
    return Types.SEMVER.name();
  }
}
