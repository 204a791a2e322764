package ai.a5c.krate.api.git;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a Git object: the digest of its content.
 *
 * @param algorithm the repository's object format
 * @param hex lower-case hexadecimal, as long as the algorithm's digest
 */
public record ObjectId(Algorithm algorithm, String hex) implements Comparable<ObjectId> {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]+");

  /** The object formats of Git's {@code extensions.objectFormat}. */
  public enum Algorithm {
    SHA1(40),
    SHA256(64);

    private final int length;

    Algorithm(int length) {
      this.length = length;
    }

    /** The number of hexadecimal digits. */
    public int length() {
      return length;
    }
  }

  public ObjectId {
    if (hex.length() != algorithm.length || !HEX.matcher(hex).matches()) {
      throw new IllegalArgumentException("not a " + algorithm + " object id: " + hex);
    }
  }

  /** Reads an id from a client, telling the algorithm by its length. */
  public static Optional<ObjectId> parse(String hex) {
    for (Algorithm algorithm : Algorithm.values()) {
      if (hex.length() == algorithm.length && HEX.matcher(hex).matches()) {
        return Optional.of(new ObjectId(algorithm, hex));
      }
    }
    return Optional.empty();
  }

  /**
   * Reads an id that is known to be well formed.
   *
   * @throws IllegalArgumentException if it is not
   */
  public static ObjectId of(String hex) {
    return parse(hex).orElseThrow(() -> new IllegalArgumentException("not an object id: " + hex));
  }

  @Override
  public int compareTo(ObjectId other) {
    return hex.compareTo(other.hex);
  }

  @Override
  public String toString() {
    return hex;
  }
}
