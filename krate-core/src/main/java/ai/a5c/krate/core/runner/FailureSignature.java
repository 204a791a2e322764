package ai.a5c.krate.core.runner;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.jspecify.annotations.Nullable;

/**
 * What failures of the same kind have in common, as a value that a label can have: a hash of the
 * step, of how it ended, and of the last lines that it printed, without what differs from one run
 * to the next.
 */
final class FailureSignature {
  /** How much of the end of a log is looked at. */
  static final int TAIL_BYTES = 8 * 1024;

  private static final int LINES = 10;
  private static final int HEX_DIGITS = 16;
  private static final int LONGEST_LINE = 512;
  private static final Pattern CONTROL = Pattern.compile("\u001b\\[[0-9;?]*[A-Za-z]|\\p{Cntrl}");
  private static final Pattern PATH = Pattern.compile("(?:[A-Za-z]:)?[\\w.@~+-]*(?:/[\\w.@+-]*)+");
  private static final Pattern VARYING = Pattern.compile("\\b(?:0x)?[0-9a-f]*[0-9][0-9a-f]*\\b");
  private static final Pattern DIGITS = Pattern.compile("[0-9]+");
  private static final Pattern SPACE = Pattern.compile("\\s+");

  private FailureSignature() {}

  /**
   * The signature of a failure.
   *
   * @param exitCode null if the step did not end by itself
   * @param tail the end of what the step printed
   */
  static String of(String step, @Nullable Integer exitCode, String tail) {
    List<String> lines = new ArrayList<>();
    for (String line : tail.split("\n", -1)) {
      String normal = normal(line);
      if (!normal.isEmpty()) {
        lines.add(normal);
      }
    }
    List<String> last = lines.subList(Math.max(0, lines.size() - LINES), lines.size());
    String text =
        step + "\n" + (exitCode == null ? "-" : exitCode) + "\n" + String.join("\n", last);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    var digest = new SHA256Digest();
    digest.update(bytes, 0, bytes.length);
    byte[] hash = new byte[digest.getDigestSize()];
    digest.doFinal(hash, 0);
    return HexFormat.of().formatHex(hash).substring(0, HEX_DIGITS);
  }

  private static String normal(String line) {
    String text = line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) : line;
    text = CONTROL.matcher(text).replaceAll("").toLowerCase(Locale.ROOT);
    text = PATH.matcher(text).replaceAll("/");
    text = VARYING.matcher(text).replaceAll("#");
    text = DIGITS.matcher(text).replaceAll("#");
    return SPACE.matcher(text).replaceAll(" ").strip();
  }
}
