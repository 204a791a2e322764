package ai.a5c.krate.testkit.storage;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ChangeFeed;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.RecordStore;
import ai.a5c.krate.spi.storage.RefListing;
import ai.a5c.krate.spi.storage.ResourceStore;
import ai.a5c.krate.spi.storage.StoredObject;
import ai.a5c.krate.spi.storage.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One side of a {@link FakeStorage}. */
class FakeStore<B extends Boundary> implements ResourceStore<B> {
  private static final int BATCH = 128;

  private final FakeStorage storage;
  private final B side;

  FakeStore(FakeStorage storage, B side) {
    this.storage = storage;
    this.side = side;
  }

  @Override
  public B boundary() {
    return side;
  }

  @Override
  public Revision head() {
    return locked(() -> new Revision(storage.memory().head()));
  }

  @Override
  public Optional<StoredObject> get(Key<B> key) {
    requireThisSide(key.resource());
    var place = new ListRequest.Place(key.namespace(), key.name());
    return locked(() -> Optional.ofNullable(storage.memory().object(key.resource(), place)));
  }

  @Override
  public Listing list(ListRequest request) {
    requireThisSide(request.resource());
    return locked(() -> storage.memory().list(request));
  }

  @Override
  public CommitOutcome commit(Transaction<B> transaction) {
    return storage.commit(side, transaction);
  }

  @Override
  public ChangeFeed changes(Revision after) {
    return locked(
        () -> {
          if (after.value() > storage.memory().head()) {
            throw new IllegalArgumentException("revision " + after + " is still to come");
          }
          List<Change> unused = storage.memory().after(after.value(), 1);
          return new Feed(after.value());
        });
  }

  @Override
  public long counter(String name) {
    return locked(() -> storage.memory().counter(name));
  }

  <T> T locked(Supplier<T> reading) {
    storage.memory().lock.lock();
    try {
      storage.requireReachable();
      return reading.get();
    } finally {
      storage.memory().lock.unlock();
    }
  }

  private void requireThisSide(GroupResource resource) {
    if (!FakeCheck.sideOf(resource.group(), storage.recordGroups()).equals(side)) {
      throw new IllegalArgumentException(resource + " is not on the side of " + side);
    }
  }

  private boolean isOnThisSide(Change change) {
    return switch (change) {
      case Change.ObjectChanged changed -> changed.object().key().boundary().equals(side);
      case Change.RefMoved ignored -> side instanceof Boundary.Records;
    };
  }

  private final class Feed implements ChangeFeed {
    private long position;
    private volatile boolean ended;

    Feed(long position) {
      this.position = position;
    }

    @Override
    public Batch next() throws InterruptedException {
      FakeMemory memory = storage.memory();
      memory.lock.lockInterruptibly();
      try {
        requireOpen();
        storage.requireReachable();
        while (memory.head() <= position) {
          memory.grown.await();
          requireOpen();
          storage.requireReachable();
        }
        List<Change> all = memory.after(position, BATCH);
        position += all.size();
        return new Batch(
            all.stream().filter(FakeStore.this::isOnThisSide).toList(), new Revision(position));
      } finally {
        memory.lock.unlock();
      }
    }

    private void requireOpen() {
      if (ended || storage.isClosed()) {
        throw new IllegalStateException("the feed is closed");
      }
    }

    @Override
    public void close() {
      storage.memory().lock.lock();
      try {
        ended = true;
        storage.memory().grown.signalAll();
      } finally {
        storage.memory().lock.unlock();
      }
    }
  }

  /** The records' side, with the refs. */
  static final class Records extends FakeStore<Boundary.Records> implements RecordStore {
    private final FakeStorage storage;

    Records(FakeStorage storage) {
      super(storage, Boundary.Records.RECORDS);
      this.storage = storage;
    }

    @Override
    public Optional<ObjectId> ref(Uid repository, RefName name) {
      return locked(() -> Optional.ofNullable(storage.memory().ref(repository, name)));
    }

    @Override
    public RefListing refs(Uid repository, String prefix, @Nullable RefName after, int limit) {
      if (limit < 1) {
        throw new IllegalArgumentException("a list has room for at least one ref: " + limit);
      }
      return locked(
          () -> {
            var all = new TreeMap<>(storage.memory().refs(repository));
            var found = new TreeMap<RefName, ObjectId>();
            Map<RefName, ObjectId> rest = after == null ? all : all.tailMap(after, false);
            for (Map.Entry<RefName, ObjectId> ref : rest.entrySet()) {
              if (found.size() < limit && ref.getKey().value().startsWith(prefix)) {
                found.put(ref.getKey(), ref.getValue());
              }
            }
            return new RefListing(found, new Revision(storage.memory().head()));
          });
    }
  }
}
