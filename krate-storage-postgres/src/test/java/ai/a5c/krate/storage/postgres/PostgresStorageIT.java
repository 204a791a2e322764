package ai.a5c.krate.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.ChangeFeed;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.CompactedException;
import ai.a5c.krate.spi.storage.Document;
import ai.a5c.krate.spi.storage.Expected;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.Slot;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.testkit.database.TestDatabases;
import ai.a5c.krate.testkit.database.TestDatabases.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the contract cannot say, because only this store has it. */
class PostgresStorageIT {
  @RegisterExtension static final TestDatabases DATABASES = new TestDatabases();

  private static final StorageSettings SETTINGS = StorageSettings.of(Widgets.RECORDS);
  private static final InstantSource CLOCK = InstantSource.system();
  private static final Retention SMALL = new Retention(Duration.ofHours(24), 1_000, 10);

  @Test
  void whatWasStoredIsThereWhenTheStoreIsOpenedAgain() throws Exception {
    TestDatabase database = DATABASES.fresh();
    CommitOutcome outcome;
    try (PostgresStorage storage = Databases.open(database, SETTINGS, CLOCK)) {
      outcome = storage.records().commit(Widgets.audited("one"));
    }
    try (PostgresStorage storage = Databases.open(database, SETTINGS, CLOCK);
        ChangeFeed feed = storage.records().changes(Revision.ZERO)) {
      assertThat(Widgets.revisionOf(storage, "one")).contains(Widgets.revision(outcome));
      assertThat(feed.next().changes()).hasSize(2);
      assertThat(Widgets.revision(Widgets.commit(storage, "two"))).isEqualTo(new Revision(3));
    }
  }

  @Test
  void severalStoragesOpenedAtOnceShareOneLog() throws Exception {
    TestDatabase database = DATABASES.fresh();
    int count = 3;
    int each = 60;
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var opening = new ArrayList<Future<PostgresStorage>>();
      for (int i = 0; i < count; i++) {
        opening.add(executor.submit(() -> Databases.open(database, SETTINGS, CLOCK)));
      }
      var feeds = new ArrayList<Future<List<Long>>>();
      for (int i = 0; i < count; i++) {
        PostgresStorage storage = opening.get(i).get();
        String prefix = "s" + i + "-";
        feeds.add(executor.submit(() -> revisions(storage, count * each)));
        Future<?> unused =
            executor.submit(
                () -> {
                  for (int n = 0; n < each; n++) {
                    Widgets.revision(Widgets.commit(storage, prefix + n));
                  }
                });
      }
      for (Future<List<Long>> feed : feeds) {
        assertThat(feed.get(60, TimeUnit.SECONDS))
            .isSorted()
            .doesNotHaveDuplicates()
            .hasSize(count * each);
      }
      for (Future<PostgresStorage> opened : opening) {
        opened.get().close();
      }
    }
  }

  @Test
  void aSchemaOfANewerKrateIsRefused() throws Exception {
    TestDatabase database = DATABASES.fresh();
    Databases.open(database, SETTINGS, CLOCK).close();
    Databases.sql(database, "INSERT INTO krate.migration VALUES (99, 'future', now())");

    assertThatThrownBy(() -> Databases.open(database, SETTINGS, CLOCK).close())
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageContaining("newer Krate");
  }

  @Test
  void compactionGivesBackWholeSegments() throws Exception {
    TestDatabase database = DATABASES.fresh();
    try (PostgresStorage storage = Databases.open(database, SETTINGS.withRetention(SMALL), CLOCK)) {
      commit(storage, 35);

      storage.compact(new Revision(27));

      assertThat(Databases.sql(database, "SELECT min(first) FROM krate.segment")).isEqualTo("21");
      assertThat(Databases.sql(database, "SELECT count(*) FROM krate.change")).isEqualTo("15");
      assertThat(storage.records().list(at(27)).objects()).hasSize(27);
      assertThatThrownBy(() -> storage.records().list(at(26)))
          .isInstanceOf(CompactedException.class);
      commit(storage, "later", 30);
      assertThat(storage.records().head()).isEqualTo(new Revision(65));
    }
  }

  @Test
  void whoeverReadsWhileSegmentsAreCreatedMissesNothing() throws Exception {
    TestDatabase database = DATABASES.fresh();
    StorageSettings settings = SETTINGS.withRetention(SMALL);
    int commits = 600;
    try (PostgresStorage writer = Databases.open(database, settings, CLOCK);
        var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var readers = new ArrayList<Future<Integer>>();
      for (int i = 0; i < 4; i++) {
        readers.add(executor.submit(() -> readToTheEnd(database, settings, commits)));
      }
      commit(writer, commits);
      for (Future<Integer> reader : readers) {
        assertThat(reader.get(60, TimeUnit.SECONDS)).isEqualTo(commits);
      }
    }
  }

  /** Reads from the table alone, by a storage that knows nothing yet, again and again. */
  private static int readToTheEnd(TestDatabase database, StorageSettings settings, int commits)
      throws Exception {
    var history = new History(new Sides(settings.recordGroups()));
    int position = 0;
    while (position < commits) {
      try (Connection connection =
          DriverManager.getConnection(
              database.jdbcUrl(), database.user(), database.password().revealText())) {
        for (int i = 0; i < 50; i++) {
          position += history.after(connection, position).changes().size();
        }
      }
    }
    return position;
  }

  @Test
  void historyThatIsTooOldOrTooMuchIsDiscardedButNotUnderAReader() throws Exception {
    TestDatabase database = DATABASES.fresh();
    var now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    try (PostgresStorage storage =
        Databases.open(
            database,
            SETTINGS.withRetention(new Retention(Duration.ofHours(24), 50, 10)),
            now::get)) {
      commit(storage, 25);
      storage.compactByRetention();
      assertThat(floor(database)).isEqualTo("0");

      now.set(now.get().plus(Duration.ofHours(25)));
      commit(storage, "later", 1);
      storage.compactByRetention();
      assertThat(floor(database)).isEqualTo("20");

      commit(storage, "many", 60);
      storage.compactByRetention();
      assertThat(floor(database)).isEqualTo("36");

      Widgets.commit(storage, "reader");
      CommitOutcome unused =
          storage
              .records()
              .commit(
                  Widgets.transaction(
                      List.of(new Operation.Add<>("cursor/reader", 40, Long.MAX_VALUE))));
      storage.compact(new Revision(80));
      assertThat(floor(database)).isEqualTo("40");
    }
  }

  @Test
  void aFeedFarBehindReadsHistoryThatIsNoLongerInMemory() throws Exception {
    TestDatabase database = DATABASES.fresh();
    try (PostgresStorage storage = Databases.open(database, SETTINGS, CLOCK)) {
      commit(storage, 1_000);
    }
    try (PostgresStorage storage = Databases.open(database, SETTINGS, CLOCK)) {
      commit(storage, "new", 10);
      assertThat(revisions(storage, 1_010)).isSorted().doesNotHaveDuplicates().hasSize(1_010);
    }
  }

  @Test
  void aGapInTheLogStopsTheFeedsAndIsNeverPassedOver() throws Exception {
    TestDatabase database = DATABASES.fresh();
    try (PostgresStorage storage = Databases.open(database, SETTINGS, CLOCK)) {
      commit(storage, 10);
    }
    Databases.sql(database, "DELETE FROM krate.change WHERE revision = 5");
    try (PostgresStorage storage = Databases.open(database, SETTINGS, CLOCK);
        ChangeFeed feed = storage.records().changes(Revision.ZERO)) {
      assertThatThrownBy(feed::next).isInstanceOf(StoreUnavailableException.class);
      assertThatThrownBy(feed::next)
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("6 after 4");
    }
  }

  @Test
  void aCompletedNameThatIsTakenRejectsItsTransactionAloneInABatch() throws Exception {
    TestDatabase database = DATABASES.fresh();
    var gate = new Gate();
    StorageSettings gated = SETTINGS.withFailPoint(gate);
    try (PostgresStorage storage = Databases.open(database, gated, CLOCK)) {
      List<Thread> threads = new ArrayList<>();
      var outcomes = new AtomicReference<>(List.<CommitOutcome>of());
      threads.add(waiting(() -> Widgets.commit(storage, "first"), outcomes));
      gate.awaitHeld();
      threads.add(waiting(() -> Widgets.commit(storage, "2"), outcomes));
      // In one batch with the one that takes the name, and one that has nothing to do with it.
      for (int i = 0; i < 3; i++) {
        threads.add(waiting(() -> numbered(storage), outcomes));
      }
      threads.add(waiting(() -> Widgets.commit(storage, "last"), outcomes));
      gate.open();
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(outcomes.get()).filteredOn(CommitOutcome.Committed.class::isInstance).hasSize(4);
      assertThat(outcomes.get()).filteredOn(CommitOutcome.Rejected.class::isInstance).hasSize(2);
      assertThat(storage.records().counter("numbers")).isEqualTo(1);
      assertThat(storage.records().head()).isEqualTo(new Revision(4));
    }
  }

  @Test
  void anInterruptedCallerLearnsTheTruthAndTheCommitterGoesOn() throws Exception {
    TestDatabase database = DATABASES.fresh();
    var gate = new Gate();
    StorageSettings gated = SETTINGS.withFailPoint(gate);
    try (PostgresStorage storage = Databases.open(database, gated, CLOCK)) {
      var outcomes = new AtomicReference<>(List.<CommitOutcome>of());
      Thread taken = waiting(() -> Widgets.commit(storage, "taken"), outcomes);
      gate.awaitHeld();
      var refusal = new AtomicReference<Throwable>();
      Thread queued =
          waiting(
              () -> {
                try {
                  return Widgets.commit(storage, "queued");
                } catch (StoreUnavailableException e) {
                  assertThat(Thread.currentThread().isInterrupted()).isTrue();
                  refusal.set(e);
                  throw e;
                }
              },
              outcomes);
      queued.interrupt();
      queued.join();
      taken.interrupt();
      gate.open();
      taken.join();

      assertThat(refusal.get()).isInstanceOf(StoreUnavailableException.class);
      assertThat(outcomes.get()).hasSize(1).allMatch(CommitOutcome.Committed.class::isInstance);
      assertThat(Widgets.revisionOf(storage, "taken")).isPresent();
      assertThat(Widgets.revisionOf(storage, "queued")).isEmpty();
      assertThat(Widgets.revision(Widgets.commit(storage, "after"))).isEqualTo(new Revision(2));
    }
  }

  @Test
  void closingFinishesWhatIsUnderWayAndTakesNoMore() throws Exception {
    TestDatabase database = DATABASES.fresh();
    var gate = new Gate();
    PostgresStorage storage = Databases.open(database, SETTINGS.withFailPoint(gate), CLOCK);
    var outcomes = new AtomicReference<>(List.<CommitOutcome>of());
    Thread underWay = waiting(() -> Widgets.commit(storage, "under-way"), outcomes);
    gate.awaitHeld();
    Thread closing = Thread.ofPlatform().start(storage::close);
    gate.open();
    underWay.join();
    closing.join();

    assertThat(outcomes.get()).hasSize(1).allMatch(CommitOutcome.Committed.class::isInstance);
    assertThatThrownBy(() -> Widgets.commit(storage, "late"))
        .isInstanceOf(StoreUnavailableException.class);
    assertThat(
            Databases.sql(
                database,
                "SELECT count(*) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND pid <> pg_backend_pid()"))
        .isEqualTo("0");
  }

  @Test
  void whatTheDatabaseCannotHoldIsRefusedBeforeItIsQueued() throws Exception {
    try (PostgresStorage storage = Databases.open(DATABASES.fresh(), SETTINGS, CLOCK)) {
      for (String name : List.of("a\0b", "x".repeat(3_000))) {
        assertThatThrownBy(() -> Widgets.commit(storage, name))
            .isInstanceOf(IllegalArgumentException.class);
      }
      var large = new Document(Template.of("y".repeat(5_000_000)), "v1", null);
      CommitOutcome outcome =
          storage
              .records()
              .commit(
                  Widgets.transaction(
                      List.of(Operation.Put.of(Widgets.key("large"), Expected.absent(), large))));
      assertThat(Widgets.revision(outcome)).isEqualTo(new Revision(1));
      assertThat(storage.records().get(Widgets.key("large")).orElseThrow().content().size())
          .isEqualTo(5_000_000);
    }
  }

  /** Holds the committer in its first commit. */
  private static final class Gate implements FailPoint {
    private final CountDownLatch opened = new CountDownLatch(1);
    private final CountDownLatch reached = new CountDownLatch(1);

    @Override
    public void reached(Place place) {
      reached.countDown();
      try {
        opened.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Waits until the committer has taken what is there. */
    void awaitHeld() throws InterruptedException {
      reached.await();
    }

    void open() {
      opened.countDown();
    }
  }

  /** One call. */
  private interface Call {
    CommitOutcome commit();
  }

  /** A thread that has called and now waits for the answer. */
  private static Thread waiting(Call call, AtomicReference<List<CommitOutcome>> outcomes) {
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    CommitOutcome outcome = call.commit();
                    outcomes.updateAndGet(
                        before -> {
                          var all = new ArrayList<>(before);
                          all.add(outcome);
                          return all;
                        });
                  } catch (StoreUnavailableException e) {
                    // Not an outcome.
                  }
                });
    while (thread.getState() != Thread.State.WAITING && thread.isAlive()) {
      Thread.onSpinWait();
    }
    return thread;
  }

  /** Creates a widget whose name is a number that goes on from 1. */
  private static CommitOutcome numbered(PostgresStorage storage) {
    Template name = Template.builder().slot(new Slot.ValueOf(0)).build();
    return storage
        .records()
        .commit(
            Widgets.transaction(
                List.of(
                    new Operation.Add<>("numbers", 1, 100),
                    new Operation.Put<>(
                        Boundary.Records.RECORDS,
                        Widgets.WIDGETS,
                        "team",
                        name,
                        Expected.absent(),
                        new Document(Template.of(""), "v1", null)))));
  }

  private static void commit(PostgresStorage storage, int count) {
    commit(storage, "n", count);
  }

  private static void commit(PostgresStorage storage, String prefix, int count) {
    for (int i = 0; i < count; i++) {
      Widgets.revision(Widgets.commit(storage, prefix + i));
    }
  }

  private static List<Long> revisions(PostgresStorage storage, int upTo) throws Exception {
    var revisions = new ArrayList<Long>();
    try (ChangeFeed feed = storage.records().changes(Revision.ZERO)) {
      while (revisions.size() < upTo) {
        feed.next().changes().forEach(change -> revisions.add(change.revision().value()));
      }
    }
    return revisions;
  }

  private static String floor(TestDatabase database) throws Exception {
    return Databases.sql(database, "SELECT floor FROM krate.log");
  }

  private static ListRequest at(long revision) {
    return new ListRequest(Widgets.WIDGETS, null, null, 100, new Revision(revision));
  }
}
