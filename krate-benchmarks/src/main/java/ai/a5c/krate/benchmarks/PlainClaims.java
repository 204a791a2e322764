package ai.a5c.krate.benchmarks;

import ai.a5c.krate.spi.database.Database;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A queue as PostgreSQL offers it: a plain table, whose oldest waiting row is locked, skipping what
 * others have locked, and updated. It counts nothing, tells nobody and keeps no history.
 */
final class PlainClaims implements AutoCloseable {
  /** As many as two servers have for their reads. */
  static final int CONNECTIONS = 32;

  private static final int ROWS_PER_SECOND = 20_000;
  private static final String CLAIM =
      """
      UPDATE plain_job SET phase = 'Running', runner = ?, started = now()
       WHERE id = (SELECT id FROM plain_job WHERE phase = 'Queued'
                    ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1)""";

  private final List<Connection> connections = new ArrayList<>();

  PlainClaims(Database database) {
    try {
      for (int i = 0; i < CONNECTIONS; i++) {
        connections.add(
            DriverManager.getConnection(
                database.jdbcUrl(), database.user(), database.password().revealText()));
      }
    } catch (SQLException e) {
      close();
      throw failed(e);
    }
  }

  /** Claims as fast as it goes. */
  Sample closed(Duration warmUp, Duration measure) throws InterruptedException {
    fill(warmUp.plus(measure), ROWS_PER_SECOND);
    return Load.closed(CONNECTIONS, warmUp, measure, this::claim);
  }

  /** Claims at a rate. */
  Sample paced(int perSecond, Duration warmUp, Duration measure) throws InterruptedException {
    fill(warmUp.plus(measure), 2 * perSecond);
    return Load.paced(4, perSecond, warmUp, measure, this::claim);
  }

  private void fill(Duration time, int perSecond) {
    try (Statement statement = connections.getFirst().createStatement()) {
      statement.execute("DROP TABLE IF EXISTS plain_job");
      statement.execute(
          "CREATE TABLE plain_job (id bigserial PRIMARY KEY, phase text NOT NULL, runner text,"
              + " started timestamptz, content text NOT NULL)");
      statement.execute(
          "INSERT INTO plain_job (phase, content) SELECT 'Queued', repeat('x', 1024)"
              + " FROM generate_series(1, "
              + (perSecond * (time.toMillis() + 1000) / 1000)
              + ")");
      statement.execute("CREATE INDEX ON plain_job (id) WHERE phase = 'Queued'");
      statement.execute("ANALYZE plain_job");
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private void claim(int client, long number) throws SQLException {
    try (PreparedStatement statement = connections.get(client).prepareStatement(CLAIM)) {
      statement.setString(1, "runner-" + client + "-" + number);
      if (statement.executeUpdate() != 1) {
        throw new BenchmarkFailedException("the plain table has nothing left to claim");
      }
    }
  }

  private static BenchmarkFailedException failed(SQLException e) {
    return new BenchmarkFailedException("the plain table: " + e.getMessage(), e);
  }

  @Override
  public void close() {
    for (Connection connection : connections) {
      try {
        connection.close();
      } catch (SQLException e) {
        System.getLogger(PlainClaims.class.getName())
            .log(System.Logger.Level.DEBUG, "a connection was closed already", e);
      }
    }
  }
}
