package ai.a5c.krate.spi.blob;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.time.Duration;

/**
 * Append-only byte streams by name. A stream that nobody has appended to has the length 0, like one
 * that was deleted: there is no other difference between being empty and not being there.
 *
 * <p>Names have 1 to {@value #MOST_NAME} characters out of letters, digits and {@code . _ / -}; a
 * name, an offset, a chunk or a limit out of its range is refused with {@link
 * IllegalArgumentException}, and nothing is stored. All methods may be called from many threads at
 * once, and each throws {@link StoreUnavailableException} if the store cannot be reached.
 */
public interface BlobStore {
  /** The most bytes of one chunk, and of one reading. */
  int MOST_BYTES = 1 << 20;

  /** The most characters of a name. */
  int MOST_NAME = 255;

  /** The most streams that one call deletes. */
  int MOST_DELETED = 1_000;

  /**
   * Adds a chunk at the end of a stream, if that is where the writer thinks it is. Of many who
   * append at one offset, one succeeds. What was answered is durable, and seen by every later call
   * of everybody.
   *
   * @param offset what the stream's length must be
   * @param chunk 1 to {@link #MOST_BYTES} bytes
   * @throws StoreUnavailableException if nothing was stored
   * @throws OutcomeUnknownException if the store was lost before it could say whether the chunk is
   *     stored: all of it, or nothing. The same append again finds out
   */
  AppendOutcome append(String stream, long offset, Bytes chunk);

  /** How many bytes a stream has. */
  long length(String stream);

  /**
   * The bytes from an offset on: at least one if there is one, and at most as many as wanted. Empty
   * at the end of the stream and beyond it.
   *
   * @param offset 0 for the first byte
   * @param limit 1 to {@link #MOST_BYTES}
   */
  Bytes read(String stream, long offset, int limit);

  /**
   * Waits until a stream is longer than an offset. Wakes within milliseconds of an append in this
   * process or another one; if the news of it is lost, within seconds.
   *
   * @param patience how long to wait at most; zero or less only looks
   * @return whether the stream was seen to be longer
   * @throws IllegalStateException if the store is closed, or becomes so while waiting
   * @throws StoreUnavailableException if the store cannot be reached, or if too many streams are
   *     waited for at once
   */
  boolean awaitGrowth(String stream, long beyond, Duration patience) throws InterruptedException;

  /** Forgets a stream; its name can be used again. */
  void delete(String stream);

  /**
   * Forgets the streams whose names begin with a prefix, in the order of their names and at most
   * {@link #MOST_DELETED} of them.
   *
   * @param prefix a name that every one of them goes on from
   * @return how many were deleted: if it is the most, there may be more
   */
  int deleteAll(String prefix);
}
