package ai.a5c.krate.storage.postgres;

import java.time.Duration;

/**
 * How much history is kept.
 *
 * <p>History that is older than {@code age} is discarded, and so is what lies more than {@code
 * revisions} before the newest change, however young; but never what follows the position of a
 * reader, which is the value of a counter whose name begins with {@code cursor/}. Space is given
 * back by whole segments.
 *
 * @param age positive
 * @param revisions the most revisions to keep, at least 1
 * @param segment revisions in one segment, at least 10
 */
public record Retention(Duration age, long revisions, int segment) {
  /** A day, a million revisions, in segments of fifty thousand. */
  public static final Retention DEFAULT = new Retention(Duration.ofHours(24), 1_000_000, 50_000);

  public Retention {
    if (age.isNegative() || age.isZero() || revisions < 1 || segment < 10) {
      throw new IllegalArgumentException("a retention keeps something: " + age + ", " + revisions);
    }
  }
}
