package ai.a5c.krate.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.spi.blob.AppendOutcome.Appended;
import ai.a5c.krate.spi.blob.AppendOutcome.Elsewhere;
import ai.a5c.krate.spi.blob.BlobStore;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import ai.a5c.krate.testkit.database.TestDatabases;
import ai.a5c.krate.testkit.database.TestDatabases.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connections that break under those who append to byte streams and those who follow them. */
class LostBlobsIT {
  @RegisterExtension static final TestDatabases DATABASES = new TestDatabases();

  private static final String TERMINATE =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
          + " WHERE datname = current_database() AND pid <> pg_backend_pid()";
  private static final int CHUNKS = 150;
  private static final Duration FUSE = Duration.ofSeconds(60);

  @Test
  void whatIsAppendedWhileConnectionsAreCutIsThereOnceAndInOrder() throws Exception {
    TestDatabase database = DATABASES.fresh();
    StorageSettings settings = StorageSettings.of(Widgets.RECORDS);
    var random = new Random(11);
    var written = new ByteArrayOutputStream();
    var begun = new Semaphore(0);
    try (PostgresStorage writer = Databases.open(database, settings, InstantSource.system());
        PostgresStorage reader = Databases.open(database, settings, InstantSource.system());
        var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> cutting =
          executor.submit(
              () -> {
                for (int cut = 0; cut < CHUNKS / 3; cut++) {
                  begun.acquire();
                  String unused = Databases.sql(database, TERMINATE);
                }
                return null;
              });
      for (int i = 0; i < CHUNKS; i++) {
        byte[] chunk = new byte[1 + random.nextInt(20_000)];
        random.nextBytes(chunk);
        begun.release(i % 3 == 0 ? 1 : 0);
        appendOnce(writer.blobs(), written.size(), Bytes.copyOf(chunk));
        written.writeBytes(chunk);
      }
      cutting.get();

      var read = new ByteArrayOutputStream();
      while (read.size() < written.size()) {
        assertThat(reader.blobs().awaitGrowth("job/1", read.size(), FUSE)).isTrue();
        read.writeBytes(reader.blobs().read("job/1", read.size(), 50_000).toArray());
      }
      assertThat(read.toByteArray()).isEqualTo(written.toByteArray());
      assertThat(reader.blobs().length("job/1")).isEqualTo(written.size());
    }
  }

  /** As a writer does that is alone: what it does not know, it finds out by asking again. */
  private static void appendOnce(BlobStore blobs, long offset, Bytes chunk) {
    boolean unknown = false;
    while (true) {
      try {
        switch (blobs.append("job/1", offset, chunk)) {
          case Appended(long length) -> {
            assertThat(length).isEqualTo(offset + chunk.size());
            return;
          }
          case Elsewhere(long length) -> {
            assertThat(unknown).isTrue();
            assertThat(length).isEqualTo(offset + chunk.size());
            return;
          }
        }
      } catch (OutcomeUnknownException e) {
        unknown = true;
      } catch (StoreUnavailableException e) {
        assertThat(e).isNotNull();
      }
    }
  }

  @Test
  void aLostAnswerToAnAppendIsFoundOut() throws Exception {
    TestDatabase database = DATABASES.fresh();
    try (var proxy = new LossyProxy(port(database));
        PostgresStorage storage =
            Databases.open(
                through(proxy, database),
                StorageSettings.of(Widgets.RECORDS),
                InstantSource.system())) {
      BlobStore blobs = storage.blobs();
      for (int at = 0; at < 20; at++) {
        proxy.loseAnswers();
        assertThat(blobs.append("job/1", at, Bytes.utf8("x"))).isEqualTo(new Appended(at + 1));
      }
      assertThat(Databases.sql(database, "SELECT length FROM krate.blob")).isEqualTo("20");
      assertThat(Databases.sql(database, "SELECT count(*) FROM krate.blob_chunk")).isEqualTo("20");
    }
  }

  @Test
  void aDatabaseThatStaysAwayIsSaidToBeAndGoesOnLater() throws Exception {
    TestDatabase database = DATABASES.fresh();
    try (var proxy = new LossyProxy(port(database));
        PostgresStorage storage =
            Databases.open(
                through(proxy, database),
                StorageSettings.of(Widgets.RECORDS),
                InstantSource.system())) {
      BlobStore blobs = storage.blobs();
      assertThat(blobs.append("job/1", 0, Bytes.utf8("one"))).isEqualTo(new Appended(3));
      proxy.refuse(true);
      sql(database, TERMINATE);

      assertThatThrownBy(() -> blobs.append("job/1", 3, Bytes.utf8("two")))
          .isInstanceOfAny(OutcomeUnknownException.class, StoreUnavailableException.class);
      assertThatThrownBy(() -> blobs.length("job/1")).isInstanceOf(StoreUnavailableException.class);

      proxy.refuse(false);
      appendOnce(blobs, 3, Bytes.utf8("two"));
      assertThat(blobs.read("job/1", 0, 100).utf8()).isEqualTo("onetwo");
    }
  }

  @Test
  void whatIsDeletedLeavesNoBytesBehind() throws Exception {
    TestDatabase database = DATABASES.fresh();
    try (PostgresStorage storage =
        Databases.open(database, StorageSettings.of(Widgets.RECORDS), InstantSource.system())) {
      for (String stream : new String[] {"job/1", "job/2", "other/1"}) {
        assertThat(storage.blobs().append(stream, 0, Bytes.utf8("some")))
            .isEqualTo(new Appended(4));
      }
      assertThat(storage.blobs().deleteAll("job/")).isEqualTo(2);
      storage.blobs().delete("other/1");

      assertThat(Databases.sql(database, "SELECT count(*) FROM krate.blob_chunk")).isEqualTo("0");
    }
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
