package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.Document;
import ai.a5c.krate.spi.storage.Expected;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.ResourceStore;
import ai.a5c.krate.spi.storage.Slot;
import ai.a5c.krate.spi.storage.Storage;
import ai.a5c.krate.spi.storage.StoredObject;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Transaction;
import ai.a5c.krate.testkit.storage.FakeStorage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiConsumer;

/** Transactions over so few keys that they often meet, most of them right and some of them not. */
final class RandomTransactions {
  static final String RECORDS = "records.example";
  static final GroupResource WIDGETS = new GroupResource(RECORDS, "widgets");
  static final GroupResource ENTRIES = new GroupResource(RECORDS, "entries");
  static final GroupResource SETTINGS = new GroupResource("config.example", "settings");
  static final Uid REPOSITORY = Uid.of("00000000-0000-4000-8000-00000000000a");
  static final List<String> COUNTERS = List.of("numbers", "quota");

  private final Random random;
  private final FakeStorage model;
  private int created;

  /**
   * Draws.
   *
   * @param model tells what is stored, so that many transactions expect the right thing
   */
  RandomTransactions(Random random, FakeStorage model) {
    this.random = random;
    this.model = model;
  }

  /** One transaction of one side. */
  record Drawn(
      Transaction<Boundary.Records> records,
      Optional<Transaction<Boundary.Configuration>> configuration) {

    void commitTo(Storage one, Storage other, BiConsumer<Object, Object> answers) {
      answers.accept(outcomeOf(one), outcomeOf(other));
    }

    /** The outcome, or the class of the exception. */
    Object outcomeOf(Storage storage) {
      try {
        return configuration.isPresent()
            ? storage.configuration().commit(configuration.get())
            : storage.records().commit(records);
      } catch (IllegalArgumentException e) {
        return e.getClass();
      }
    }
  }

  /** One that surely commits. */
  Drawn create() {
    Key<Boundary.Records> key = widget("created-" + created++);
    return records(List.of(Operation.Put.of(key, Expected.absent(), plain())));
  }

  Drawn next() {
    if (random.nextInt(4) == 0) {
      return new Drawn(records(List.of(add())).records(), Optional.of(configuration()));
    }
    int size = 1 + random.nextInt(5);
    var operations = new ArrayList<Operation<Boundary.Records>>();
    operations.add(add());
    for (int index = 1; index <= size; index++) {
      operations.add(operation(index));
    }
    return records(operations);
  }

  private Operation<Boundary.Records> operation(int index) {
    return switch (random.nextInt(13)) {
      case 0 -> add();
      case 1 -> delete();
      case 2 -> move(Template.of("refs/heads/b" + random.nextInt(4)));
      case 3 -> move(slotted("refs/pull/", new Slot.ValueOf(0), "/head"));
      case 4 -> append(Template.of("e" + random.nextInt(40)), index);
      case 5 -> append(slotted("at-", new Slot.RevisionOf(index), ""), index);
      case 6 ->
          new Operation.Put<>(
              Boundary.Records.RECORDS,
              WIDGETS,
              "team",
              slotted("n", new Slot.ValueOf(0), ""),
              Expected.absent(),
              plain());
      case 7 -> require(model.records(), widget("n" + random.nextInt(9)));
      case 8 -> requireRef(new RefName("refs/heads/b" + random.nextInt(4)));
      case 9 -> requireRef(new RefName("refs/pull/" + random.nextInt(12) + "/head"));
      default -> put(index);
    };
  }

  private <B extends Boundary> Operation<B> require(ResourceStore<B> store, Key<B> key) {
    return new Operation.Require<>(key, expected(store, key));
  }

  private Operation<Boundary.Records> requireRef(RefName ref) {
    ObjectId now = model.records().ref(REPOSITORY, ref).orElse(null);
    return new Operation.RequireRef(REPOSITORY, ref, random.nextInt(6) == 0 ? commitId() : now);
  }

  private Operation<Boundary.Records> put(int index) {
    Key<Boundary.Records> key = widget("n" + random.nextInt(9));
    Template content =
        Template.builder()
            .text("at ")
            .slot(new Slot.RevisionOf(random.nextInt(12) == 0 ? 1 + random.nextInt(5) : index))
            .text(" number ")
            .slot(new Slot.ValueOf(0))
            .build();
    return Operation.Put.of(key, expected(model.records(), key), new Document(content, "v1", null));
  }

  private Operation<Boundary.Records> delete() {
    Key<Boundary.Records> key = widget("n" + random.nextInt(9));
    Revision at =
        model.records().get(key).map(StoredObject::revision).orElseGet(() -> new Revision(1));
    return new Operation.Delete<>(key, at, plain());
  }

  private Operation<Boundary.Records> move(Template name) {
    Optional<ObjectId> now =
        RefName.parse(name.fill(slot -> "1").utf8())
            .flatMap(ref -> model.records().ref(REPOSITORY, ref));
    ObjectId old = random.nextInt(5) == 0 ? commitId() : now.orElse(null);
    boolean delete = old != null && random.nextInt(4) == 0;
    return new Operation.MoveRef(REPOSITORY, name, old, delete ? null : commitId());
  }

  private Operation<Boundary.Records> append(Template name, int index) {
    Template content =
        Template.builder()
            .slot(new Slot.RevisionOf(index))
            .text(" after ")
            .slot(new Slot.PreviousHash())
            .text(" is ")
            .slot(new Slot.Hash())
            .build();
    return new Operation.Append<>(
        "stream-" + random.nextInt(2), ENTRIES, "team", name, new Document(content, "v1", null));
  }

  private Transaction<Boundary.Configuration> configuration() {
    Key<Boundary.Configuration> key = setting("n" + random.nextInt(5));
    Operation<Boundary.Configuration> put =
        Operation.Put.of(key, expected(model.configuration(), key), plain());
    Operation<Boundary.Configuration> append =
        new Operation.Append<>(
            "stream-0",
            ENTRIES,
            "team",
            slotted("at-", new Slot.RevisionOf(1), ""),
            new Document(slotted("", new Slot.Hash(), ""), "v1", null));
    Operation<Boundary.Configuration> require =
        require(model.configuration(), setting("n" + random.nextInt(5)));
    return new Transaction<>(
        "grace", random.nextBoolean() ? List.of(put, append) : List.of(put, append, require));
  }

  private <B extends Boundary> Expected expected(ResourceStore<B> store, Key<B> key) {
    Optional<StoredObject> now = store.get(key);
    return switch (random.nextInt(8)) {
      case 0 -> Expected.absent();
      case 1 -> Expected.at(new Revision(1 + random.nextInt(50)));
      default -> now.map(found -> Expected.at(found.revision())).orElseGet(Expected::absent);
    };
  }

  private <B extends Boundary> Operation<B> add() {
    String counter = COUNTERS.get(random.nextInt(COUNTERS.size()));
    return new Operation.Add<>(counter, random.nextInt(4) - 1L, 12 + random.nextInt(500));
  }

  private Document plain() {
    return random.nextInt(4) == 0
        ? new Document(Template.of("sealed " + random.nextInt()), "v2", "key-1")
        : new Document(Template.of("plain " + random.nextInt()), "v1", null);
  }

  private ObjectId commitId() {
    return ObjectId.of(String.format("%040x", 1 + random.nextInt(5)));
  }

  private static Key<Boundary.Records> widget(String name) {
    return new Key<>(Boundary.Records.RECORDS, WIDGETS, "team", name);
  }

  private static Key<Boundary.Configuration> setting(String name) {
    return new Key<>(Boundary.Configuration.CONFIGURATION, SETTINGS, "team", name);
  }

  private static Template slotted(String before, Slot slot, String after) {
    return Template.builder().text(before).slot(slot).text(after).build();
  }

  private static Drawn records(List<Operation<Boundary.Records>> operations) {
    return new Drawn(new Transaction<>("ada", operations), Optional.empty());
  }
}
