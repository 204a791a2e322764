package ai.a5c.krate.cel.library;

import ai.a5c.krate.cel.evaluation.Meter;
import ai.a5c.krate.cel.evaluation.NoValue;
import ai.a5c.krate.cel.evaluation.Opaque;
import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * A regular expression in RE2's syntax, which matches in time that grows with the length of the
 * text and the size of the program. Immutable.
 */
final class Regex implements Opaque {
  private final Pattern pattern;
  private final long stepsACharacter;

  private Regex(Pattern pattern, long size) {
    this.pattern = pattern;
    this.stepsACharacter = 1 + size / Meter.CHARACTERS_A_STEP;
  }

  /**
   * Compiles one.
   *
   * @throws NoValue if it is none, or larger than it may be
   */
  static Regex compile(String source) {
    long size = new RegexSize(source).bounded();
    try {
      return new Regex(Pattern.compile(source), size);
    } catch (PatternSyntaxException e) {
      throw new NoValue("Illegal regex: " + e.getMessage());
    }
  }

  /** Compiles one during evaluation, for its price. */
  static Regex compile(Meter meter, String source) {
    long size = new RegexSize(source).bounded();
    meter.steps(size);
    meter.bytes(size * RegexSize.BYTES_AN_INSTRUCTION);
    return compile(source);
  }

  /** A matcher over a text, each of whose characters is paid for when it is looked at. */
  Matcher over(Meter meter, String text) {
    return pattern.matcher(new PaidText(meter, text, stepsACharacter));
  }

  /** It stands for the string that it was compiled from. */
  @Override
  public String typeName() {
    return Types.STRING.name();
  }

  private record PaidText(Meter meter, CharSequence text, long price) implements CharSequence {
    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      meter.steps(price);
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new PaidText(meter, text.subSequence(start, end), price);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
