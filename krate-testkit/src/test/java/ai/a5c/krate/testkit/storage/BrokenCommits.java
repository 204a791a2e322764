package ai.a5c.krate.testkit.storage;

import static ai.a5c.krate.testkit.storage.Bench.ACTOR;
import static ai.a5c.krate.testkit.storage.Bench.creation;
import static ai.a5c.krate.testkit.storage.Bench.record;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.CommitOutcome.Applied;
import ai.a5c.krate.spi.storage.CommitOutcome.Committed;
import ai.a5c.krate.spi.storage.CommitOutcome.Mismatch;
import ai.a5c.krate.spi.storage.CommitOutcome.Rejected;
import ai.a5c.krate.spi.storage.Expected;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.ResourceStore;
import ai.a5c.krate.spi.storage.StoredObject;
import ai.a5c.krate.spi.storage.Transaction;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** One broken store for each rule of S1 and S2. */
final class BrokenCommits {
  static final Map<String, Function<FakeStorage, BentStorage>> FLAWS =
      Map.ofEntries(
          Map.entry("S1.1", ForgottenContent::new),
          Map.entry("S1.2", whole -> new Answer(whole, BrokenCommits::silentOnAbsent)),
          Map.entry("S1.3", whole -> new Answer(whole, BrokenCommits::silentOnStale)),
          Map.entry("S1.4", DeletesAnyRevision::new),
          Map.entry("S1.5", KeepsTheFirst::new),
          Map.entry("S1.6", ChecksThenActs::new),
          Map.entry("S1.7", TakesTheFirstOfTwo::new),
          Map.entry("S1.8", whole -> new Answer(whole, BrokenCommits::backwards)),
          Map.entry("S1.9", LagsBehind::new),
          Map.entry("S1.10", OneNamespaceAtATime::new),
          Map.entry("S2.1", LastFirst::new),
          Map.entry("S2.2", AddsTakeRevisions::new),
          Map.entry("S2.3", RejectionsTakeRevisions::new),
          Map.entry("S2.4", HeadOfOneSide::new),
          Map.entry("S2.5", whole -> new Answer(whole, BrokenCommits::sharedRevision)));

  private BrokenCommits() {}

  /** Bends the outcome alone. */
  private static final class Answer extends BentStorage {
    /** How. */
    interface Bend {
      CommitOutcome answer(Transaction<?> transaction, CommitOutcome outcome);
    }

    private final Bend bend;

    Answer(FakeStorage whole, Bend bend) {
      super(whole);
      this.bend = bend;
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      return bend.answer(transaction, super.commit(store, transaction));
    }
  }

  private static boolean isSinglePut(Transaction<?> transaction, Class<?> expected) {
    return transaction.operations().size() == 1
        && transaction.operations().getFirst() instanceof Operation.Put<?> put
        && expected.isInstance(put.expected());
  }

  private static CommitOutcome silentOnAbsent(Transaction<?> transaction, CommitOutcome outcome) {
    return outcome instanceof Rejected && isSinglePut(transaction, Expected.Absent.class)
        ? new Rejected(0, new Mismatch.Found(null))
        : outcome;
  }

  private static CommitOutcome silentOnStale(Transaction<?> transaction, CommitOutcome outcome) {
    return outcome instanceof Rejected && isSinglePut(transaction, Expected.At.class)
        ? new Rejected(0, new Mismatch.Found(null))
        : outcome;
  }

  private static CommitOutcome backwards(Transaction<?> transaction, CommitOutcome outcome) {
    return outcome instanceof Committed(List<Applied> applied)
            && transaction.operations().getFirst() instanceof Operation.Delete
        ? new Committed(applied.reversed())
        : outcome;
  }

  private static CommitOutcome sharedRevision(Transaction<?> transaction, CommitOutcome outcome) {
    if (outcome instanceof Committed(List<Applied> applied)
        && applied.getFirst() instanceof Applied.Stored(StoredObject object)
        && object.key().resource().equals(Bench.SETTINGS)
        && object.key().name().startsWith("w")) {
      Revision next = object.revision().next();
      return new Committed(
          List.of(
              new Applied.Stored(
                  new StoredObject(object.key(), next, object.content(), "v1", null))));
    }
    return outcome;
  }

  private static final class ForgottenContent extends BentStorage {
    ForgottenContent(FakeStorage whole) {
      super(whole);
    }

    @Override
    <B extends Boundary> Optional<StoredObject> get(ResourceStore<B> store, Key<B> key) {
      return super.get(store, key)
          .map(
              object ->
                  new StoredObject(
                      object.key(),
                      object.revision(),
                      Bytes.EMPTY,
                      object.storageVersion(),
                      object.keyId()));
    }
  }

  private static final class OneNamespaceAtATime extends BentStorage {
    OneNamespaceAtATime(FakeStorage whole) {
      super(whole);
    }

    @Override
    <B extends Boundary> List<StoredObject> getAll(
        ResourceStore<B> store, Collection<Key<B>> keys) {
      return super.getAll(store, keys).stream()
          .filter(object -> object.key().namespace().equals("team"))
          .toList();
    }
  }

  private static final class DeletesAnyRevision extends BentStorage {
    DeletesAnyRevision(FakeStorage whole) {
      super(whole);
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      if (transaction.operations().size() > 1) {
        return super.commit(store, transaction);
      }
      return super.commit(
          store,
          map(
              transaction,
              operation ->
                  operation instanceof Operation.Delete<B> delete
                      ? store
                          .get(delete.key())
                          .<Operation<B>>map(
                              now ->
                                  new Operation.Delete<>(
                                      delete.key(), now.revision(), delete.last()))
                          .orElse(delete)
                      : operation));
    }
  }

  private static final class KeepsTheFirst extends BentStorage {
    KeepsTheFirst(FakeStorage whole) {
      super(whole);
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      CommitOutcome outcome = super.commit(store, transaction);
      if (outcome instanceof Rejected && transaction.operations().size() == 6) {
        CommitOutcome unused =
            super.commit(
                store, new Transaction<>(ACTOR, List.of(transaction.operations().getFirst())));
      }
      return outcome;
    }
  }

  /** Two statements without a lock: the classic lost update. */
  private static final class ChecksThenActs extends BentStorage {
    ChecksThenActs(FakeStorage whole) {
      super(whole);
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      if (!(transaction.operations().getFirst() instanceof Operation.Put<B> put)
          || !(put.expected() instanceof Expected.At(Revision at))
          || !put.document().content().fill(slot -> "").utf8().startsWith("by ")) {
        return super.commit(store, transaction);
      }
      var key =
          new Key<>(
              put.boundary(), put.resource(), put.namespace(), put.name().fill(s -> "").utf8());
      if (!store.get(key).orElseThrow().revision().equals(at)) {
        return super.commit(store, transaction);
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      while (true) {
        Revision now = store.get(key).orElseThrow().revision();
        Operation<B> anyway = Operation.Put.of(key, Expected.at(now), put.document());
        CommitOutcome outcome =
            super.commit(store, new Transaction<>(transaction.actor(), List.of(anyway)));
        if (outcome instanceof Committed) {
          return outcome;
        }
      }
    }
  }

  private static final class TakesTheFirstOfTwo extends BentStorage {
    TakesTheFirstOfTwo(FakeStorage whole) {
      super(whole);
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      Set<Object> places = new HashSet<>();
      List<Operation<B>> first =
          transaction.operations().stream().filter(one -> places.add(place(one))).toList();
      return super.commit(store, new Transaction<>(transaction.actor(), first));
    }

    private static Object place(Operation<?> operation) {
      return switch (operation) {
        case Operation.Put<?> put -> List.of(put.resource(), put.namespace(), put.name());
        case Operation.MoveRef move -> List.of(move.repository(), move.ref());
        case Operation.Delete<?> ignored -> new Object();
        case Operation.Add<?> ignored -> new Object();
        case Operation.Append<?> ignored -> new Object();
        case Operation.Require<?> ignored -> new Object();
        case Operation.RequireRef ignored -> new Object();
      };
    }
  }

  private static final class LagsBehind extends BentStorage {
    LagsBehind(FakeStorage whole) {
      super(whole);
    }

    @Override
    Listing list(ResourceStore<?> store, ListRequest request) {
      Listing listing = super.list(store, request);
      long at = listing.at().value();
      return request.at() == null && at > 20
          ? new Listing(listing.objects(), new Revision(at - 1), listing.more())
          : listing;
    }
  }

  private static final class LastFirst extends BentStorage {
    LastFirst(FakeStorage whole) {
      super(whole);
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      List<Operation<B>> operations = transaction.operations();
      if (operations.size() != 4 || !(operations.getLast() instanceof Operation.Append)) {
        return super.commit(store, transaction);
      }
      CommitOutcome outcome =
          super.commit(store, new Transaction<>(transaction.actor(), operations.reversed()));
      return new Committed(((Committed) outcome).applied().reversed());
    }
  }

  private static final class AddsTakeRevisions extends BentStorage {
    AddsTakeRevisions(FakeStorage whole) {
      super(whole);
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      if (transaction.operations().size() == 4
          && transaction.operations().getFirst() instanceof Operation.Add
          && transaction.operations().get(2) instanceof Operation.Add) {
        takeRevision(whole);
      }
      return super.commit(store, transaction);
    }
  }

  private static final class RejectionsTakeRevisions extends BentStorage {
    RejectionsTakeRevisions(FakeStorage whole) {
      super(whole);
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      CommitOutcome outcome = super.commit(store, transaction);
      if (outcome instanceof Rejected
          && transaction.operations().size() == 2
          && transaction.operations().getFirst() instanceof Operation.Put) {
        takeRevision(whole);
      }
      return outcome;
    }
  }

  private static final class HeadOfOneSide extends BentStorage {
    HeadOfOneSide(FakeStorage whole) {
      super(whole);
    }

    @Override
    Revision head(ResourceStore<?> store) {
      boolean nothing =
          store.boundary() instanceof Boundary.Configuration
              && store.list(Bench.all(Bench.SETTINGS)).objects().isEmpty();
      return nothing ? Revision.ZERO : super.head(store);
    }
  }

  private static void takeRevision(FakeStorage whole) {
    CommitOutcome unused =
        whole
            .records()
            .commit(new Transaction<>(ACTOR, List.of(creation(record("extra", "extra"), ""))));
  }
}
