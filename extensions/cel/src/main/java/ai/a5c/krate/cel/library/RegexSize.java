package ai.a5c.krate.cel.library;

import ai.a5c.krate.cel.evaluation.NoValue;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * An upper bound of the size of the program that a regular expression becomes, found without
 * compiling it: counted repetitions of counted repetitions grow beyond any memory. Used once.
 */
final class RegexSize {
  static final int BYTES_AN_INSTRUCTION = 64;

  private static final int LONGEST = 4_096;
  private static final long LARGEST = 50_000;
  private static final int DEEPEST = 200;
  private static final int CLASS = 4;
  private static final int GROUP = 2;

  private final String source;
  private final Deque<Long> outer = new ArrayDeque<>();
  private long sequence;
  private long atom;
  private int at;

  RegexSize(String source) {
    this.source = source;
  }

  /**
   * The bound.
   *
   * @throws NoValue if it is more than is served
   */
  long bounded() {
    if (source.length() > LONGEST) {
      throw new NoValue("a regular expression has at most " + LONGEST + " characters");
    }
    while (at < source.length()) {
      next(source.charAt(at));
      if (total() > LARGEST) {
        throw new NoValue("a regular expression that repeats too much");
      }
    }
    return total();
  }

  private long total() {
    long total = sequence + atom;
    for (long one : outer) {
      total += one;
    }
    return total;
  }

  private void next(char c) {
    switch (c) {
      case '\\' -> escape();
      case '[' -> bracket();
      case '(' -> open();
      case ')' -> close();
      case '{' -> count();
      case '*', '+', '?', '|', '^', '$' -> {
        atom++;
        at++;
      }
      default -> one(1, 1);
    }
  }

  private void one(long size, int length) {
    sequence += atom;
    atom = size;
    at += length;
  }

  private void escape() {
    if (source.startsWith("\\Q", at)) {
      int end = source.indexOf("\\E", at);
      int stop = end < 0 ? source.length() : end + 2;
      one(stop - at, stop - at);
    } else {
      one(CLASS, 2);
    }
  }

  private void bracket() {
    int end = at + 1;
    if (source.startsWith("^", end)) {
      end++;
    }
    end++;
    while (end < source.length() && source.charAt(end) != ']') {
      if (source.startsWith("[:", end) && source.indexOf(":]", end) > 0) {
        end = source.indexOf(":]", end) + 1;
      } else if (source.charAt(end) == '\\') {
        end++;
      }
      end++;
    }
    int stop = Math.min(source.length(), end + 1);
    one(CLASS + (stop - at) / CLASS, stop - at);
  }

  private void open() {
    if (outer.size() >= DEEPEST) {
      throw new NoValue("a regular expression whose groups nest more than " + DEEPEST + " deep");
    }
    outer.push(sequence + atom);
    sequence = 0;
    atom = 0;
    at++;
  }

  private void close() {
    long inner = sequence + atom + GROUP;
    sequence = outer.isEmpty() ? 0 : outer.pop();
    atom = inner;
    at++;
  }

  private void count() {
    int end = source.indexOf('}', at);
    String inside = end < 0 ? "" : source.substring(at + 1, end);
    if (!inside.matches("\\d{1,6}(,\\d{0,6})?")) {
      one(1, 1);
      return;
    }
    String[] bounds = inside.split(",", 2);
    long times = 1;
    for (String bound : bounds) {
      times = bound.isEmpty() ? times : Math.max(times, Long.parseLong(bound) + 1);
    }
    atom = Math.multiplyExact(Math.max(1, atom), times);
    at = end + 1;
  }
}
