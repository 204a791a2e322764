package ai.a5c.krate.benchmarks;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.core.runner.JobLogs;
import ai.a5c.krate.spi.database.Database;
import ai.a5c.krate.storage.postgres.PostgresStorage;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Log bytes into the store, beside plain rows of the same bytes in the same database. */
final class LogBenchmark implements Benchmark {
  private static final int WRITERS = 4;
  private static final double MEGABYTE = 1e6;

  @Override
  public String name() {
    return "logs";
  }

  @Override
  public String about() {
    return "bytes of logs stored per second, each piece durable, in pieces of two sizes";
  }

  @Override
  public List<Row> run(Lab lab) throws InterruptedException {
    try (Database database = PeerDatabase.database(lab.fresh("logs"));
        PostgresStorage storage =
            PostgresStorage.open(database, Krate.recordGroups(), InstantSource.system())) {
      List<Row> rows = new ArrayList<>();
      for (int kibibytes : new int[] {1024, 64}) {
        rows.add(run(lab.scale(), database, new JobLogs(storage.blobs()), kibibytes << 10));
      }
      return rows;
    } catch (SQLException e) {
      throw new BenchmarkFailedException("the database: " + e.getMessage(), e);
    }
  }

  private static Row run(Scale scale, Database database, JobLogs logs, int size)
      throws InterruptedException, SQLException {
    byte[] content = new byte[size];
    new Random(size).nextBytes(content);
    Bytes piece = Bytes.copyOf(content);
    long[] lengths = new long[WRITERS];
    Sample krate =
        Load.closed(
            WRITERS,
            scale.warmUp(),
            scale.measure(),
            (client, number) -> {
              long offset = lengths[client];
              lengths[client] = logs.append("log-" + size + "/" + client, offset, piece);
              if (lengths[client] != offset + size) {
                throw new BenchmarkFailedException("a piece of a log was not stored");
              }
            });
    Sample rows = rows(scale, database, content);
    return new Row(
        WRITERS + " logs, pieces of " + (size >> 10) + " KiB",
        text(krate, size),
        "rows of the same bytes, same PostgreSQL, as many connections: " + text(rows, size),
        Numbers.percent(krate.perSecond(), rows.perSecond()));
  }

  private static Sample rows(Scale scale, Database database, byte[] content)
      throws InterruptedException, SQLException {
    List<Connection> connections = new ArrayList<>();
    try {
      for (int i = 0; i < WRITERS; i++) {
        connections.add(
            DriverManager.getConnection(
                database.jdbcUrl(), database.user(), database.password().revealText()));
      }
      try (Statement statement = connections.getFirst().createStatement()) {
        statement.execute("DROP TABLE IF EXISTS plain");
        statement.execute("CREATE TABLE plain (id bigserial PRIMARY KEY, content bytea NOT NULL)");
        statement.execute("ALTER TABLE plain ALTER COLUMN content SET STORAGE EXTERNAL");
      }
      return Load.closed(
          WRITERS,
          scale.warmUp(),
          scale.measure(),
          (client, number) -> insert(connections.get(client), content));
    } finally {
      for (Connection connection : connections) {
        connection.close();
      }
    }
  }

  private static void insert(Connection connection, byte[] content) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("INSERT INTO plain (content) VALUES (?)")) {
      statement.setBytes(1, content);
      if (statement.executeUpdate() != 1) {
        throw new BenchmarkFailedException("a row was not inserted");
      }
    }
  }

  private static String text(Sample sample, int size) {
    return String.format(Locale.ROOT, "**%,.0f MB/s**, ", sample.perSecond() * size / MEGABYTE)
        + sample.latencies();
  }
}
