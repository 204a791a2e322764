package ai.a5c.krate.core.forge;

import java.util.List;
import java.util.Optional;

/**
 * Matches whole names of parts between slashes, letter by letter: a {@code *} stands for any
 * letters of one part, a part {@code **} for any number of parts, at the end for at least one.
 */
public final class Glob {
  private static final int LONGEST = 1_024;
  private static final int MOST_STARS = 16;
  private static final String ANY = "**";

  private final String text;
  private final List<String> parts;

  private Glob(String text) {
    this.text = text;
    this.parts = List.of(text.split("/", -1));
  }

  /** Reads a pattern; empty if it is too long, or has {@code **} beside other letters. */
  public static Optional<Glob> parse(String text) {
    long stars = text.chars().filter(c -> c == '*').count();
    boolean sound = !text.isEmpty() && text.length() <= LONGEST && stars <= MOST_STARS;
    for (String part : text.split("/", -1)) {
      sound &= part.equals(ANY) || !part.contains(ANY);
    }
    return sound ? Optional.of(new Glob(text)) : Optional.empty();
  }

  /** Whether the name as a whole is as the pattern says. */
  public boolean matches(String name) {
    String[] names = name.split("/", -1);
    // Whether the parts of the pattern so far match exactly the first i parts of the name.
    boolean[] reached = new boolean[names.length + 1];
    reached[0] = true;
    for (int p = 0; p < parts.size(); p++) {
      String part = parts.get(p);
      boolean[] next = new boolean[names.length + 1];
      if (part.equals(ANY)) {
        // At the end it stands for something that is below, so at least for one part.
        boolean open = false;
        for (int i = 0; i <= names.length; i++) {
          next[i] = open || (reached[i] && p < parts.size() - 1);
          open |= reached[i];
        }
      } else {
        for (int i = 0; i < names.length; i++) {
          next[i + 1] = reached[i] && fits(part, names[i]);
        }
      }
      reached = next;
    }
    return reached[names.length];
  }

  /** Greedy from star to star, which is enough for one kind of star. */
  private static boolean fits(String part, String name) {
    int p = 0;
    int n = 0;
    int star = -1;
    int resume = 0;
    while (n < name.length()) {
      if (p < part.length() && part.charAt(p) == '*') {
        star = p++;
        resume = n;
      } else if (p < part.length() && part.charAt(p) == name.charAt(n)) {
        p++;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++resume;
      } else {
        return false;
      }
    }
    while (p < part.length() && part.charAt(p) == '*') {
      p++;
    }
    return p == part.length();
  }

  @Override
  public String toString() {
    return text;
  }
}
