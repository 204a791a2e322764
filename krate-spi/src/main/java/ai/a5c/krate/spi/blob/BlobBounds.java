package ai.a5c.krate.spi.blob;

import ai.a5c.krate.api.meta.Bytes;
import java.util.regex.Pattern;

/** The ranges of what {@link BlobStore} takes, checked alike by all who implement it. */
public final class BlobBounds {
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9._/-]{1," + BlobStore.MOST_NAME + "}");

  private BlobBounds() {}

  /**
   * Refuses what is no name of a stream.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static void requireName(String stream) {
    if (!NAME.matcher(stream).matches()) {
      throw new IllegalArgumentException("no name of a stream: " + stream);
    }
  }

  /**
   * Refuses what cannot be appended.
   *
   * @throws IllegalArgumentException if name, offset or chunk is out of its range
   */
  public static void requireAppend(String stream, long offset, Bytes chunk) {
    requireName(stream);
    requireOffset(offset);
    if (chunk.isEmpty() || chunk.size() > BlobStore.MOST_BYTES) {
      throw new IllegalArgumentException(
          "a chunk has 1 to " + BlobStore.MOST_BYTES + " bytes, and not " + chunk.size());
    }
    if (offset > Long.MAX_VALUE - chunk.size()) {
      throw new IllegalArgumentException("no stream can end behind " + offset);
    }
  }

  /**
   * Refuses what cannot be read.
   *
   * @throws IllegalArgumentException if name, offset or limit is out of its range
   */
  public static void requireRead(String stream, long offset, int limit) {
    requireName(stream);
    requireOffset(offset);
    if (limit < 1 || limit > BlobStore.MOST_BYTES) {
      throw new IllegalArgumentException(
          "a reading has 1 to " + BlobStore.MOST_BYTES + " bytes, and not " + limit);
    }
  }

  private static void requireOffset(long offset) {
    if (offset < 0) {
      throw new IllegalArgumentException("an offset is not negative: " + offset);
    }
  }
}
