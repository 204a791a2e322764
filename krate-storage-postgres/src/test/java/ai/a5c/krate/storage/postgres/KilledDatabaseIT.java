package ai.a5c.krate.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.database.Database;
import ai.a5c.krate.spi.database.DatabaseProvider;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ChangeFeed;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL is killed while writers commit: the ledger of answers is what must be found. */
class KilledDatabaseIT {
  private static final int WRITERS = 8;
  private static final int KILLS = 4;
  private static final int COMMITS_BETWEEN = 200;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path folder;

  private final Map<String, Revision> committed = new ConcurrentHashMap<>();
  private final Map<String, String> refused = new ConcurrentHashMap<>();
  private final Map<String, String> unknown = new ConcurrentHashMap<>();
  private final AtomicInteger commits = new AtomicInteger();
  private final AtomicBoolean stopped = new AtomicBoolean();
  private long killed;

  @Test
  void whatWasAnsweredIsThereAndFeedsHaveNoGap() throws Exception {
    try (Database database = provider().start(folder);
        PostgresStorage storage = open(database);
        PostgresStorage other = open(database);
        var executor = Executors.newVirtualThreadPerTaskExecutor();
        ChangeFeed feed = storage.records().changes(Revision.ZERO);
        ChangeFeed otherFeed = other.records().changes(Revision.ZERO)) {
      try {
        var writers = new ArrayList<Future<?>>();
        for (int writer = 0; writer < WRITERS; writer++) {
          String prefix = "w" + writer + "-";
          PostgresStorage mine = writer % 2 == 0 ? storage : other;
          writers.add(executor.submit(() -> write(mine, prefix)));
        }
        Future<List<Long>> reader = executor.submit(() -> read(feed));
        Future<List<Long>> otherReader = executor.submit(() -> read(otherFeed));

        for (int kill = 1; kill <= KILLS; kill++) {
          awaitCommits(kill * COMMITS_BETWEEN);
          kill(database);
        }
        awaitCommits((KILLS + 1) * COMMITS_BETWEEN);
        stopped.set(true);
        for (Future<?> writer : writers) {
          writer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        Widgets.revision(commitAtLast(storage, "the-end"));

        assertLedger(storage);
        long head = storage.records().head().value();
        for (Future<List<Long>> revisions : List.of(reader, otherReader)) {
          List<Long> seen = revisions.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
          assertThat(seen).hasSize((int) head).isSorted().doesNotHaveDuplicates();
          assertThat(seen.getLast()).isEqualTo(head);
        }
      } finally {
        stopped.set(true);
      }
    }
  }

  /** Kills the server that runs now: the one before may still be on its way back. */
  private void kill(Database database) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      long process = database.processId();
      Optional<ProcessHandle> found =
          process == killed ? Optional.empty() : ProcessHandle.of(process);
      if (found.isPresent() && found.get().destroyForcibly()) {
        killed = process;
        return;
      }
      assertThat(System.nanoTime()).as("PostgreSQL comes back").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private void assertLedger(PostgresStorage storage) {
    assertThat(committed).hasSizeGreaterThanOrEqualTo((KILLS + 1) * COMMITS_BETWEEN);
    committed.forEach(
        (name, revision) ->
            assertThat(Widgets.revisionOf(storage, name)).as(name).contains(revision));
    refused.forEach(
        (name, why) ->
            assertThat(Widgets.revisionOf(storage, name))
                .as(name + why)
                .isEqualTo(Optional.empty()));
    System.out.printf(
        "%d committed, %d refused, %d unknown%n", committed.size(), refused.size(), unknown.size());
  }

  private void write(PostgresStorage storage, String prefix) {
    for (int i = 0; !stopped.get(); i++) {
      String name = prefix + i;
      try {
        CommitOutcome outcome = storage.records().commit(Widgets.audited(name));
        committed.put(name, Widgets.revision(outcome));
        commits.incrementAndGet();
      } catch (StoreUnavailableException e) {
        refused.put(name, " was refused: " + e.getMessage());
      } catch (OutcomeUnknownException e) {
        unknown.put(name, "unknown");
      }
      if (committed.containsKey(name)) {
        rejectedToo(storage, name);
      }
    }
  }

  /** A transaction that must not leave its first half. */
  private void rejectedToo(PostgresStorage storage, String taken) {
    String name = "rejected-" + taken;
    try {
      CommitOutcome outcome =
          storage
              .records()
              .commit(Widgets.transaction(List.of(Widgets.create(name), Widgets.create(taken))));
      assertThat(outcome).isInstanceOf(CommitOutcome.Rejected.class);
    } catch (StoreUnavailableException | OutcomeUnknownException e) {
      // However it ended, it cannot have been stored.
    }
    refused.put(name, " was rejected");
  }

  private static List<Long> read(ChangeFeed feed) throws InterruptedException {
    var revisions = new ArrayList<Long>();
    while (true) {
      try {
        for (Change change : feed.next().changes()) {
          revisions.add(change.revision().value());
          if (change instanceof Change.ObjectChanged changed
              && changed.object().key().name().equals("the-end")) {
            return revisions;
          }
        }
      } catch (StoreUnavailableException e) {
        Thread.onSpinWait();
      }
    }
  }

  private static CommitOutcome commitAtLast(PostgresStorage storage, String name) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return Widgets.commit(storage, name);
      } catch (StoreUnavailableException e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
      }
    }
  }

  private void awaitCommits(int count) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (commits.get() < count) {
      assertThat(System.nanoTime()).as("commits go on").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private static PostgresStorage open(Database database) {
    var address = new DatabaseAddress(database.jdbcUrl(), database.user(), database.password(), 8);
    return PostgresStorage.open(
        address, StorageSettings.of(Widgets.RECORDS), InstantSource.system());
  }

  private static DatabaseProvider provider() {
    return ServiceLoader.load(DatabaseProvider.class).findFirst().orElseThrow();
  }
}
