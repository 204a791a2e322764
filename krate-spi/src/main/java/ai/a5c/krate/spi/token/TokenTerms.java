package ai.a5c.krate.spi.token;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * What a token shall say: about whom, for what, for how long.
 *
 * @param user a user name that is not reserved
 * @param groups at most {@link #MOST_GROUPS} that are not reserved; a name that stands twice counts
 *     once
 * @param lifetime at least a second
 */
public record TokenTerms(String user, List<String> groups, Audience audience, Duration lifetime) {
  /** Names that begin so belong to Kubernetes and to Krate itself; no token ever has one. */
  public static final String RESERVED = "system:";

  public static final int MOST_GROUPS = 64;

  /** The longest name, in characters. */
  public static final int LONGEST_NAME = 256;

  /** The most that all names together take, in bytes of UTF-8. */
  public static final int LONGEST_NAMES = 4_096;

  /**
   * Terms that any issuer can take.
   *
   * @throws IllegalArgumentException if a name is no name or reserved, if there is more than fits,
   *     or if the lifetime is shorter than a second
   */
  public TokenTerms {
    groups = List.copyOf(new LinkedHashSet<>(groups));
    requireName(user);
    groups.forEach(TokenTerms::requireName);
    if (groups.size() > MOST_GROUPS || bytes(user, groups) > LONGEST_NAMES) {
      throw new IllegalArgumentException("more groups than a token can hold");
    }
    if (lifetime.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("no lifetime of a token: " + lifetime);
    }
  }

  /** Whether the text can be the name of a user or group in a token, reserved or not. */
  public static boolean isName(String text) {
    return !text.isBlank()
        && text.length() <= LONGEST_NAME
        && text.equals(text.strip())
        && text.codePoints().noneMatch(TokenTerms::isUnprintable);
  }

  /** Whether the name is one that no token may have. */
  public static boolean isReserved(String name) {
    return name.startsWith(RESERVED);
  }

  /** How many bytes the names take together. */
  public static int bytes(String user, List<String> groups) {
    int bytes = user.getBytes(StandardCharsets.UTF_8).length;
    for (String group : groups) {
      bytes += group.getBytes(StandardCharsets.UTF_8).length;
    }
    return bytes;
  }

  private static void requireName(String name) {
    if (!isName(name) || isReserved(name)) {
      throw new IllegalArgumentException("no name for a token: " + name);
    }
  }

  private static boolean isUnprintable(int character) {
    int type = Character.getType(character);
    return type == Character.CONTROL
        || type == Character.FORMAT
        || type == Character.SURROGATE
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }
}
