package ai.a5c.krate.apiserver.audit;

import java.nio.charset.StandardCharsets;
import java.util.function.IntPredicate;

/**
 * Text of strangers in commands that people paste into bash: whatever it is, bash takes it for one
 * word or one document, and a terminal shows what is there.
 *
 * <p>What is printable stands as it is. Control characters, and those that are not seen or turn the
 * direction of writing, are escaped, by bytes of UTF-8, so that the locale does not matter. Text
 * with a NUL cannot be written: no word of a process can hold one.
 */
public final class ShellText {
  private static final String MARKS = "_-./:=@%+,";

  private ShellText() {}

  /** Whether bash can be given the text at all. */
  public static boolean canHold(String text) {
    return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  /**
   * One word.
   *
   * @throws IllegalArgumentException if bash cannot be given the text
   */
  public static String word(String text) {
    if (!text.isEmpty() && all(text, ShellText::isPlain)) {
      return text;
    }
    return all(text, ShellText::isVisible) ? "'" + text.replace("'", "'\\''") + "'" : escaped(text);
  }

  /**
   * The redirection that makes the text a command's input, with a line break at its end, which is
   * added if there is none.
   *
   * @throws IllegalArgumentException if bash cannot be given the text
   */
  public static String input(String text) {
    String lines = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    if (!all(lines, c -> c == '\n' || isVisible(c))) {
      return "<<<" + escaped(lines);
    }
    String end = "EOF";
    while (isLineOf(end, lines)) {
      end += "_";
    }
    return "<<'" + end + "'\n" + lines + "\n" + end;
  }

  /** A line that does nothing and says something: it is cut at the first 1,000 characters. */
  public static String comment(String text) {
    var line = new StringBuilder("# ");
    int most = 1_000;
    for (int at = 0, c; at < text.length() && most > 0; at += Character.charCount(c), most--) {
      c = text.codePointAt(at);
      line.appendCodePoint(isVisible(c) ? c : '?');
    }
    return line.toString();
  }

  private static boolean all(String text, IntPredicate fits) {
    for (int at = 0, c; at < text.length(); at += Character.charCount(c)) {
      c = text.codePointAt(at);
      if (!fits.test(c)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLineOf(String line, String lines) {
    return ("\n" + lines + "\n").contains("\n" + line + "\n");
  }

  private static boolean isPlain(int c) {
    return c < 128 && (Character.isLetterOrDigit(c) || MARKS.indexOf(c) >= 0);
  }

  private static boolean isVisible(int c) {
    if (c >= ' ' && c <= '~') {
      return true;
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  private static String escaped(String text) {
    if (!canHold(text)) {
      throw new IllegalArgumentException("bash cannot be given this text");
    }
    var word = new StringBuilder("$'");
    text.codePoints().forEach(c -> escape(c, word));
    return word.append('\'').toString();
  }

  private static void escape(int c, StringBuilder word) {
    switch (c) {
      case '\n' -> word.append("\\n");
      case '\t' -> word.append("\\t");
      case '\r' -> word.append("\\r");
      case '\\' -> word.append("\\\\");
      case '\'' -> word.append("\\'");
      default -> {
        if (isVisible(c)) {
          word.appendCodePoint(c);
        } else {
          for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
            word.append("\\x%02x".formatted(b & 0xff));
          }
        }
      }
    }
  }
}
