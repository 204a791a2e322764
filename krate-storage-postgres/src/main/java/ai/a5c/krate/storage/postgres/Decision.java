package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.CommitOutcome.Applied;
import ai.a5c.krate.spi.storage.CommitOutcome.Mismatch;
import ai.a5c.krate.spi.storage.Document;
import ai.a5c.krate.spi.storage.Expected;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.StoredObject;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One transaction, decided in memory against what those before it left. */
final class Decision {
  private final Sides sides;
  private final BatchState state;
  private final Transaction<?> transaction;
  private final Instant time;
  private final SlotValues values;
  private final Map<Integer, Mismatch> outOfRange = new HashMap<>();
  private final Set<Object> touched = new HashSet<>();
  private final List<Change> changes = new ArrayList<>();
  private final List<Applied> applied = new ArrayList<>();
  private final BatchState.Wanted unknown;
  private boolean guessed;

  /**
   * Prepares the decision.
   *
   * @param state a layer of its own
   * @param head the revision before its first
   * @param unknown gets the keys that were not read yet and are taken for absent
   */
  Decision(
      Sides sides,
      BatchState state,
      Transaction<?> transaction,
      long head,
      Instant time,
      BatchState.Wanted unknown) {
    this.sides = sides;
    this.state = state;
    this.transaction = transaction;
    this.time = time;
    this.values = new SlotValues(head, transaction.operations());
    this.unknown = unknown;
  }

  CommitOutcome decide() {
    count();
    for (int index = 0; index < transaction.operations().size(); index++) {
      Operation<?> operation = transaction.operations().get(index);
      int failedAdd = failedAddUnder(index, operation);
      if (failedAdd >= 0) {
        return new CommitOutcome.Rejected(
            failedAdd, Objects.requireNonNull(outOfRange.get(failedAdd)));
      }
      Mismatch mismatch = apply(index, operation);
      if (mismatch != null) {
        return new CommitOutcome.Rejected(index, mismatch);
      }
    }
    return new CommitOutcome.Committed(applied);
  }

  /** In order; meaningful if the outcome is Committed. */
  List<Change> changes() {
    return changes;
  }

  /** Whether something that was not read was taken for absent. */
  boolean guessed() {
    return guessed;
  }

  /** Counters depend on nothing else, and names may hold values of later Adds: so they go first. */
  private void count() {
    for (int index = 0; index < transaction.operations().size(); index++) {
      if (transaction.operations().get(index) instanceof Operation.Add<?> add) {
        long now = state.counters().get(add.counter()).orElse(0L);
        long sum = now + add.delta();
        boolean overflow = ((now ^ sum) & (add.delta() ^ sum)) < 0;
        if (overflow || sum < 0 || sum > add.max()) {
          outOfRange.put(index, new Mismatch.OutOfRange(add.counter(), now, add.max()));
        } else {
          state.counters().put(add.counter(), Optional.of(sum));
          values.counted(index, sum);
        }
      }
    }
  }

  /** The Add that this operation is or takes its name from, if that left its range; or -1. */
  private int failedAddUnder(int index, Operation<?> operation) {
    if (outOfRange.isEmpty()) {
      return -1;
    }
    if (outOfRange.containsKey(index)) {
      return index;
    }
    return switch (operation) {
      case Operation.Put<?> put -> failedAddIn(put.name());
      case Operation.Append<?> append -> failedAddIn(append.name());
      case Operation.MoveRef move -> failedAddIn(move.ref());
      case Operation.Delete<?> ignored -> -1;
      case Operation.Require<?> ignored -> -1;
      case Operation.RequireRef ignored -> -1;
      case Operation.Add<?> ignored -> -1;
    };
  }

  private int failedAddIn(Template name) {
    return SlotValues.addsIn(name).filter(outOfRange::containsKey).findFirst().orElse(-1);
  }

  private @Nullable Mismatch apply(int index, Operation<?> operation) {
    return switch (operation) {
      case Operation.Put<?> put -> put(index, put);
      case Operation.Delete<?> delete -> delete(index, delete);
      case Operation.Append<?> append -> append(index, append);
      case Operation.MoveRef move -> move(index, move);
      case Operation.Require<?> require -> require(require);
      case Operation.RequireRef require -> requireRef(require);
      case Operation.Add<?> ignored -> {
        applied.add(new Applied.Counted(values.counted(index)));
        yield null;
      }
    };
  }

  private @Nullable Mismatch put(int index, Operation.Put<?> put) {
    String name = put.name().fill(values::of).utf8();
    Key<?> key = sides.key(put.resource(), put.namespace(), name);
    StoredObject current = current(key);
    if (!isExpected(put.expected(), current)) {
      return new Mismatch.Found(current);
    }
    Bytes content = put.document().content().fill(values::of);
    Change.Type type = current == null ? Change.Type.CREATED : Change.Type.UPDATED;
    store(index, type, stored(index, key, put.document(), content), current);
    return null;
  }

  private @Nullable Mismatch require(Operation.Require<?> require) {
    StoredObject current = current(require.key());
    if (!isExpected(require.expected(), current)) {
      return new Mismatch.Found(current);
    }
    applied.add(new Applied.Held());
    return null;
  }

  private @Nullable Mismatch requireRef(Operation.RequireRef require) {
    ObjectId current = current(new BatchState.Ref(require.repository(), require.ref()));
    if (!Objects.equals(current, require.at())) {
      return new Mismatch.RefAt(current);
    }
    applied.add(new Applied.Held());
    return null;
  }

  private static boolean isExpected(Expected expected, @Nullable StoredObject current) {
    return switch (expected) {
      case Expected.Absent ignored -> current == null;
      case Expected.At(Revision at) -> current != null && current.revision().equals(at);
    };
  }

  private @Nullable Mismatch delete(int index, Operation.Delete<?> delete) {
    StoredObject current = current(delete.key());
    if (current == null || !current.revision().equals(delete.expected())) {
      return new Mismatch.Found(current);
    }
    Bytes content = delete.last().content().fill(values::of);
    store(index, Change.Type.DELETED, stored(index, delete.key(), delete.last(), content), current);
    return null;
  }

  private @Nullable Mismatch append(int index, Operation.Append<?> append) {
    String name = append.name().fill(values::of).utf8();
    Key<?> key = sides.key(append.resource(), append.namespace(), name);
    StoredObject current = current(key);
    if (current != null) {
      return new Mismatch.Found(current);
    }
    String before = state.streams().get(append.stream()).orElse(SlotValues.NO_HASH);
    SlotValues.Chained entry = values.chain(append.document().content(), before);
    state.streams().put(append.stream(), Optional.of(entry.hash()));
    StoredObject object = stored(index, key, append.document(), entry.content());
    store(index, Change.Type.CREATED, object, null);
    return null;
  }

  private @Nullable Mismatch move(int index, Operation.MoveRef move) {
    RefName name = TransactionCheck.refName(move.ref().fill(values::of).utf8());
    var ref = new BatchState.Ref(move.repository(), name);
    ObjectId current = current(ref);
    if (!Objects.equals(current, move.old())) {
      return new Mismatch.RefAt(current);
    }
    state.refs().put(ref, Optional.ofNullable(move.target()));
    var change =
        new Change.RefMoved(
            values.revision(index),
            time,
            transaction.actor(),
            move.repository(),
            name,
            move.old(),
            move.target());
    changes.add(change);
    applied.add(new Applied.Moved(change));
    return null;
  }

  private void store(
      int index, Change.Type type, StoredObject object, @Nullable StoredObject previous) {
    boolean there = type != Change.Type.DELETED;
    state.objects().put(object.key(), there ? Optional.of(object) : Optional.empty());
    changes.add(
        new Change.ObjectChanged(
            values.revision(index), time, transaction.actor(), type, object, previous));
    applied.add(new Applied.Stored(object));
  }

  private StoredObject stored(int index, Key<?> key, Document document, Bytes content) {
    return new StoredObject(
        key, values.revision(index), content, document.storageVersion(), document.keyId());
  }

  private @Nullable StoredObject current(Key<?> key) {
    TransactionCheck.key(
        key.resource().group(), key.resource().resource(), key.namespace(), key.name());
    once(key);
    if (!state.objects().knows(key)) {
      guessed = true;
      boolean unused = unknown.objects().add(key);
    }
    return state.objects().get(key).orElse(null);
  }

  private @Nullable ObjectId current(BatchState.Ref ref) {
    once(ref);
    if (!state.refs().knows(ref)) {
      guessed = true;
      boolean unused = unknown.refs().add(ref);
    }
    return state.refs().get(ref).orElse(null);
  }

  private void once(Object place) {
    if (!touched.add(place)) {
      throw new IllegalArgumentException("two operations of one transaction on " + place);
    }
  }
}
