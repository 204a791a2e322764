package ai.a5c.krate.storage.postgres;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** Discards old history, now and then by itself. */
final class Compactor {
  private static final Logger LOGGER = System.getLogger(Compactor.class.getName());
  private static final Duration FIRST_RUN = Duration.ofMinutes(1);
  private static final Duration INTERVAL = Duration.ofMinutes(10);

  /** A segment can only be dropped between the transactions that use the history. */
  private static final String LOCK_TIMEOUT = "SET LOCAL lock_timeout = '2s'";

  /** The names of the positions of readers begin with {@code cursor/}, which 0 follows. */
  private static final String RAISE =
      "UPDATE krate.log SET floor = greatest(floor, least(?, revision,"
          + " (SELECT min(value) FROM krate.counter WHERE name >= 'cursor/' AND name < 'cursor0')))"
          + " WHERE id = 1 RETURNING floor";

  private final DataSource pool;
  private final Retention retention;
  private final InstantSource clock;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  Compactor(DataSource pool, Retention retention, InstantSource clock) {
    this.pool = pool;
    this.retention = retention;
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("krate-compactor").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  void close() {
    closed.countDown();
    Threads.join(thread);
  }

  /** Raises the floor as far as it may be, and drops the segments below it. */
  void compact(long upTo) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      try {
        long floor = raise(connection, upTo);
        connection.commit();
        drop(connection, floor);
      } finally {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    }
  }

  /** Discards what the retention no longer keeps. */
  void compactByRetention() throws SQLException {
    long upTo;
    try (Connection connection = pool.getConnection()) {
      upTo = Math.max(tooMany(connection), tooOld(connection));
    }
    if (upTo > 0) {
      compact(upTo);
    }
  }

  private void run() {
    Duration wait = FIRST_RUN;
    try {
      while (!closed.await(wait.toMillis(), TimeUnit.MILLISECONDS)) {
        wait = INTERVAL;
        try {
          compactByRetention();
        } catch (SQLException e) {
          LOGGER.log(Level.WARNING, "old history was not discarded; the next run tries again", e);
        }
      }
    } catch (InterruptedException e) {
      LOGGER.log(Level.DEBUG, "nobody interrupts the compactor", e);
    }
  }

  private long tooMany(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT revision FROM krate.log WHERE id = 1")) {
      return row.next() ? row.getLong(1) - retention.revisions() : 0;
    }
  }

  /** The end of the newest segment whose last change is too old. */
  private long tooOld(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT max(s.last) FROM krate.segment s JOIN krate.change c ON c.revision = s.last"
                + " WHERE c.time < ?")) {
      statement.setLong(1, Rows.micros(clock.instant().minus(retention.age())));
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    }
  }

  private static long raise(Connection connection, long upTo) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(RAISE)) {
      statement.setLong(1, upTo);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    }
  }

  /**
   * The floor is committed before: whoever reads after the drop sees that he must not, and whoever
   * reads now has locks that the drop waits for.
   */
  private static void drop(Connection connection, long floor) throws SQLException {
    for (long first : droppable(connection, floor)) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(LOCK_TIMEOUT);
        statement.execute("DROP TABLE IF EXISTS " + Segments.table(first));
        statement.execute("DELETE FROM krate.segment WHERE first = " + first);
      }
      connection.commit();
    }
  }

  private static List<Long> droppable(Connection connection, long floor) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT first FROM krate.segment WHERE last <= ? ORDER BY first")) {
      statement.setLong(1, floor);
      try (ResultSet rows = statement.executeQuery()) {
        var firsts = new ArrayList<Long>();
        while (rows.next()) {
          firsts.add(rows.getLong(1));
        }
        return firsts;
      }
    }
  }
}
