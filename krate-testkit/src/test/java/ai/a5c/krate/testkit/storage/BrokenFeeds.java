package ai.a5c.krate.testkit.storage;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ChangeFeed;
import ai.a5c.krate.spi.storage.CompactedException;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.ResourceStore;
import ai.a5c.krate.spi.storage.StoredObject;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One broken store for each rule of S8, S9 and S11.2. */
final class BrokenFeeds {
  static final Map<String, Function<FakeStorage, BentStorage>> FLAWS =
      Map.ofEntries(
          Map.entry("S8.1", whole -> new Bent(whole, BrokenFeeds::withoutTheDeleted)),
          Map.entry("S8.2", whole -> new Bent(whole, BrokenFeeds::byNobody)),
          Map.entry("S8.3", whole -> new Bent(whole, BrokenFeeds::fromNowhere)),
          Map.entry("S8.4", StartsLate::new),
          Map.entry("S8.5", whole -> new Bent(whole, BrokenFeeds::losesOne)),
          Map.entry("S8.6", whole -> new Wrapped(whole, OwnPosition::new)),
          Map.entry("S8.7", WaitsForTwo::new),
          Map.entry("S8.8", whole -> new Wrapped(whole, NeverWakes::new)),
          Map.entry("S8.9", whole -> new Wrapped(whole, EndsAtInterruption::new)),
          Map.entry("S8.10", FutureIsNow::new),
          Map.entry("S8.11", StaysOpen::new),
          Map.entry("S9.1", whole -> new SkipsToTheFloor(whole, 0)),
          Map.entry("S9.2", ListsWhatIsGone::new),
          Map.entry("S9.3", ForgetsCounters::new),
          Map.entry("S9.4", ForgetsReaders::new),
          Map.entry("S9.5", SkipsSilently::new),
          Map.entry("S9.6", whole -> new SkipsToTheFloor(whole, 7)),
          Map.entry("S11.2", whole -> new Bent(whole, BrokenFeeds::withoutPreviousKey)));

  private BrokenFeeds() {}

  /** Bends every change. */
  private static final class Bent extends BentStorage {
    private final Function<Change, @Nullable Change> bend;

    Bent(FakeStorage whole, Function<Change, @Nullable Change> bend) {
      super(whole);
      this.bend = bend;
    }

    @Override
    ChangeFeed changes(ResourceStore<?> store, Revision after) {
      return each(super.changes(store, after), bend);
    }
  }

  /** Bends every feed. */
  private static final class Wrapped extends BentStorage {
    private final UnaryOperator<ChangeFeed> bend;

    Wrapped(FakeStorage whole, UnaryOperator<ChangeFeed> bend) {
      super(whole);
      this.bend = bend;
    }

    @Override
    ChangeFeed changes(ResourceStore<?> store, Revision after) {
      return bend.apply(super.changes(store, after));
    }
  }

  private static Change withoutTheDeleted(Change change) {
    return change instanceof Change.ObjectChanged changed && changed.type() == Change.Type.DELETED
        ? with(changed, changed.actor(), null)
        : change;
  }

  private static Change byNobody(Change change) {
    return change instanceof Change.ObjectChanged changed
        ? with(changed, "nobody", changed.previous())
        : change;
  }

  private static Change fromNowhere(Change change) {
    return change instanceof Change.RefMoved moved && moved.target() == null
        ? new Change.RefMoved(
            moved.revision(),
            moved.time(),
            moved.actor(),
            moved.repository(),
            moved.ref(),
            null,
            null)
        : change;
  }

  private static @Nullable Change losesOne(Change change) {
    return change instanceof Change.ObjectChanged changed
            && changed.revision().value() == 250
            && changed.object().key().name().startsWith("w")
        ? null
        : change;
  }

  private static Change withoutPreviousKey(Change change) {
    if (change instanceof Change.ObjectChanged changed) {
      StoredObject previous = changed.previous();
      return previous == null
          ? change
          : with(changed, changed.actor(), BrokenLists.withKey(previous, null));
    }
    return change;
  }

  private static Change with(
      Change.ObjectChanged change, String actor, @Nullable StoredObject previous) {
    return new Change.ObjectChanged(
        change.revision(), change.time(), actor, change.type(), change.object(), previous);
  }

  private static final class StartsLate extends BentStorage {
    StartsLate(FakeStorage whole) {
      super(whole);
    }

    @Override
    ChangeFeed changes(ResourceStore<?> store, Revision after) {
      boolean late = after.value() == 42 && store.head().value() == 300;
      return super.changes(store, late ? after.next() : after);
    }
  }

  private static final class OwnPosition extends BentStorage.BentFeed {
    private Revision last = Revision.ZERO;

    OwnPosition(ChangeFeed feed) {
      super(feed);
    }

    @Override
    public Batch next() throws InterruptedException {
      Batch batch = super.next();
      if (!batch.changes().isEmpty()) {
        last = batch.changes().getLast().revision();
      }
      return new Batch(batch.changes(), last);
    }
  }

  private static final class WaitsForTwo extends BentStorage {
    WaitsForTwo(FakeStorage whole) {
      super(whole);
    }

    @Override
    ChangeFeed changes(ResourceStore<?> store, Revision after) {
      ChangeFeed feed = super.changes(store, after);
      return after.value() != 1
          ? feed
          : new BentFeed(feed) {
            @Override
            public Batch next() throws InterruptedException {
              Batch first = feed.next();
              if (first.changes().size() > 1) {
                return first;
              }
              Batch second = feed.next();
              return new Batch(
                  List.of(first.changes().getFirst(), second.changes().getFirst()), second.upTo());
            }
          };
    }
  }

  private static final class NeverWakes extends BentStorage.BentFeed {
    NeverWakes(ChangeFeed feed) {
      super(feed);
    }

    @Override
    public void close() {}
  }

  private static final class EndsAtInterruption extends BentStorage.BentFeed {
    EndsAtInterruption(ChangeFeed feed) {
      super(feed);
    }

    @Override
    public Batch next() throws InterruptedException {
      try {
        return super.next();
      } catch (InterruptedException e) {
        close();
        throw e;
      }
    }
  }

  private static final class FutureIsNow extends BentStorage {
    FutureIsNow(FakeStorage whole) {
      super(whole);
    }

    @Override
    ChangeFeed changes(ResourceStore<?> store, Revision after) {
      Revision head = store.head();
      return super.changes(store, after.isAfter(head) ? head : after);
    }
  }

  private static final class StaysOpen extends BentStorage {
    StaysOpen(FakeStorage whole) {
      super(whole);
    }

    @Override
    public void close() {}
  }

  private static final class SkipsToTheFloor extends BentStorage {
    private final long from;

    SkipsToTheFloor(FakeStorage whole, long from) {
      super(whole);
      this.from = from;
    }

    @Override
    ChangeFeed changes(ResourceStore<?> store, Revision after) {
      try {
        return super.changes(store, after);
      } catch (CompactedException e) {
        if (after.value() == from) {
          return super.changes(store, e.floor());
        }
        throw e;
      }
    }
  }

  private static final class ListsWhatIsGone extends BentStorage {
    ListsWhatIsGone(FakeStorage whole) {
      super(whole);
    }

    @Override
    Listing list(ResourceStore<?> store, ListRequest request) {
      try {
        return super.list(store, request);
      } catch (CompactedException e) {
        return super.list(
            store,
            new ListRequest(
                request.resource(),
                request.namespace(),
                request.after(),
                request.limit(),
                e.floor()));
      }
    }
  }

  private static final class ForgetsCounters extends BentStorage {
    private boolean compacted;

    ForgetsCounters(FakeStorage whole) {
      super(whole);
    }

    @Override
    void compact(Revision upTo) {
      compacted = true;
      super.compact(upTo);
    }

    @Override
    long counter(ResourceStore<?> store, String name) {
      return compacted ? 0 : super.counter(store, name);
    }
  }

  private static final class ForgetsReaders extends BentStorage {
    private Revision floor = Revision.ZERO;

    ForgetsReaders(FakeStorage whole) {
      super(whole);
    }

    @Override
    void compact(Revision upTo) {
      floor = whole.records().counter("cursor/hooks") > 0 ? upTo : floor;
      super.compact(upTo);
    }

    @Override
    ChangeFeed changes(ResourceStore<?> store, Revision after) {
      if (floor.isAfter(after)) {
        throw new CompactedException(floor);
      }
      return super.changes(store, after);
    }
  }

  private static final class SkipsSilently extends BentStorage {
    SkipsSilently(FakeStorage whole) {
      super(whole);
    }

    @Override
    ChangeFeed changes(ResourceStore<?> store, Revision after) {
      return new BentFeed(super.changes(store, after)) {
        @Override
        public Batch next() throws InterruptedException {
          try {
            return super.next();
          } catch (CompactedException e) {
            feed = store.changes(e.floor());
            return super.next();
          }
        }
      };
    }
  }
}
