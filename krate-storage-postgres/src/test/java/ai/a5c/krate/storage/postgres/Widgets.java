package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.Document;
import ai.a5c.krate.spi.storage.Expected;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.Slot;
import ai.a5c.krate.spi.storage.Storage;
import ai.a5c.krate.spi.storage.StoredObject;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Transaction;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The records that the tests of this package write. */
final class Widgets {
  static final String GROUP = "records.example";
  static final Set<String> RECORDS = Set.of(GROUP);
  static final GroupResource WIDGETS = new GroupResource(GROUP, "widgets");
  static final GroupResource ENTRIES = new GroupResource(GROUP, "entries");

  private Widgets() {}

  static Key<Boundary.Records> key(String name) {
    return new Key<>(Boundary.Records.RECORDS, WIDGETS, "team", name);
  }

  static Transaction<Boundary.Records> transaction(List<Operation<Boundary.Records>> operations) {
    return new Transaction<>("tester", operations);
  }

  static Operation<Boundary.Records> create(String name) {
    var document = new Document(Template.of("content of " + name), "v1", null);
    return Operation.Put.of(key(name), Expected.absent(), document);
  }

  /** One document and one entry of a chain, as every change of the server has. */
  static Transaction<Boundary.Records> audited(String name) {
    Template entry = Template.builder().slot(new Slot.PreviousHash()).slot(new Slot.Hash()).build();
    Template entryName = Template.builder().text("e-").slot(new Slot.RevisionOf(1)).build();
    return transaction(
        List.of(
            create(name),
            new Operation.Append<>(
                "audit", ENTRIES, "team", entryName, new Document(entry, "v1", null))));
  }

  static CommitOutcome commit(Storage storage, String name) {
    return storage.records().commit(transaction(List.of(create(name))));
  }

  static Optional<Revision> revisionOf(Storage storage, String name) {
    return storage.records().get(key(name)).map(StoredObject::revision);
  }

  /** The revision of the first operation. */
  static Revision revision(CommitOutcome outcome) {
    if (outcome instanceof CommitOutcome.Committed(List<CommitOutcome.Applied> applied)
        && applied.getFirst() instanceof CommitOutcome.Applied.Stored(StoredObject object)) {
      return object.revision();
    }
    throw new AssertionError("not committed: " + outcome);
  }
}
