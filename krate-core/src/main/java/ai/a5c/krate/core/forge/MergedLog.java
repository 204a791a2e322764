package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.apiserver.watch.WatchHub;
import ai.a5c.krate.spi.storage.Change;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The sides of the storage boundary as the one log that they are, in the order of revisions. Read
 * by one thread; any thread may close it.
 */
final class MergedLog implements AutoCloseable {
  private final List<Side> sides;

  /** The changes after a revision. */
  MergedLog(List<WatchHub> hubs, Revision after) {
    this.sides = hubs.stream().map(hub -> new Side(hub.from(after))).toList();
  }

  /** Every change up to here was given. */
  Revision seen() {
    Revision least = sides.getFirst().cursor.seen();
    for (Side side : sides) {
      Revision seen = side.cursor.seen();
      least = least.isAfter(seen) ? seen : least;
    }
    return least;
  }

  /** Waits for further changes: a bounded number, in order; empty if none came in time. */
  List<Change> next(long nanos) throws InterruptedException {
    for (Side side : sides) {
      side.fill(nanos);
    }
    Revision upTo = seen();
    List<Change> changes = new ArrayList<>();
    while (true) {
      Side first = sides.getFirst();
      for (Side side : sides) {
        first = side.precedes(first) ? side : first;
      }
      Change change = first.changes.peek();
      if (change == null || change.revision().isAfter(upTo)) {
        return changes;
      }
      changes.add(first.changes.remove());
    }
  }

  @Override
  public void close() {
    sides.forEach(side -> side.cursor.close());
  }

  /** One side, and what of it waits for the others. */
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
      return mine != null && (its == null || its.revision().isAfter(mine.revision()));
    }
  }
}
