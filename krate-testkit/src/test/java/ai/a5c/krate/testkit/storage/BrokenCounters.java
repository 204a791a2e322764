package ai.a5c.krate.testkit.storage;

import static ai.a5c.krate.testkit.storage.Bench.REPOSITORY;
import static ai.a5c.krate.testkit.storage.Bench.add;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.CommitOutcome.Applied;
import ai.a5c.krate.spi.storage.CommitOutcome.Committed;
import ai.a5c.krate.spi.storage.CommitOutcome.Mismatch;
import ai.a5c.krate.spi.storage.CommitOutcome.Rejected;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.RefListing;
import ai.a5c.krate.spi.storage.ResourceStore;
import ai.a5c.krate.spi.storage.Transaction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One broken store for each rule of S5 and S6. */
final class BrokenCounters {
  static final Map<String, Function<FakeStorage, BentStorage>> FLAWS =
      Map.of(
          "S5.1", CountsEachSide::new,
          "S5.2", OneTooMany::new,
          "S5.3", StopsAtZero::new,
          "S5.4", CountsFromTheBeginning::new,
          "S5.5", RoomForOneMore::new,
          "S6.1", OneRepository::new,
          "S6.2", SilentAboutRefs::new,
          "S6.3", PatternsForPrefixes::new,
          "S6.4", ChecksThenMoves::new);

  private BrokenCounters() {}

  private static final class CountsEachSide extends BentStorage {
    CountsEachSide(FakeStorage whole) {
      super(whole);
    }

    @Override
    long counter(ResourceStore<?> store, String name) {
      return store.boundary() instanceof Boundary.Configuration ? 0 : super.counter(store, name);
    }
  }

  private static final class OneTooMany extends BentStorage {
    OneTooMany(FakeStorage whole) {
      super(whole);
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      return super.commit(
          store,
          map(
              transaction,
              one ->
                  one instanceof Operation.Add<B>(String counter, long delta, long max) && max == 3
                      ? add(counter, delta, 4)
                      : one));
    }
  }

  private static final class StopsAtZero extends BentStorage {
    StopsAtZero(FakeStorage whole) {
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
              one ->
                  one instanceof Operation.Add<B>(String counter, long delta, long max)
                      ? add(counter, Math.max(delta, -store.counter(counter)), max)
                      : one));
    }
  }

  private static final class CountsFromTheBeginning extends BentStorage {
    CountsFromTheBeginning(FakeStorage whole) {
      super(whole);
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      CommitOutcome outcome = super.commit(store, transaction);
      boolean onlyAdds =
          transaction.operations().size() == 3
              && transaction.operations().stream().allMatch(Operation.Add.class::isInstance);
      return onlyAdds && outcome instanceof Committed(List<Applied> applied)
          ? new Committed(applied.stream().map(ignored -> applied.getFirst()).toList())
          : outcome;
    }
  }

  private static final class RoomForOneMore extends BentStorage {
    RoomForOneMore(FakeStorage whole) {
      super(whole);
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      return super.commit(
          store,
          map(
              transaction,
              one ->
                  one instanceof Operation.Add<B>(String counter, long delta, long max)
                          && counter.equals("quota")
                      ? add(counter, delta, max + 1)
                      : one));
    }
  }

  private static final class OneRepository extends BentStorage {
    OneRepository(FakeStorage whole) {
      super(whole);
    }

    @Override
    Optional<ObjectId> ref(Uid repository, RefName name) {
      return super.ref(REPOSITORY, name);
    }
  }

  private static final class SilentAboutRefs extends BentStorage {
    SilentAboutRefs(FakeStorage whole) {
      super(whole);
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      CommitOutcome outcome = super.commit(store, transaction);
      return outcome instanceof Rejected(int index, Mismatch.RefAt ignored)
              && transaction.operations().get(index) instanceof Operation.MoveRef
          ? new Rejected(index, new Mismatch.RefAt(null))
          : outcome;
    }
  }

  private static final class PatternsForPrefixes extends BentStorage {
    PatternsForPrefixes(FakeStorage whole) {
      super(whole);
    }

    @Override
    RefListing refs(Uid repository, String prefix, @Nullable RefName after, int limit) {
      return super.refs(repository, prefix.replace('_', 'a'), after, limit);
    }
  }

  private static final class ChecksThenMoves extends BentStorage {
    ChecksThenMoves(FakeStorage whole) {
      super(whole);
    }

    @Override
    @SuppressWarnings("unchecked")
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      if (!(transaction.operations().getFirst() instanceof Operation.MoveRef move)
          || move.old() == null
          || move.target() == null
          || transaction.operations().size() > 1) {
        return super.commit(store, transaction);
      }
      var name = new RefName(move.ref().fill(slot -> "").utf8());
      if (!whole.records().ref(move.repository(), name).equals(Optional.of(move.old()))) {
        return super.commit(store, transaction);
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      while (true) {
        ObjectId now = whole.records().ref(move.repository(), name).orElse(null);
        var anyway = new Operation.MoveRef(move.repository(), move.ref(), now, move.target());
        CommitOutcome outcome =
            super.commit(
                store, new Transaction<>(transaction.actor(), List.of((Operation<B>) anyway)));
        if (outcome instanceof Committed) {
          return outcome;
        }
      }
    }
  }
}
