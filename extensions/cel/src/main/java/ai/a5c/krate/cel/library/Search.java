package ai.a5c.krate.cel.library;

import ai.a5c.krate.cel.evaluation.Meter;

/** Looks for strings in strings, in time that grows with their lengths and not their product. */
final class Search {
  private static final int SHORT = 16;

  private final Meter meter;
  private final String wanted;
  private final int[] borders;

  Search(Meter meter, String wanted) {
    this.meter = meter;
    this.wanted = wanted;
    this.borders = wanted.length() <= SHORT ? new int[0] : borders();
  }

  /** The first place at or after the given one, in chars; negative if there is none. */
  int in(String text, int from) {
    if (borders.length == 0) {
      int found = text.indexOf(wanted, from);
      meter.reading(found < 0 ? text.length() - Math.min(from, text.length()) : found - from);
      return found;
    }
    int matched = 0;
    for (int i = from; i < text.length(); i++) {
      payEverySoOften(i);
      while (matched > 0 && wanted.charAt(matched) != text.charAt(i)) {
        matched = borders[matched - 1];
      }
      if (wanted.charAt(matched) == text.charAt(i)) {
        matched++;
      }
      if (matched == wanted.length()) {
        return i - matched + 1;
      }
    }
    return -1;
  }

  private int[] borders() {
    meter.bytes(4L * wanted.length());
    int[] made = new int[wanted.length()];
    int length = 0;
    for (int i = 1; i < made.length; i++) {
      payEverySoOften(i);
      while (length > 0 && wanted.charAt(i) != wanted.charAt(length)) {
        length = made[length - 1];
      }
      if (wanted.charAt(i) == wanted.charAt(length)) {
        length++;
      }
      made[i] = length;
    }
    return made;
  }

  private void payEverySoOften(int index) {
    if (index % Meter.CHARACTERS_A_STEP == 0) {
      meter.step();
    }
  }
}
