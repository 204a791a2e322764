package ai.a5c.krate.apiserver.watch;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.StoredObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The newest changes of a log, bounded in number and in bytes. Guarded by its owner's lock. */
final class Ring {
  /** What a change takes beside the documents that it holds, roughly. */
  private static final int OVERHEAD = 256;

  private final @Nullable Change[] changes;
  private final long capacity;
  private final long mostBytes;
  private long first;
  private long end;
  private long bytes;
  private Revision before;

  /**
   * An empty ring.
   *
   * @param before the changes up to here are not in it
   */
  Ring(int capacity, long mostBytes, Revision before) {
    this.changes = new Change[capacity];
    this.capacity = capacity;
    this.mostBytes = mostBytes;
    this.before = before;
  }

  /** Every change after this revision is in the ring, as far as the log was read. */
  Revision before() {
    return before;
  }

  void add(Change change) {
    if (end - first == capacity) {
      removeFirst();
    }
    changes[slot(end)] = change;
    end++;
    bytes += size(change);
    while (bytes > mostBytes && first < end) {
      removeFirst();
    }
  }

  /** Begins anew: what was in it is in the history of the store. */
  void restart(Revision from) {
    while (first < end) {
      removeFirst();
    }
    before = from;
  }

  /** The changes after a revision, at most so many. */
  List<Change> after(Revision revision, int limit) {
    List<Change> found = new ArrayList<>();
    for (long i = firstAfter(revision); i < end && found.size() < limit; i++) {
      found.add(at(i));
    }
    return found;
  }

  /** The revision of the newest change in the ring, or of what came before it. */
  Revision newest() {
    return first == end ? before : at(end - 1).revision();
  }

  private void removeFirst() {
    Change removed = at(first);
    before = removed.revision();
    bytes -= size(removed);
    changes[slot(first)] = null;
    first++;
  }

  private long firstAfter(Revision revision) {
    long low = first;
    long high = end;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (at(middle).revision().isAfter(revision)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private Change at(long index) {
    Change change = changes[slot(index)];
    if (change == null) {
      throw new IllegalStateException("the ring has no change " + index);
    }
    return change;
  }

  private int slot(long index) {
    return (int) (index % capacity);
  }

  private static long size(Change change) {
    return switch (change) {
      case Change.ObjectChanged changed -> {
        StoredObject previous = changed.previous();
        yield OVERHEAD
            + changed.object().content().size()
            + (previous == null ? 0L : previous.content().size());
      }
      case Change.RefMoved moved -> OVERHEAD;
    };
  }
}
