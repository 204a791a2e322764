package ai.a5c.krate.storage.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;

/** The committer's own connection, set up so that it can never hold the log's lock for long. */
final class Session implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofSeconds(20);
  private static final String APPLICATION = "krate committer ";

  /**
   * Batches name their rows by arrays, whose length a planner that remembers its plans does not
   * know: it must not take to reading whole tables.
   */
  private static final String SETTINGS =
      "SET lock_timeout = '5s'; SET statement_timeout = '15s';"
          + " SET idle_in_transaction_session_timeout = '15s';"
          + " SET plan_cache_mode = force_generic_plan; SET jit = off;"
          + " SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;"
          + " SET enable_bitmapscan = off";

  private final Connection connection;

  private Session(Connection connection) {
    this.connection = connection;
  }

  /** Connects, and ends what an earlier session of the same committer may still be doing. */
  static Session open(DataSource direct, UUID committer) throws SQLException {
    Connection connection = direct.getConnection();
    try {
      connection.setNetworkTimeout(Runnable::run, (int) ANSWER.toMillis());
      connection.setAutoCommit(true);
      try (Statement statement = connection.createStatement()) {
        statement.execute(SETTINGS);
        // A database that was told to commit lazily would break our promise.
        statement.execute(
            "SELECT set_config('synchronous_commit', 'on', false)"
                + " WHERE current_setting('synchronous_commit') = 'off'");
      }
      takeOver(connection, APPLICATION + committer);
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      return new Session(connection);
    } catch (SQLException | RuntimeException e) {
      discard(connection, e);
      throw e;
    }
  }

  Connection connection() {
    return connection;
  }

  /**
   * The number of the newest batch that was committed under the name, -1 for none. Waits for a
   * batch that is still being committed.
   */
  long newestBatch(UUID committer) throws SQLException {
    var script = new Script(connection);
    long[] newest = {-1};
    script
        .query("SELECT revision FROM krate.log WHERE id = 1 FOR UPDATE", rows -> {})
        .query(
            "SELECT batch FROM krate.committer WHERE id = ?::uuid",
            rows -> {
              if (rows.next()) {
                newest[0] = rows.getLong(1);
              }
            },
            committer.toString())
        .run();
    connection.rollback();
    return newest[0];
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private static void takeOver(Connection connection, String application) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE application_name = ? AND pid <> pg_backend_pid()")) {
      statement.setString(1, application);
      try (ResultSet unused = statement.executeQuery()) {
        connection.setClientInfo("ApplicationName", application);
      }
    }
  }

  private static void discard(Connection connection, Exception reason) {
    try {
      connection.close();
    } catch (SQLException e) {
      reason.addSuppressed(e);
    }
  }
}
