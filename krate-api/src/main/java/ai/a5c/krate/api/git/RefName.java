package ai.a5c.krate.api.git;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The full name of a ref, such as {@code refs/heads/main}, well formed by the rules of {@code git
 * check-ref-format}.
 *
 * @param value begins with {@code refs/}; at most 1,024 characters
 */
public record RefName(String value) implements Comparable<RefName> {
  public static final String HEADS = "refs/heads/";
  public static final String TAGS = "refs/tags/";
  public static final String PULL = "refs/pull/";

  private static final int LONGEST = 1024;
  private static final Pattern REFUSED =
      Pattern.compile("[\\x00-\\x20\\x7f~^:?*\\[\\\\]|\\.\\.|@\\{|//");

  public RefName {
    if (!wellFormed(value)) {
      throw new IllegalArgumentException("not a ref name: " + value);
    }
  }

  /** Reads a name from a client, who may be wrong. */
  public static Optional<RefName> parse(String value) {
    return wellFormed(value) ? Optional.of(new RefName(value)) : Optional.empty();
  }

  /** The ref of a branch, if the name can be one. */
  public static Optional<RefName> ofBranch(String branch) {
    return branch.startsWith("-") || branch.equals("HEAD")
        ? Optional.empty()
        : parse(HEADS + branch);
  }

  /** The ref under which the head of a pull request can be fetched. */
  public static RefName ofPull(long number) {
    return new RefName(PULL + number + "/head");
  }

  public boolean isBranch() {
    return value.startsWith(HEADS);
  }

  /** The name without {@code refs/heads/}, if this is a branch. */
  public Optional<String> branch() {
    return isBranch() ? Optional.of(value.substring(HEADS.length())) : Optional.empty();
  }

  private static boolean wellFormed(String value) {
    if (!value.startsWith("refs/")
        || value.length() > LONGEST
        || value.endsWith("/")
        || value.endsWith(".")) {
      return false;
    }
    if (REFUSED.matcher(value).find()) {
      return false;
    }
    for (String component : value.split("/", -1)) {
      if (component.isEmpty() || component.startsWith(".") || component.endsWith(".lock")) {
        return false;
      }
    }
    return value.indexOf('/', "refs/".length()) > 0;
  }

  /** By the bytes in UTF-8, as Git sorts refs. */
  @Override
  public int compareTo(RefName other) {
    return Arrays.compareUnsigned(
        value.getBytes(StandardCharsets.UTF_8), other.value.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return value;
  }
}
