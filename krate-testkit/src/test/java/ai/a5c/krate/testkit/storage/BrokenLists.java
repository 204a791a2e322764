package ai.a5c.krate.testkit.storage;

import static ai.a5c.krate.testkit.storage.Bench.SETTINGS;
import static ai.a5c.krate.testkit.storage.Bench.WIDGETS;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.ResourceStore;
import ai.a5c.krate.spi.storage.StoredObject;
import ai.a5c.krate.spi.storage.Transaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One broken store for each rule of S7, S10 and S11.1. */
final class BrokenLists {
  static final Map<String, Function<FakeStorage, BentStorage>> FLAWS =
      Map.ofEntries(
          Map.entry("S7.1", whole -> new Bent(whole, BrokenLists::inTheOrderOfJava)),
          Map.entry("S7.2", whole -> new Bent(whole, BrokenLists::namespacesByPrefix)),
          Map.entry("S7.3", whole -> new Bent(whole, BrokenLists::moreWhenFull)),
          Map.entry("S7.4", whole -> new Bent(whole, BrokenLists::emptyAtNothing)),
          Map.entry("S7.5", whole -> new Bent(whole, BrokenLists::withoutTheDeleted)),
          Map.entry("S7.6", whole -> new Bent(whole, BrokenLists::laterPartsOfNow)),
          Map.entry("S7.7", whole -> new Bent(whole, BrokenLists::futureIsNow)),
          Map.entry("S7.8", TwoSnapshots::new),
          Map.entry("S7.9", MixedCollections::new),
          Map.entry("S10.1", ReadsAcross::new),
          Map.entry("S10.2", RejectsAcross::new),
          Map.entry("S10.3", KeysOfTheOtherSide::new),
          Map.entry("S11.1", whole -> new Bent(whole, BrokenLists::withoutKeys)));

  private BrokenLists() {}

  /** Bends lists. */
  private static final class Bent extends BentStorage {
    /** How. */
    interface Bend {
      Listing list(ResourceStore<?> store, ListRequest request);
    }

    private final Bend bend;

    Bent(FakeStorage whole, Bend bend) {
      super(whole);
      this.bend = bend;
    }

    @Override
    Listing list(ResourceStore<?> store, ListRequest request) {
      return bend.list(store, request);
    }
  }

  private static Listing inTheOrderOfJava(ResourceStore<?> store, ListRequest request) {
    Listing listing = store.list(request);
    List<StoredObject> sorted =
        listing.objects().stream()
            .sorted(
                Comparator.comparing((StoredObject object) -> object.key().namespace())
                    .thenComparing(object -> object.key().name()))
            .toList();
    return new Listing(sorted, listing.at(), listing.more());
  }

  private static Listing namespacesByPrefix(ResourceStore<?> store, ListRequest request) {
    String namespace = request.namespace();
    if (namespace == null || namespace.isEmpty() || request.after() != null) {
      return store.list(request);
    }
    Listing all = store.list(new ListRequest(request.resource(), null, null, 1_000, request.at()));
    List<StoredObject> found =
        all.objects().stream()
            .filter(object -> object.key().namespace().startsWith(namespace))
            .toList();
    return new Listing(found, all.at(), false);
  }

  private static Listing moreWhenFull(ResourceStore<?> store, ListRequest request) {
    Listing listing = store.list(request);
    boolean full = request.at() == null && listing.objects().size() == request.limit();
    return new Listing(listing.objects(), listing.at(), full || listing.more());
  }

  private static Listing emptyAtNothing(ResourceStore<?> store, ListRequest request) {
    Listing listing = store.list(request);
    return listing.objects().isEmpty() && request.at() == null
        ? new Listing(List.of(), Revision.ZERO, false)
        : listing;
  }

  private static Listing withoutTheDeleted(ResourceStore<?> store, ListRequest request) {
    Listing listing = store.list(request);
    Listing now =
        store.list(new ListRequest(request.resource(), request.namespace(), null, 1_000, null));
    List<Key<?>> kept = new ArrayList<>();
    now.objects().forEach(object -> kept.add(object.key()));
    List<StoredObject> found =
        listing.objects().stream()
            .filter(object -> !object.key().name().equals("b") || kept.contains(object.key()))
            .toList();
    return new Listing(found, listing.at(), listing.more());
  }

  private static Listing laterPartsOfNow(ResourceStore<?> store, ListRequest request) {
    Revision at = request.at();
    if (at == null || request.after() == null) {
      return store.list(request);
    }
    Listing now = now(store, request);
    return new Listing(now.objects(), at, now.more());
  }

  private static Listing futureIsNow(ResourceStore<?> store, ListRequest request) {
    Revision at = request.at();
    return at != null && at.isAfter(store.head()) ? now(store, request) : store.list(request);
  }

  private static Listing withoutKeys(ResourceStore<?> store, ListRequest request) {
    Listing listing = store.list(request);
    List<StoredObject> found =
        listing.objects().stream().map(object -> withKey(object, null)).toList();
    return new Listing(found, listing.at(), listing.more());
  }

  private static Listing now(ResourceStore<?> store, ListRequest request) {
    return store.list(
        new ListRequest(
            request.resource(), request.namespace(), request.after(), request.limit(), null));
  }

  static StoredObject withKey(StoredObject object, @Nullable String keyId) {
    return new StoredObject(
        object.key(), object.revision(), object.content(), object.storageVersion(), keyId);
  }

  /** Reads the revision after the objects, in another snapshot. */
  private static final class TwoSnapshots extends BentStorage {
    private static final long PAUSE = Duration.ofMillis(2).toNanos();

    TwoSnapshots(FakeStorage whole) {
      super(whole);
    }

    @Override
    Listing list(ResourceStore<?> store, ListRequest request) {
      Listing listing = super.list(store, request);
      if (request.at() != null || !request.resource().equals(WIDGETS)) {
        return listing;
      }
      LockSupport.parkNanos(2 * PAUSE);
      return new Listing(listing.objects(), store.head(), listing.more());
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      LockSupport.parkNanos(PAUSE);
      return super.commit(store, transaction);
    }
  }

  private static final class MixedCollections extends BentStorage {
    MixedCollections(FakeStorage whole) {
      super(whole);
    }

    @Override
    Listing list(ResourceStore<?> store, ListRequest request) {
      Listing listing = super.list(store, request);
      if (!request.resource().equals(WIDGETS)) {
        return listing;
      }
      var mixed = new ArrayList<>(listing.objects());
      whole.configuration().list(Bench.all(SETTINGS)).objects().stream()
          .filter(object -> object.key().name().equals("one"))
          .forEach(mixed::add);
      return new Listing(mixed, listing.at(), listing.more());
    }
  }

  private static final class ReadsAcross extends BentStorage {
    ReadsAcross(FakeStorage whole) {
      super(whole);
    }

    @Override
    <B extends Boundary> Optional<StoredObject> get(ResourceStore<B> store, Key<B> key) {
      try {
        return super.get(store, key);
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }
  }

  private static final class RejectsAcross extends BentStorage {
    RejectsAcross(FakeStorage whole) {
      super(whole);
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      try {
        return super.commit(store, transaction);
      } catch (IllegalArgumentException e) {
        if (transaction.operations().size() == 1
            && !(transaction.operations().getFirst()
                instanceof ai.a5c.krate.spi.storage.Operation.Append)) {
          return new CommitOutcome.Rejected(0, new CommitOutcome.Mismatch.Found(null));
        }
        throw e;
      }
    }
  }

  private static final class KeysOfTheOtherSide extends BentStorage {
    KeysOfTheOtherSide(FakeStorage whole) {
      super(whole);
    }

    @Override
    <B extends Boundary> Optional<StoredObject> get(ResourceStore<B> store, Key<B> key) {
      return super.get(store, key)
          .map(
              object ->
                  store.boundary() instanceof Boundary.Records
                      ? object
                      : new StoredObject(
                          new Key<>(
                              Boundary.Records.RECORDS,
                              key.resource(),
                              key.namespace(),
                              key.name()),
                          object.revision(),
                          object.content(),
                          object.storageVersion(),
                          object.keyId()));
    }
  }
}
