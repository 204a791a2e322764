package ai.a5c.krate.api.meta;

import java.util.UUID;

/**
 * The identity of one object for ever: an object that is deleted and created again has another.
 *
 * @param value never reused
 */
public record Uid(UUID value) implements Comparable<Uid> {
  /**
   * Reads {@code metadata.uid}.
   *
   * @throws IllegalArgumentException if the text is no UUID
   */
  public static Uid of(String text) {
    return new Uid(UUID.fromString(text));
  }

  @Override
  public int compareTo(Uid other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
