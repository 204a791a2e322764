package ai.a5c.krate.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ChangeFeed;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.CommitOutcome.Applied;
import ai.a5c.krate.spi.storage.Document;
import ai.a5c.krate.spi.storage.Expected;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.RecordStore;
import ai.a5c.krate.spi.storage.ResourceStore;
import ai.a5c.krate.spi.storage.Storage;
import ai.a5c.krate.spi.storage.StoredObject;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Transaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** What the rules of {@link ResourceStoreContract} work with: an empty store and short words. */
public final class Bench {
  /** The one API group on the records' side. */
  public static final String RECORDS = "records.contract.example";

  /** An API group on the configuration's side. */
  public static final String CONFIGURATION = "config.contract.example";

  static final Set<String> RECORD_GROUPS = Set.of(RECORDS);
  static final GroupResource WIDGETS = new GroupResource(RECORDS, "widgets");
  static final GroupResource ENTRIES = new GroupResource(RECORDS, "entries");
  static final GroupResource SETTINGS = new GroupResource(CONFIGURATION, "settings");
  static final Uid REPOSITORY = Uid.of("00000000-0000-4000-8000-000000000001");
  static final Uid OTHER_REPOSITORY = Uid.of("00000000-0000-4000-8000-000000000002");
  static final String ACTOR = "ada";
  static final int RACERS = 16;

  private final Storage storage;
  private final Duration patience;
  private final Consumer<Revision> compaction;

  Bench(Storage storage, Duration patience, Consumer<Revision> compaction) {
    this.storage = storage;
    this.patience = patience;
    this.compaction = compaction;
  }

  Storage storage() {
    return storage;
  }

  RecordStore records() {
    return storage.records();
  }

  ResourceStore<Boundary.Configuration> configuration() {
    return storage.configuration();
  }

  void compact(Revision upTo) {
    compaction.accept(upTo);
  }

  static Key<Boundary.Records> record(String namespace, String name) {
    return new Key<>(Boundary.Records.RECORDS, WIDGETS, namespace, name);
  }

  static Key<Boundary.Records> record(String name) {
    return record("team", name);
  }

  static Key<Boundary.Configuration> setting(String name) {
    return new Key<>(Boundary.Configuration.CONFIGURATION, SETTINGS, "team", name);
  }

  static Document document(String text) {
    return document(Template.of(text));
  }

  static Document document(Template template) {
    return new Document(template, "v1", null);
  }

  static ObjectId commitId(int number) {
    return ObjectId.of(String.format("%040x", number));
  }

  static <B extends Boundary> Operation<B> creation(Key<B> key, String text) {
    return Operation.Put.of(key, Expected.absent(), document(text));
  }

  static <B extends Boundary> Operation<B> update(Key<B> key, Revision at, String text) {
    return Operation.Put.of(key, Expected.at(at), document(text));
  }

  static <B extends Boundary> Operation<B> delete(Key<B> key, Revision at) {
    return new Operation.Delete<>(key, at, document("last of " + key.name()));
  }

  static <B extends Boundary> Operation<B> add(String counter, long delta, long max) {
    return new Operation.Add<>(counter, delta, max);
  }

  static <B extends Boundary> Operation<B> append(String stream, String name, Template content) {
    return new Operation.Append<>(stream, ENTRIES, "team", Template.of(name), document(content));
  }

  static ListRequest all(GroupResource resource) {
    return new ListRequest(resource, null, null, 1_000, null);
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // copied, and never written to
  final CommitOutcome commit(Operation<Boundary.Records>... operations) {
    return commit(List.of(operations));
  }

  CommitOutcome commit(List<Operation<Boundary.Records>> operations) {
    return records().commit(new Transaction<>(ACTOR, operations));
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // copied, and never written to
  final CommitOutcome configure(Operation<Boundary.Configuration>... operations) {
    return configuration().commit(new Transaction<>(ACTOR, List.of(operations)));
  }

  /** Commits what must succeed. */
  @SafeVarargs
  final List<Applied> committed(Operation<Boundary.Records>... operations) {
    return applied(commit(operations));
  }

  static List<Applied> applied(CommitOutcome outcome) {
    assertThat(outcome).isInstanceOf(CommitOutcome.Committed.class);
    return ((CommitOutcome.Committed) outcome).applied();
  }

  static CommitOutcome.Rejected rejected(CommitOutcome outcome) {
    assertThat(outcome).isInstanceOf(CommitOutcome.Rejected.class);
    return (CommitOutcome.Rejected) outcome;
  }

  static StoredObject stored(Applied applied) {
    assertThat(applied).isInstanceOf(Applied.Stored.class);
    return ((Applied.Stored) applied).object();
  }

  static Revision revision(Applied applied) {
    return switch (applied) {
      case Applied.Stored(StoredObject object) -> object.revision();
      case Applied.Moved(Change.RefMoved change) -> change.revision();
      case Applied.Counted ignored -> throw new AssertionError("an Add has no revision");
      case Applied.Held ignored -> throw new AssertionError("a Require has no revision");
    };
  }

  /** Creates one record, and says at which revision. */
  Revision created(String name) {
    return revision(committed(creation(record(name), "content of " + name)).getFirst());
  }

  /** Everything that a feed gives up to a revision, on this side. */
  List<Change> read(ChangeFeed feed, Revision upTo) throws Exception {
    return within(
        () -> {
          var changes = new ArrayList<Change>();
          Revision position = Revision.ZERO;
          while (upTo.isAfter(position)) {
            ChangeFeed.Batch batch = feed.next();
            changes.addAll(batch.changes());
            position = batch.upTo();
          }
          return changes;
        });
  }

  /** Everything that happened after a revision, until now, on the records' side. */
  List<Change> history(Revision after) throws Exception {
    Revision head = records().head();
    if (!head.isAfter(after)) {
      return List.of();
    }
    try (ChangeFeed feed = records().changes(after)) {
      return read(feed, head).stream().filter(change -> !change.revision().isAfter(head)).toList();
    }
  }

  /** Runs a task that may block, for as long as is reasonable. */
  <T> T within(Callable<T> task) throws Exception {
    return concurrently(1, ignored -> task).getFirst();
  }

  /** Runs tasks at the same time, and gives what they gave in their order. */
  <T> List<T> concurrently(int count, IntFunction<Callable<T>> task) throws Exception {
    var executor = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory());
    try {
      var futures = new ArrayList<Future<T>>();
      for (int number = 0; number < count; number++) {
        futures.add(executor.submit(task.apply(number)));
      }
      long deadline = System.nanoTime() + patience.toNanos();
      var results = new ArrayList<T>();
      for (Future<T> future : futures) {
        results.add(future.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS));
      }
      return results;
    } catch (TimeoutException e) {
      throw new AssertionError("nothing came within " + patience, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw new AssertionError("a concurrent task failed", e.getCause());
    } finally {
      executor.shutdownNow();
    }
  }
}
