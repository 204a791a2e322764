package ai.a5c.krate.apiserver.request;

import java.util.random.RandomGenerator;

/**
 * Draws the names that {@code generateName} asks for, as Kubernetes does: the prefix and five
 * characters.
 */
final class Names {
  private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
  private static final int RANDOM_LENGTH = 5;
  private static final int PREFIX_LIMIT = 58;

  private final RandomGenerator random;

  Names(RandomGenerator random) {
    this.random = random;
  }

  /** A name with at least one letter after the prefix, so that it never looks like a number. */
  String generate(String prefix) {
    String kept = prefix.length() > PREFIX_LIMIT ? prefix.substring(0, PREFIX_LIMIT) : prefix;
    String drawn;
    do {
      StringBuilder characters = new StringBuilder();
      for (int i = 0; i < RANDOM_LENGTH; i++) {
        characters.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
      }
      drawn = characters.toString();
    } while (drawn.chars().allMatch(Character::isDigit));
    return kept + drawn;
  }
}
