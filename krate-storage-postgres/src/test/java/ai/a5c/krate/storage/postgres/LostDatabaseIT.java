package ai.a5c.krate.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ChangeFeed;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import ai.a5c.krate.testkit.database.TestDatabases;
import ai.a5c.krate.testkit.database.TestDatabases.TestDatabase;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connections that break: at the worst moments of a commit, and under the tailer. */
class LostDatabaseIT {
  @RegisterExtension static final TestDatabases DATABASES = new TestDatabases();

  private static final String TERMINATE =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
          + " WHERE datname = current_database() AND pid <> pg_backend_pid()";

  @Test
  void aConnectionCutBeforeCommitStoresNothingAndTheCommitIsTriedAgain() throws Exception {
    TestDatabase database = DATABASES.fresh();
    var armed = new AtomicBoolean(true);
    StorageSettings settings =
        StorageSettings.of(Widgets.RECORDS)
            .withFailPoint(
                place -> {
                  if (place == FailPoint.Place.BEFORE_COMMIT && armed.getAndSet(false)) {
                    sql(database, TERMINATE);
                  }
                });
    try (PostgresStorage storage = Databases.open(database, settings, InstantSource.system())) {
      Revision revision = Widgets.revision(Widgets.commit(storage, "one"));

      assertThat(armed).isFalse();
      assertThat(revision).isEqualTo(new Revision(1));
      assertThat(storage.records().head()).isEqualTo(revision);
      assertThat(changesOf(storage)).hasSize(1);
    }
  }

  @Test
  void aLostAnswerToCommitIsFoundOut() throws Exception {
    TestDatabase database = DATABASES.fresh();
    try (var proxy = new LossyProxy(port(database))) {
      var armed = new AtomicBoolean(true);
      StorageSettings settings =
          StorageSettings.of(Widgets.RECORDS)
              .withFailPoint(
                  place -> {
                    if (place == FailPoint.Place.BEFORE_COMMIT && armed.getAndSet(false)) {
                      proxy.loseAnswers();
                    }
                  });
      try (PostgresStorage storage =
          Databases.open(through(proxy, database), settings, InstantSource.system())) {
        CommitOutcome outcome = storage.records().commit(Widgets.audited("one"));

        assertThat(armed).isFalse();
        assertThat(Widgets.revision(outcome)).isEqualTo(new Revision(1));
        assertThat(Widgets.revisionOf(storage, "one")).contains(new Revision(1));
        assertThat(storage.records().head()).isEqualTo(new Revision(2));
        assertThat(Widgets.revision(Widgets.commit(storage, "two"))).isEqualTo(new Revision(3));
        assertThat(changesOf(storage)).hasSize(3);
      }
    }
  }

  @Test
  void aDatabaseThatStaysAwayDuringCommitLeavesTheOutcomeUnknown() throws Exception {
    TestDatabase database = DATABASES.fresh();
    try (var proxy = new LossyProxy(port(database))) {
      var armed = new AtomicBoolean(true);
      StorageSettings settings =
          StorageSettings.of(Widgets.RECORDS)
              .withFailPoint(
                  place -> {
                    if (place == FailPoint.Place.BEFORE_COMMIT && armed.getAndSet(false)) {
                      proxy.refuse(true);
                      proxy.loseAnswers();
                    }
                  });
      try (PostgresStorage storage =
          Databases.open(through(proxy, database), settings, InstantSource.system())) {
        assertThatThrownBy(() -> Widgets.commit(storage, "one"))
            .isInstanceOf(OutcomeUnknownException.class);
        assertThatThrownBy(() -> Widgets.commit(storage, "two"))
            .isInstanceOf(StoreUnavailableException.class);

        proxy.refuse(false);
        Revision third = Widgets.revision(Widgets.commit(storage, "three"));
        assertThat(Widgets.revisionOf(storage, "two")).isEmpty();
        assertThat(changesOf(storage)).hasSize((int) third.value());
      }
    }
  }

  @Test
  void afterTheDatabaseHasCommittedTheCallerIsTold() throws Exception {
    TestDatabase database = DATABASES.fresh();
    var armed = new AtomicBoolean(true);
    StorageSettings settings =
        StorageSettings.of(Widgets.RECORDS)
            .withFailPoint(
                place -> {
                  if (place == FailPoint.Place.AFTER_COMMIT && armed.getAndSet(false)) {
                    throw new IllegalStateException("lost here");
                  }
                });
    try (PostgresStorage storage = Databases.open(database, settings, InstantSource.system())) {
      assertThat(Widgets.revision(Widgets.commit(storage, "one"))).isEqualTo(new Revision(1));
      assertThat(changesOf(storage)).hasSize(1);
    }
  }

  @Test
  void feedsGoOnWhenEveryConnectionIsCut() throws Exception {
    TestDatabase database = DATABASES.fresh();
    StorageSettings settings = StorageSettings.of(Widgets.RECORDS);
    // Two storages: what one commits, the other has from the database alone.
    try (PostgresStorage writer = Databases.open(database, settings, InstantSource.system());
        PostgresStorage reader = Databases.open(database, settings, InstantSource.system());
        ChangeFeed feed = reader.records().changes(Revision.ZERO)) {
      var seen = new ArrayList<Long>();
      for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 20; i++) {
          long revision = Widgets.revision(Widgets.commit(writer, "n" + round + "-" + i)).value();
          assertThat(revision).isEqualTo(round * 20L + i + 1);
        }
        sql(database, TERMINATE);
        while (seen.size() < 20 * (round + 1)) {
          feed.next().changes().forEach(change -> seen.add(change.revision().value()));
        }
      }
      assertThat(seen).isSorted().doesNotHaveDuplicates().hasSize(100);
    }
  }

  private static List<Change> changesOf(PostgresStorage storage) throws Exception {
    Revision head = storage.records().head();
    var changes = new ArrayList<Change>();
    try (ChangeFeed feed = storage.records().changes(Revision.ZERO)) {
      Revision position = Revision.ZERO;
      while (head.isAfter(position)) {
        ChangeFeed.Batch batch = feed.next();
        changes.addAll(batch.changes());
        position = batch.upTo();
      }
    }
    return changes;
  }

  private static TestDatabase through(LossyProxy proxy, TestDatabase database) {
    String url = database.jdbcUrl().replaceFirst(":\\d+/", ":" + proxy.port() + "/");
    return new TestDatabase(url, database.user(), database.password());
  }

  private static int port(TestDatabase database) {
    return Integer.parseInt(database.jdbcUrl().replaceAll(".*:(\\d+)/.*", "$1"));
  }

  private static void sql(TestDatabase database, String sql) {
    try {
      String unused = Databases.sql(database, sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
