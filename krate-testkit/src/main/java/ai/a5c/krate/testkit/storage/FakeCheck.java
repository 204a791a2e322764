package ai.a5c.krate.testkit.storage;

import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.Document;
import ai.a5c.krate.spi.storage.Expected;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.Slot;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Transaction;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What can be refused before a transaction has its place among the others. */
final class FakeCheck {
  private final Boundary side;
  private final Set<String> recordGroups;
  private final List<? extends Operation<?>> operations;
  private final Set<Object> places = new HashSet<>();

  private FakeCheck(
      Boundary side, Set<String> recordGroups, List<? extends Operation<?>> operations) {
    this.side = side;
    this.recordGroups = recordGroups;
    this.operations = operations;
  }

  static void check(Boundary side, Set<String> recordGroups, Transaction<?> transaction) {
    var check = new FakeCheck(side, recordGroups, transaction.operations());
    text(transaction.actor());
    transaction.operations().forEach(check::operation);
  }

  static Boundary sideOf(String group, Set<String> recordGroups) {
    return recordGroups.contains(group)
        ? Boundary.Records.RECORDS
        : Boundary.Configuration.CONFIGURATION;
  }

  static void text(String... texts) {
    for (String text : texts) {
      if (text.indexOf('\0') >= 0) {
        throw new IllegalArgumentException("text with the character U+0000");
      }
    }
  }

  private void operation(Operation<?> operation) {
    switch (operation) {
      case Operation.Put<?> put -> {
        onThisSide(put.boundary(), put.resource().group());
        text(put.namespace());
        name(put.name(), false);
        if (hasSlots(put.name()) && !(put.expected() instanceof Expected.Absent)) {
          throw new IllegalArgumentException("a name with slots must be expected absent");
        }
        document(put.document(), false);
        once(put.name(), put.resource(), put.namespace());
      }
      case Operation.Delete<?> delete -> {
        onThisSide(delete.key().boundary(), delete.key().resource().group());
        text(delete.key().namespace(), delete.key().name());
        document(delete.last(), false);
        Key<?> key = delete.key();
        once(Template.of(key.name()), key.resource(), key.namespace());
      }
      case Operation.MoveRef move -> {
        if (side != Boundary.Records.RECORDS) {
          throw new IllegalArgumentException("refs are on the records' side");
        }
        name(move.ref(), false);
        once(move.ref(), move.repository());
      }
      case Operation.Require<?> require -> {
        onThisSide(require.key().boundary(), require.key().resource().group());
        text(require.key().namespace(), require.key().name());
        Key<?> key = require.key();
        once(Template.of(key.name()), key.resource(), key.namespace());
      }
      case Operation.RequireRef require -> {
        if (side != Boundary.Records.RECORDS) {
          throw new IllegalArgumentException("refs are on the records' side");
        }
        once(Template.of(require.ref().value()), require.repository());
      }
      case Operation.Add<?> add -> text(add.counter());
      case Operation.Append<?> append -> {
        if (side == Boundary.Records.RECORDS) {
          onThisSide(side, append.resource().group());
        }
        text(append.stream(), append.namespace());
        name(append.name(), true);
        document(append.document(), true);
        once(append.name(), append.resource(), append.namespace());
      }
    }
  }

  /** Names with slots are compared when they are complete. */
  private void once(Template name, Object... scope) {
    if (!hasSlots(name) && !places.add(List.of(List.of(scope), name.fill(slot -> "").utf8()))) {
      throw new IllegalArgumentException("two operations of one transaction on one place");
    }
  }

  private void onThisSide(Boundary boundary, String group) {
    if (!boundary.equals(side) || !sideOf(group, recordGroups).equals(side)) {
      throw new IllegalArgumentException("the group " + group + " is not on the side of " + side);
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
            : makesChange(operations.get(index)));
  }

  /** Whether the operation makes a change, and so takes a revision. */
  static boolean makesChange(Operation<?> operation) {
    return switch (operation) {
      case Operation.Put<?> ignored -> true;
      case Operation.Delete<?> ignored -> true;
      case Operation.MoveRef ignored -> true;
      case Operation.Append<?> ignored -> true;
      case Operation.Add<?> ignored -> false;
      case Operation.Require<?> ignored -> false;
      case Operation.RequireRef ignored -> false;
    };
  }

  private static boolean hasSlots(Template template) {
    return template.parts().stream().anyMatch(Template.Part.Open.class::isInstance);
  }
}
