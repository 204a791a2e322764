package ai.a5c.krate.api.meta;

/**
 * A position in the change log: every change has one of its own, one greater than that of the
 * change before it.
 *
 * <p>Inside Krate revisions are ordered; on the wire the same number is an opaque {@code
 * resourceVersion}.
 *
 * @param value 0 before the first change
 */
public record Revision(long value) implements Comparable<Revision> {
  public static final Revision ZERO = new Revision(0);

  public Revision {
    if (value < 0) {
      throw new IllegalArgumentException("a revision is not negative: " + value);
    }
  }

  public Revision next() {
    return new Revision(value + 1);
  }

  public boolean isAfter(Revision other) {
    return value > other.value;
  }

  @Override
  public int compareTo(Revision other) {
    return Long.compare(value, other.value);
  }

  /** The decimal number, as {@code resourceVersion} spells it. */
  @Override
  public String toString() {
    return Long.toString(value);
  }
}
