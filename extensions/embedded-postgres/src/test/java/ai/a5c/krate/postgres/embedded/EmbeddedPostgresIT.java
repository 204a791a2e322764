package ai.a5c.krate.postgres.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.spi.database.Database;
import ai.a5c.krate.spi.database.DatabaseFailedException;
import ai.a5c.krate.spi.database.DatabaseProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void theServiceLoaderFindsIt() {
    assertThat(ServiceLoader.load(DatabaseProvider.class))
        .hasAtLeastOneElementOfType(EmbeddedPostgresProvider.class);
  }

  @Test
  void whatWasCommittedIsThereAtTheNextStart() throws Exception {
    try (Database database = new EmbeddedPostgresProvider().start(folder.resolve("new/deep"))) {
      write(database, "one");
    }
    try (Database database = new EmbeddedPostgresProvider().start(folder.resolve("new/deep"))) {
      assertThat(read(database)).isEqualTo("one");
    }
  }

  @Test
  void aCommitIsDurableAndNobodyComesInWithoutThePassword() throws Exception {
    try (Database database = new EmbeddedPostgresProvider().start(folder)) {
      assertThat(setting(database, "fsync")).isEqualTo("on");
      assertThat(setting(database, "synchronous_commit")).isEqualTo("on");
      assertThat(setting(database, "full_page_writes")).isEqualTo("on");
      assertThat(setting(database, "listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(setting(database, "unix_socket_directories")).isEmpty();
      assertThatThrownBy(
              () -> DriverManager.getConnection(database.jdbcUrl(), database.user(), "guess"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("password authentication failed");
      Path password = folder.resolve("password");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(password)))
          .isEqualTo("rw-------");
      assertThat(Files.readString(password)).isEqualTo(database.password().revealText());
      assertThat(database.toString()).doesNotContain(database.password().revealText());
    }
  }

  @Test
  void closingEndsTheProcess() {
    Database database = new EmbeddedPostgresProvider().start(folder);
    long pid = database.processId();
    assertThat(ProcessHandle.of(pid)).get().matches(ProcessHandle::isAlive);

    database.close();

    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    assertThat(folder.resolve("data/postmaster.pid")).doesNotExist();
  }

  @Test
  void aKilledPostgresqlComesBackAtTheSamePlaceWithAllThatWasCommitted() throws Exception {
    try (Database database = new EmbeddedPostgresProvider().start(folder)) {
      for (int round = 1; round <= 3; round++) {
        write(database, "round " + round);
        long killed = database.processId();
        assertThat(ProcessHandle.of(killed).orElseThrow().destroyForcibly()).isTrue();
        assertThat(readWhenBack(database)).isEqualTo("round " + round);
        // It answers a moment before the one who waits for it has seen that.
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (database.processId() == killed && System.nanoTime() - deadline < 0) {
          Thread.onSpinWait();
        }
        assertThat(database.processId()).isNotEqualTo(killed);
      }
    }
  }

  @Test
  void aPostgresqlLeftBehindIsStoppedFirst() throws Exception {
    String url;
    Postmaster orphan;
    try (Database database = new EmbeddedPostgresProvider().start(folder)) {
      write(database, "before");
      url = database.jdbcUrl();
    }
    Path home = folder.toRealPath();
    var installation =
        new Installation(home, Binaries.unpackInto(home), Account.forProgramsIn(home));
    int port = Integer.parseInt(url.replaceAll(".*:(\\d+)/.*", "$1"));
    orphan = Postmaster.start(installation, port);

    try (Database database = new EmbeddedPostgresProvider().start(folder)) {
      assertThat(orphan.process().isAlive()).isFalse();
      assertThat(read(database)).isEqualTo("before");
    }
  }

  @Test
  void aPidFileThatNamesSomebodyElseDoesNotStopHim() throws Exception {
    new EmbeddedPostgresProvider().start(folder).close();
    Process stranger = new ProcessBuilder("sleep", "60").start();
    try {
      Files.writeString(
          folder.resolve("data/postmaster.pid"),
          stranger.pid() + "\n" + folder.resolve("data") + "\n1\n1\n\n127.0.0.1\n\nready\n");

      new EmbeddedPostgresProvider().start(folder).close();

      assertThat(stranger.isAlive()).isTrue();
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  void aFolderOfAnotherVersionIsRefusedWithWhatToDo() throws Exception {
    new EmbeddedPostgresProvider().start(folder).close();
    Files.writeString(folder.resolve("data/PG_VERSION"), "9\n");

    assertThatThrownBy(() -> new EmbeddedPostgresProvider().start(folder).close())
        .isInstanceOf(DatabaseFailedException.class)
        .hasMessageContaining("pg_upgrade");
  }

  @Test
  void aLostPasswordIsReportedAndNotReplaced() throws Exception {
    new EmbeddedPostgresProvider().start(folder).close();
    Files.delete(folder.resolve("password"));

    assertThatThrownBy(() -> new EmbeddedPostgresProvider().start(folder).close())
        .isInstanceOf(DatabaseFailedException.class)
        .hasMessageContaining("backup");
  }

  @Test
  void anInterruptedFirstStartIsBegunAnew() throws Exception {
    Files.createDirectories(folder.resolve("data.unfinished/base"));

    try (Database database = new EmbeddedPostgresProvider().start(folder)) {
      write(database, "whole");
      assertThat(read(database)).isEqualTo("whole");
    }
  }

  private static void write(Database database, String text) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE IF NOT EXISTS note (text text)");
      statement.execute("DELETE FROM note");
      statement.execute("INSERT INTO note VALUES ('" + text + "')");
    }
  }

  private static String read(Database database) throws SQLException {
    return query(database, "SELECT text FROM note");
  }

  private static String setting(Database database, String name) throws SQLException {
    return query(database, "SELECT current_setting('" + name + "')");
  }

  private static String readWhenBack(Database database) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return read(database);
      } catch (SQLException e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
        Thread.onSpinWait();
      }
    }
  }

  private static String query(Database database, String sql) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  private static Connection connect(Database database) throws SQLException {
    return DriverManager.getConnection(
        database.jdbcUrl(), database.user(), database.password().revealText());
  }
}
