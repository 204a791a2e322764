package ai.a5c.krate.spi.storage;

import ai.a5c.krate.api.meta.Revision;
import java.util.List;

/**
 * The change log from some revision on, pulled. One thread reads a feed; any thread may close it.
 */
public interface ChangeFeed extends AutoCloseable {
  /**
   * The changes that follow what this feed gave before.
   *
   * @param changes of this side of the boundary, by ascending revision; may be empty
   * @param upTo every change up to here has been given, on this side; never before the last of
   *     {@code changes}
   */
  record Batch(List<Change> changes, Revision upTo) {
    public Batch {
      changes = List.copyOf(changes);
    }
  }

  /**
   * Waits until the log has grown, and gives what came: each change once, none left out, none
   * before an earlier one. A batch is bounded by the store.
   *
   * @throws CompactedException if history was discarded faster than it was read
   * @throws IllegalStateException if the feed is closed, or becomes so while waiting
   * @throws StoreUnavailableException if the store cannot be reached; the feed goes on at the next
   *     call
   */
  Batch next() throws InterruptedException;

  /** Ends the feed and wakes its reader. */
  @Override
  void close();
}
