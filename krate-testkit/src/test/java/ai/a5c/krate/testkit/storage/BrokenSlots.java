package ai.a5c.krate.testkit.storage;

import static ai.a5c.krate.testkit.storage.Bench.ACTOR;
import static ai.a5c.krate.testkit.storage.Bench.append;

import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.CommitOutcome.Mismatch;
import ai.a5c.krate.spi.storage.CommitOutcome.Rejected;
import ai.a5c.krate.spi.storage.Document;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.ResourceStore;
import ai.a5c.krate.spi.storage.Slot;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Template.Part;
import ai.a5c.krate.spi.storage.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** One broken store for each rule of S3 and S4. */
final class BrokenSlots {
  static final Map<String, Function<FakeStorage, BentStorage>> FLAWS =
      Map.ofEntries(
          Map.entry("S3.1", whole -> new Before(whole, BrokenSlots::ownRevisionOnly)),
          Map.entry("S3.2", whole -> new Before(whole, BrokenSlots::firstValueOnly)),
          Map.entry("S3.3", whole -> new Before(whole, BrokenSlots::paddedNames)),
          Map.entry("S3.4", whole -> new Before(whole, BrokenSlots::paddedEntryNames)),
          Map.entry("S3.5", whole -> new Before(whole, BrokenSlots::zeroForUnknown)),
          Map.entry("S3.6", whole -> new Before(whole, BrokenSlots::anyRefName)),
          Map.entry("S3.7", whole -> new Before(whole, BrokenSlots::filledSeals)),
          Map.entry("S3.8", whole -> new After(whole, BrokenSlots::skipsTakenNames)),
          Map.entry("S4.1", whole -> new Before(whole, BrokenSlots::chainsTransactionsOnly)),
          Map.entry("S4.2", whole -> new Before(whole, BrokenSlots::hashesOnce)),
          Map.entry("S4.3", whole -> new Before(whole, BrokenSlots::chainOfEachSide)),
          Map.entry("S4.4", whole -> new Before(whole, BrokenSlots::oneChain)),
          Map.entry("S4.5", whole -> new After(whole, BrokenSlots::chainsRejected)),
          Map.entry("S4.6", AppendsAnything::new),
          Map.entry("S4.7", whole -> new After(whole, BrokenSlots::silentOnTaken)));

  private BrokenSlots() {}

  /** Bends one operation before it is committed. */
  private static final class Before extends BentStorage {
    /** How. */
    interface Bend {
      <B extends Boundary> Operation<B> operation(
          Transaction<B> transaction, Operation<B> operation, boolean configuration);
    }

    private final Bend bend;

    Before(FakeStorage whole, Bend bend) {
      super(whole);
      this.bend = bend;
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      boolean configuration = store.boundary() instanceof Boundary.Configuration;
      return super.commit(
          store, map(transaction, one -> bend.operation(transaction, one, configuration)));
    }
  }

  /** Bends what follows a rejection. */
  private static final class After extends BentStorage {
    /** How. */
    interface Reaction {
      <B extends Boundary> CommitOutcome rejected(
          ResourceStore<B> store, Transaction<B> transaction, Rejected outcome);
    }

    private final Reaction reaction;

    After(FakeStorage whole, Reaction reaction) {
      super(whole);
      this.reaction = reaction;
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      CommitOutcome outcome = super.commit(store, transaction);
      return outcome instanceof Rejected rejected
          ? reaction.rejected(store, transaction, rejected)
          : outcome;
    }
  }

  private static <B extends Boundary> Operation<B> ownRevisionOnly(
      Transaction<B> transaction, Operation<B> operation, boolean configuration) {
    int own = transaction.operations().indexOf(operation);
    return operation instanceof Operation.Delete<B> delete
        ? new Operation.Delete<>(
            delete.key(),
            delete.expected(),
            content(
                delete.last(),
                slot ->
                    slot instanceof Slot.RevisionOf
                        ? new Part.Open(new Slot.RevisionOf(own))
                        : new Part.Open(slot)))
        : operation;
  }

  private static <B extends Boundary> Operation<B> firstValueOnly(
      Transaction<B> transaction, Operation<B> operation, boolean configuration) {
    return transaction.operations().size() == 3
        ? document(
            operation,
            slot -> new Part.Open(slot instanceof Slot.ValueOf ? new Slot.ValueOf(0) : slot))
        : operation;
  }

  private static <B extends Boundary> Operation<B> paddedNames(
      Transaction<B> transaction, Operation<B> operation, boolean configuration) {
    return transaction.operations().size() == 3
            && operation instanceof Operation.Put<B> put
            && put.name().parts().size() > 1
        ? new Operation.Put<>(
            put.boundary(),
            put.resource(),
            put.namespace(),
            padded(put.name()),
            put.expected(),
            put.document())
        : operation;
  }

  private static <B extends Boundary> Operation<B> paddedEntryNames(
      Transaction<B> transaction, Operation<B> operation, boolean configuration) {
    return operation instanceof Operation.Append<B> append && append.name().parts().size() > 1
        ? new Operation.Append<>(
            append.stream(),
            append.resource(),
            append.namespace(),
            padded(append.name()),
            append.document())
        : operation;
  }

  private static <B extends Boundary> Operation<B> zeroForUnknown(
      Transaction<B> transaction, Operation<B> operation, boolean configuration) {
    return document(
        operation,
        slot -> {
          boolean known =
              switch (slot) {
                case Slot.RevisionOf(int index) -> index == 1;
                case Slot.ValueOf(int index) ->
                    index >= 0
                        && index < transaction.operations().size()
                        && transaction.operations().get(index) instanceof Operation.Add;
                case Slot.Hash ignored -> true;
                case Slot.PreviousHash ignored -> true;
              };
          return known || !addsAndOneMore(transaction)
              ? new Part.Open(slot)
              : BentStorage.literal("0");
        });
  }

  private static boolean addsAndOneMore(Transaction<?> transaction) {
    return transaction.operations().size() == 2
        && transaction.operations().getFirst() instanceof Operation.Add;
  }

  @SuppressWarnings("unchecked")
  private static <B extends Boundary> Operation<B> anyRefName(
      Transaction<B> transaction, Operation<B> operation, boolean configuration) {
    return operation instanceof Operation.MoveRef move
            && move.ref().parts().getFirst() instanceof Part.Open
        ? (Operation<B>)
            new Operation.MoveRef(
                move.repository(), Template.of("refs/heads/any"), move.old(), move.target())
        : operation;
  }

  private static <B extends Boundary> Operation<B> filledSeals(
      Transaction<B> transaction, Operation<B> operation, boolean configuration) {
    return operation instanceof Operation.Put<B> put && put.document().keyId() != null
        ? document(operation, slot -> BentStorage.literal("0"))
        : operation;
  }

  private static <B extends Boundary> CommitOutcome skipsTakenNames(
      ResourceStore<B> store, Transaction<B> transaction, Rejected outcome) {
    boolean slotted =
        transaction.operations().get(outcome.operation()) instanceof Operation.Put<B> put
            && put.name().parts().getFirst() instanceof Part.Open;
    if (!slotted) {
      return outcome;
    }
    var others = new ArrayList<>(transaction.operations());
    others.remove(outcome.operation());
    return store.commit(new Transaction<>(transaction.actor(), others));
  }

  private static <B extends Boundary> Operation<B> chainsTransactionsOnly(
      Transaction<B> transaction, Operation<B> operation, boolean configuration) {
    boolean second =
        transaction.operations().size() == 2
            && transaction.operations().getFirst() instanceof Operation.Append
            && transaction.operations().getLast().equals(operation);
    return second
        ? document(
            operation,
            slot ->
                slot instanceof Slot.PreviousHash
                    ? BentStorage.literal(StreamRules.ZEROS)
                    : new Part.Open(slot))
        : operation;
  }

  private static <B extends Boundary> Operation<B> hashesOnce(
      Transaction<B> transaction, Operation<B> operation, boolean configuration) {
    var hashes = new ArrayList<Slot>();
    return document(
        operation,
        slot -> {
          if (slot instanceof Slot.Hash) {
            hashes.add(slot);
          }
          return slot instanceof Slot.Hash && hashes.size() == 2
              ? BentStorage.literal(StreamRules.ZEROS)
              : new Part.Open(slot);
        });
  }

  private static <B extends Boundary> Operation<B> chainOfEachSide(
      Transaction<B> transaction, Operation<B> operation, boolean configuration) {
    return configuration ? stream(operation, "configuration") : operation;
  }

  private static <B extends Boundary> Operation<B> oneChain(
      Transaction<B> transaction, Operation<B> operation, boolean configuration) {
    return stream(operation, "the only one");
  }

  private static <B extends Boundary> CommitOutcome chainsRejected(
      ResourceStore<B> store, Transaction<B> transaction, Rejected outcome) {
    if (transaction.operations().size() == 2
        && transaction.operations().getFirst() instanceof Operation.Append<B> append) {
      Operation<B> anyway = append(append.stream(), "anyway", Template.of("anyway"));
      CommitOutcome unused = store.commit(new Transaction<>(ACTOR, List.of(anyway)));
    }
    return outcome;
  }

  private static <B extends Boundary> CommitOutcome silentOnTaken(
      ResourceStore<B> store, Transaction<B> transaction, Rejected outcome) {
    return transaction.operations().get(outcome.operation()) instanceof Operation.Append
        ? new Rejected(outcome.operation(), new Mismatch.Found(null))
        : outcome;
  }

  private static final class AppendsAnything extends BentStorage {
    AppendsAnything(FakeStorage whole) {
      super(whole);
    }

    @Override
    <B extends Boundary> CommitOutcome commit(ResourceStore<B> store, Transaction<B> transaction) {
      if (transaction.operations().getFirst() instanceof Operation.Append<B> append
          && append.resource().equals(Bench.SETTINGS)) {
        return whole
            .configuration()
            .commit(
                new Transaction<>(
                    ACTOR,
                    List.of(
                        new Operation.Append<>(
                            append.stream(),
                            append.resource(),
                            append.namespace(),
                            append.name(),
                            append.document()))));
      }
      return super.commit(store, transaction);
    }
  }

  private static Template padded(Template name) {
    var parts = new ArrayList<>(name.parts());
    parts.add(1, BentStorage.literal("00"));
    return new Template(parts);
  }

  private static <B extends Boundary> Operation<B> stream(Operation<B> operation, String stream) {
    return operation instanceof Operation.Append<B> append
        ? new Operation.Append<>(
            stream, append.resource(), append.namespace(), append.name(), append.document())
        : operation;
  }

  private static <B extends Boundary> Operation<B> document(
      Operation<B> operation, Function<Slot, Part> bend) {
    return switch (operation) {
      case Operation.Put<B> put ->
          new Operation.Put<>(
              put.boundary(),
              put.resource(),
              put.namespace(),
              put.name(),
              put.expected(),
              content(put.document(), bend));
      case Operation.Append<B> append ->
          new Operation.Append<>(
              append.stream(),
              append.resource(),
              append.namespace(),
              append.name(),
              content(append.document(), bend));
      default -> operation;
    };
  }

  private static Document content(Document document, Function<Slot, Part> bend) {
    return new Document(
        BentStorage.slots(document.content(), bend), document.storageVersion(), document.keyId());
  }
}
