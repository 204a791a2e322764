package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.apiserver.request.Hubs;
import ai.a5c.krate.apiserver.watch.WatchHub;
import ai.a5c.krate.spi.storage.Change;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Both sides of the storage boundary as the one log that they are, in the order of revisions. Read
 * by one thread; any thread may close it.
 */
final class MergedLog implements AutoCloseable {
  private final Side records;
  private final Side configuration;

  /** The changes after a revision. */
  MergedLog(Hubs hubs, Revision after) {
    this.records = new Side(hubs.records().from(after));
    this.configuration = new Side(hubs.configuration().from(after));
  }

  /** Every change up to here was given. */
  Revision seen() {
    Revision one = records.cursor.seen();
    Revision other = configuration.cursor.seen();
    return one.isAfter(other) ? other : one;
  }

  /** Waits for further changes: a bounded number, in order; empty if none came in time. */
  List<Change> next(long nanos) throws InterruptedException {
    records.fill(nanos);
    configuration.fill(nanos);
    Revision upTo = seen();
    List<Change> changes = new ArrayList<>();
    while (true) {
      Side first = records.precedes(configuration) ? records : configuration;
      Change change = first.changes.peek();
      if (change == null || change.revision().isAfter(upTo)) {
        return changes;
      }
      changes.add(first.changes.remove());
    }
  }

  @Override
  public void close() {
    records.cursor.close();
    configuration.cursor.close();
  }

  /** One side, and what of it waits for the other. */
  private static final class Side {
    private final WatchHub.Cursor cursor;
    private final Deque<Change> changes = new ArrayDeque<>();

    Side(WatchHub.Cursor cursor) {
      this.cursor = cursor;
    }

    void fill(long nanos) throws InterruptedException {
      if (changes.isEmpty()) {
        changes.addAll(cursor.next(nanos));
      }
    }

    boolean precedes(Side other) {
      Change mine = changes.peek();
      Change its = other.changes.peek();
      return its == null || (mine != null && its.revision().isAfter(mine.revision()));
    }
  }
}
