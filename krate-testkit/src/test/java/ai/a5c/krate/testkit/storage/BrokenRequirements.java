package ai.a5c.krate.testkit.storage;

import static ai.a5c.krate.testkit.storage.Bench.ACTOR;
import static ai.a5c.krate.testkit.storage.Bench.creation;
import static ai.a5c.krate.testkit.storage.Bench.record;

import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.CommitOutcome.Applied;
import ai.a5c.krate.spi.storage.CommitOutcome.Committed;
import ai.a5c.krate.spi.storage.CommitOutcome.Mismatch;
import ai.a5c.krate.spi.storage.CommitOutcome.Rejected;
import ai.a5c.krate.spi.storage.Document;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.ResourceStore;
import ai.a5c.krate.spi.storage.Slot;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Transaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Predicate;

/** One broken store for each rule of S12. */
final class BrokenRequirements {
  static final Map<String, Function<FakeStorage, BentStorage>> FLAWS =
      Map.ofEntries(
          Map.entry("S12.1", whole -> new TakesRevisions(whole, Operation.Require.class)),
          Map.entry("S12.2", whole -> new Silent(whole, new Mismatch.Found(null))),
          Map.entry("S12.3", whole -> new TakesRevisions(whole, Operation.RequireRef.class)),
          Map.entry("S12.4", whole -> new Silent(whole, new Mismatch.RefAt(null))),
          Map.entry("S12.5", TellsOnlyOfWrites::new),
          Map.entry("S12.6", whole -> new LooksFirst(whole, key("left-").or(key("right-")))),
          Map.entry("S12.7", whole -> new LooksFirst(whole, ref("refs/heads/b"))),
          Map.entry("S12.8", whole -> new LooksFirst(whole, key("shared-"))),
          Map.entry("S12.9", whole -> new LooksFirst(whole, ref("refs/heads/shared-"))),
          Map.entry("S12.10", ForgetsTheOtherSide::new),
          Map.entry("S12.11", FillsWithZero::new),
          Map.entry("S12.12", ForgetsTheSecond::new));

  private BrokenRequirements() {}

  private static boolean isRequirement(Operation<?> operation) {
    return operation instanceof Operation.Require || operation instanceof Operation.RequireRef;
  }

  private static Predicate<Operation<?>> key(String prefix) {
    return one ->
        one instanceof Operation.Require<?> require && require.key().name().startsWith(prefix);
  }

  private static Predicate<Operation<?>> ref(String prefix) {
    return one ->
        one instanceof Operation.RequireRef require && require.ref().value().startsWith(prefix);
  }

  /** A requirement that is noted in the log. */
  private static final class TakesRevisions extends BentStorage {
    private final Class<?> kind;

    TakesRevisions(FakeStorage whole, Class<?> kind) {
      super(whole);
      this.kind = kind;
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      CommitOutcome outcome = super.commit(store, transaction);
      if (outcome instanceof Committed
          && transaction.operations().size() == 3
          && transaction.operations().stream().allMatch(kind::isInstance)) {
        Operation<Boundary.Records> note = creation(record("extra", "extra"), "");
        CommitOutcome unused = whole.records().commit(new Transaction<>(ACTOR, List.of(note)));
      }
      return outcome;
    }
  }

  private static final class Silent extends BentStorage {
    private final Mismatch nothing;

    Silent(FakeStorage whole, Mismatch nothing) {
      super(whole);
      this.nothing = nothing;
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      CommitOutcome outcome = super.commit(store, transaction);
      return outcome instanceof Rejected(int index, Mismatch why)
              && index == 3
              && isRequirement(transaction.operations().get(index))
              && why.getClass() == nothing.getClass()
          ? new Rejected(index, nothing)
          : outcome;
    }
  }

  private static final class TellsOnlyOfWrites extends BentStorage {
    TellsOnlyOfWrites(FakeStorage whole) {
      super(whole);
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      CommitOutcome outcome = super.commit(store, transaction);
      return outcome instanceof Committed(List<Applied> applied) && applied.size() == 5
          ? new Committed(applied.stream().filter(one -> !(one instanceof Applied.Held)).toList())
          : outcome;
    }
  }

  /** A snapshot for what is required, and a lock for what is written: the classic write skew. */
  private static final class LooksFirst extends BentStorage {
    private final Predicate<Operation<?>> looksAt;

    LooksFirst(FakeStorage whole, Predicate<Operation<?>> looksAt) {
      super(whole);
      this.looksAt = looksAt;
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      List<Operation<B>> operations = transaction.operations();
      if (operations.size() != 2 || !looksAt.test(operations.getFirst())) {
        return super.commit(store, transaction);
      }
      String actor = transaction.actor();
      CommitOutcome looked =
          super.commit(store, new Transaction<>(actor, List.of(operations.getFirst())));
      if (looked instanceof Rejected) {
        return looked;
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      CommitOutcome outcome =
          super.commit(store, new Transaction<>(actor, List.of(operations.getLast())));
      return outcome instanceof Committed(List<Applied> applied)
          ? new Committed(List.of(new Applied.Held(), applied.getFirst()))
          : outcome;
    }
  }

  private static final class ForgetsTheOtherSide extends BentStorage {
    ForgetsTheOtherSide(FakeStorage whole) {
      super(whole);
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      boolean records = store.boundary() instanceof Boundary.Records;
      List<Operation<B>> own =
          transaction.operations().stream()
              .filter(
                  one ->
                      !(one instanceof Operation.Require<B> require)
                          || require.key().resource().group().equals(Bench.RECORDS) == records)
              .toList();
      return super.commit(store, new Transaction<>(transaction.actor(), own));
    }
  }

  private static final class FillsWithZero extends BentStorage {
    FillsWithZero(FakeStorage whole) {
      super(whole);
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      boolean named =
          transaction.operations().size() == 2
              && isRequirement(transaction.operations().getFirst());
      return super.commit(store, named ? map(transaction, FillsWithZero::zero) : transaction);
    }

    private static <B extends Boundary> Operation<B> zero(Operation<B> operation) {
      if (!(operation instanceof Operation.Put<B> put)) {
        return operation;
      }
      Function<Slot, Template.Part> zero =
          slot ->
              slot.equals(new Slot.RevisionOf(0)) || slot.equals(new Slot.ValueOf(0))
                  ? literal("0")
                  : new Template.Part.Open(slot);
      Document document = put.document();
      return new Operation.Put<>(
          put.boundary(),
          put.resource(),
          put.namespace(),
          put.name(),
          put.expected(),
          new Document(
              slots(document.content(), zero), document.storageVersion(), document.keyId()));
    }
  }

  private static final class ForgetsTheSecond extends BentStorage {
    ForgetsTheSecond(FakeStorage whole) {
      super(whole);
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      Set<Object> places = new HashSet<>();
      var left = new ArrayList<Operation<B>>();
      for (Operation<B> one : transaction.operations()) {
        if (places.add(place(one)) || !isRequirement(one)) {
          left.add(one);
        }
      }
      return super.commit(store, new Transaction<>(transaction.actor(), left));
    }

    private static Object place(Operation<?> operation) {
      return switch (operation) {
        case Operation.Put<?> put -> List.of(put.resource(), put.namespace(), put.name());
        case Operation.Require<?> require ->
            List.of(
                require.key().resource(),
                require.key().namespace(),
                Template.of(require.key().name()));
        case Operation.MoveRef move -> List.of(move.repository(), move.ref());
        case Operation.RequireRef require ->
            List.of(require.repository(), Template.of(require.ref().value()));
        case Operation.Delete<?> ignored -> new Object();
        case Operation.Add<?> ignored -> new Object();
        case Operation.Append<?> ignored -> new Object();
      };
    }
  }
}
