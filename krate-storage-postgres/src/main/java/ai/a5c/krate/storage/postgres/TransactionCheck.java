package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.Document;
import ai.a5c.krate.spi.storage.Expected;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.Slot;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Transaction;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Refuses what no state of the store could make right, before it is queued, so that one bad
 * transaction never spoils the batch that it would ride in.
 */
final class TransactionCheck {
  /** An entry of a PostgreSQL index has room for about 2,700 bytes, of all columns. */
  private static final int LONGEST_KEY = 2_000;

  private final Sides sides;
  private final Boundary side;
  private final List<? extends Operation<?>> operations;
  private final BatchState.Wanted wanted = BatchState.Wanted.nothing();

  private TransactionCheck(Sides sides, Boundary side, List<? extends Operation<?>> operations) {
    this.sides = sides;
    this.side = side;
    this.operations = operations;
  }

  /**
   * Checks everything but names with slots, which are checked when they are completed.
   *
   * @return what the transaction names in full, to be read before it is decided
   * @throws IllegalArgumentException with what is wrong
   */
  static BatchState.Wanted check(Sides sides, Boundary side, Transaction<?> transaction) {
    text(transaction.actor());
    var check = new TransactionCheck(sides, side, transaction.operations());
    transaction.operations().forEach(check::operation);
    return check.wanted;
  }

  /** Refuses what PostgreSQL cannot hold in a key. */
  static void key(String... columns) {
    int length = 0;
    for (String column : columns) {
      text(column);
      length += column.getBytes(StandardCharsets.UTF_8).length;
    }
    if (length > LONGEST_KEY) {
      throw new IllegalArgumentException(
          "a key of " + length + " bytes; the longest has " + LONGEST_KEY);
    }
  }

  /** The name that a template became. */
  static RefName refName(String name) {
    key(name);
    return new RefName(name);
  }

  private static void text(String text) {
    for (int at = 0, c; at < text.length(); at += Character.charCount(c)) {
      c = text.codePointAt(at);
      if (c == 0 || Character.getType(c) == Character.SURROGATE) {
        throw new IllegalArgumentException("text with U+0000 or with half a surrogate pair");
      }
    }
  }

  private void operation(Operation<?> operation) {
    switch (operation) {
      case Operation.Put<?> put -> {
        sides.require(side, put.boundary(), put.resource().group());
        key(put.resource().group(), put.resource().resource(), put.namespace());
        name(put.name(), false);
        if (Templates.hasSlots(put.name()) && !(put.expected() instanceof Expected.Absent)) {
          throw new IllegalArgumentException("a name with slots must be expected absent");
        }
        document(put.document(), false);
        object(put.resource(), put.namespace(), put.name());
      }
      case Operation.Delete<?> delete -> {
        sides.require(side, delete.key().boundary(), delete.key().resource().group());
        document(delete.last(), false);
        Key<?> key = delete.key();
        object(key.resource(), key.namespace(), Template.of(key.name()));
      }
      case Operation.MoveRef move -> {
        if (!(side instanceof Boundary.Records)) {
          throw new IllegalArgumentException("refs are on the records' side");
        }
        name(move.ref(), false);
        if (!Templates.hasSlots(move.ref())) {
          RefName name = refName(Templates.text(move.ref()));
          once(wanted.refs().add(new BatchState.Ref(move.repository(), name)), name);
        }
      }
      case Operation.Require<?> require -> {
        Key<?> key = require.key();
        sides.require(side, key.boundary(), key.resource().group());
        object(key.resource(), key.namespace(), Template.of(key.name()));
      }
      case Operation.RequireRef require -> {
        if (!(side instanceof Boundary.Records)) {
          throw new IllegalArgumentException("refs are on the records' side");
        }
        once(
            wanted.refs().add(new BatchState.Ref(require.repository(), require.ref())),
            require.ref());
      }
      case Operation.Add<?> add -> {
        key(add.counter());
        boolean unused = wanted.counters().add(add.counter());
      }
      case Operation.Append<?> append -> {
        // Records of what happened to configuration are appended with it, never the reverse.
        if (side instanceof Boundary.Records) {
          sides.require(side, side, append.resource().group());
        }
        key(append.stream());
        key(append.resource().group(), append.resource().resource(), append.namespace());
        name(append.name(), true);
        document(append.document(), true);
        boolean unused = wanted.streams().add(append.stream());
        object(append.resource(), append.namespace(), append.name());
      }
    }
  }

  private void object(GroupResource resource, String namespace, Template name) {
    if (!Templates.hasSlots(name)) {
      Key<?> key = sides.key(resource, namespace, Templates.text(name));
      key(resource.group(), resource.resource(), namespace, key.name());
      once(wanted.objects().add(key), key);
    }
  }

  private static void once(boolean first, Object place) {
    if (!first) {
      throw new IllegalArgumentException("two operations of one transaction on " + place);
    }
  }

  private void name(Template name, boolean revisions) {
    for (Template.Part part : name.parts()) {
      if (part instanceof Template.Part.Open(Slot slot)) {
        boolean allowed =
            slot instanceof Slot.ValueOf || (revisions && slot instanceof Slot.RevisionOf);
        if (!allowed) {
          throw new IllegalArgumentException("a name cannot hold " + slot);
        }
        reference(slot);
      }
    }
  }

  private void document(Document document, boolean hashes) {
    text(document.storageVersion());
    if (document.keyId() != null) {
      text(document.keyId());
    }
    for (Template.Part part : document.content().parts()) {
      if (part instanceof Template.Part.Open(Slot slot)) {
        if (document.keyId() != null) {
          throw new IllegalArgumentException("sealed content has no slots");
        }
        if (!hashes && (slot instanceof Slot.Hash || slot instanceof Slot.PreviousHash)) {
          throw new IllegalArgumentException("only an Append has a hash");
        }
        reference(slot);
      }
    }
  }

  private void reference(Slot slot) {
    boolean exists =
        switch (slot) {
          case Slot.RevisionOf(int index) -> isAt(index, false);
          case Slot.ValueOf(int index) -> isAt(index, true);
          case Slot.PreviousHash ignored -> true;
          case Slot.Hash ignored -> true;
        };
    if (!exists) {
      throw new IllegalArgumentException("no operation has the value of " + slot);
    }
  }

  private boolean isAt(int index, boolean add) {
    return index >= 0
        && index < operations.size()
        && (add
            ? operations.get(index) instanceof Operation.Add
            : SlotValues.makesChange(operations.get(index)));
  }
}
