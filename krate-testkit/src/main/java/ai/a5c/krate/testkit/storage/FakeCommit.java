package ai.a5c.krate.testkit.storage;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.CommitOutcome.Applied;
import ai.a5c.krate.spi.storage.CommitOutcome.Mismatch;
import ai.a5c.krate.spi.storage.Document;
import ai.a5c.krate.spi.storage.Expected;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.Slot;
import ai.a5c.krate.spi.storage.StoredObject;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Transaction;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One transaction against the memory, whose lock the caller holds. */
final class FakeCommit {
  private final FakeMemory memory;
  private final Set<String> recordGroups;
  private final Transaction<?> transaction;
  private final Instant time;

  private final Map<Integer, Long> revisions = new HashMap<>();
  private final Map<Integer, Long> values = new HashMap<>();
  private final Map<Integer, Mismatch> outOfRange = new HashMap<>();
  private final Map<String, Long> counters = new HashMap<>();
  private final Map<String, String> streams = new HashMap<>();
  private final Set<Object> touched = new HashSet<>();
  private final List<Change> changes = new ArrayList<>();
  private final List<Applied> applied = new ArrayList<>();

  FakeCommit(
      FakeMemory memory, Set<String> recordGroups, Transaction<?> transaction, Instant time) {
    this.memory = memory;
    this.recordGroups = recordGroups;
    this.transaction = transaction;
    this.time = time;
  }

  CommitOutcome run() {
    count();
    for (int index = 0; index < transaction.operations().size(); index++) {
      int failedAdd = failedAddUnder(index);
      if (failedAdd >= 0) {
        return new CommitOutcome.Rejected(
            failedAdd, Objects.requireNonNull(outOfRange.get(failedAdd)));
      }
      Mismatch mismatch = decide(index, transaction.operations().get(index));
      if (mismatch != null) {
        return new CommitOutcome.Rejected(index, mismatch);
      }
    }
    memory.apply(changes, counters, streams);
    return new CommitOutcome.Committed(applied);
  }

  /** Revisions and counter values depend on no document and no ref, so they come first. */
  private void count() {
    long revision = memory.head();
    for (int index = 0; index < transaction.operations().size(); index++) {
      Operation<?> operation = transaction.operations().get(index);
      if (operation instanceof Operation.Add<?> add) {
        long now = counters.getOrDefault(add.counter(), memory.counter(add.counter()));
        long sum = now + add.delta();
        boolean overflow = ((now ^ sum) & (add.delta() ^ sum)) < 0;
        if (overflow || sum < 0 || sum > add.max()) {
          outOfRange.put(index, new Mismatch.OutOfRange(add.counter(), now, add.max()));
        } else {
          counters.put(add.counter(), sum);
          values.put(index, sum);
        }
      } else if (FakeCheck.makesChange(operation)) {
        revisions.put(index, ++revision);
      }
    }
  }

  /** The Add that this operation is or takes its name from, if that left its range; or -1. */
  private int failedAddUnder(int index) {
    if (outOfRange.containsKey(index)) {
      return index;
    }
    Template name =
        switch (transaction.operations().get(index)) {
          case Operation.Put<?> put -> put.name();
          case Operation.Append<?> append -> append.name();
          case Operation.MoveRef move -> move.ref();
          case Operation.Delete<?> ignored -> Template.of("");
          case Operation.Require<?> ignored -> Template.of("");
          case Operation.RequireRef ignored -> Template.of("");
          case Operation.Add<?> ignored -> Template.of("");
        };
    for (Template.Part part : name.parts()) {
      if (part instanceof Template.Part.Open(Slot.ValueOf(int add))
          && outOfRange.containsKey(add)) {
        return add;
      }
    }
    return -1;
  }

  private @Nullable Mismatch decide(int index, Operation<?> operation) {
    return switch (operation) {
      case Operation.Put<?> put -> put(index, put);
      case Operation.Delete<?> delete -> delete(index, delete);
      case Operation.MoveRef move -> move(index, move);
      case Operation.Append<?> append -> append(index, append);
      case Operation.Require<?> require -> require(require);
      case Operation.RequireRef require -> requireRef(require);
      case Operation.Add<?> ignored -> {
        applied.add(new Applied.Counted(values.getOrDefault(index, 0L)));
        yield null;
      }
    };
  }

  private @Nullable Mismatch put(int index, Operation.Put<?> put) {
    Key<?> key = key(put.resource(), put.namespace(), put.name());
    StoredObject current = current(key);
    if (!isExpected(put.expected(), current)) {
      return new Mismatch.Found(current);
    }
    Bytes content = put.document().content().fill(this::value);
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
    once(List.of(require.repository(), require.ref()));
    ObjectId current = memory.ref(require.repository(), require.ref());
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
    Bytes content = delete.last().content().fill(this::value);
    StoredObject last = stored(index, delete.key(), delete.last(), content);
    store(index, Change.Type.DELETED, last, current);
    return null;
  }

  private @Nullable Mismatch append(int index, Operation.Append<?> append) {
    Key<?> key = key(append.resource(), append.namespace(), append.name());
    StoredObject current = current(key);
    if (current != null) {
      return new Mismatch.Found(current);
    }
    String before = streams.getOrDefault(append.stream(), memory.streamHead(append.stream()));
    Template template = append.document().content();
    String hash = sha256(template.fill(slot -> chained(slot, before, "0".repeat(64))));
    Bytes content = template.fill(slot -> chained(slot, before, hash));
    streams.put(append.stream(), hash);
    store(index, Change.Type.CREATED, stored(index, key, append.document(), content), null);
    return null;
  }

  private @Nullable Mismatch move(int index, Operation.MoveRef move) {
    var ref = new RefName(move.ref().fill(this::value).utf8());
    once(List.of(move.repository(), ref));
    ObjectId current = memory.ref(move.repository(), ref);
    if (current == null ? move.old() != null : !current.equals(move.old())) {
      return new Mismatch.RefAt(current);
    }
    var change =
        new Change.RefMoved(
            revision(index),
            time,
            transaction.actor(),
            move.repository(),
            ref,
            move.old(),
            move.target());
    changes.add(change);
    applied.add(new Applied.Moved(change));
    return null;
  }

  private void store(
      int index, Change.Type type, StoredObject object, @Nullable StoredObject previous) {
    changes.add(
        new Change.ObjectChanged(
            revision(index), time, transaction.actor(), type, object, previous));
    applied.add(new Applied.Stored(object));
  }

  private StoredObject stored(int index, Key<?> key, Document document, Bytes content) {
    return new StoredObject(
        key, revision(index), content, document.storageVersion(), document.keyId());
  }

  private Key<?> key(GroupResource resource, String namespace, Template name) {
    String filled = name.fill(this::value).utf8();
    FakeCheck.text(filled);
    return keyOf(recordGroups, resource, namespace, filled);
  }

  static Key<?> keyOf(
      Set<String> recordGroups, GroupResource resource, String namespace, String name) {
    Boundary side = FakeCheck.sideOf(resource.group(), recordGroups);
    return new Key<>(side, resource, namespace, name);
  }

  private @Nullable StoredObject current(Key<?> key) {
    once(key);
    return memory.object(key.resource(), new ListRequest.Place(key.namespace(), key.name()));
  }

  private void once(Object place) {
    if (!touched.add(place)) {
      throw new IllegalArgumentException("two operations of one transaction on " + place);
    }
  }

  private Revision revision(int index) {
    return new Revision(revisions.getOrDefault(index, 0L));
  }

  private String value(Slot slot) {
    return switch (slot) {
      case Slot.RevisionOf(int index) -> revision(index).toString();
      case Slot.ValueOf(int index) -> Long.toString(values.getOrDefault(index, 0L));
      case Slot.PreviousHash ignored -> throw new IllegalArgumentException("no hash here");
      case Slot.Hash ignored -> throw new IllegalArgumentException("no hash here");
    };
  }

  private String chained(Slot slot, String before, String hash) {
    return switch (slot) {
      case Slot.PreviousHash ignored -> before;
      case Slot.Hash ignored -> hash;
      case Slot.RevisionOf revision -> value(revision);
      case Slot.ValueOf value -> value(value);
    };
  }

  private static String sha256(Bytes bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.toArray());
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
