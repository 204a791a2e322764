package ai.a5c.krate.storage.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The partitions of the history, created before they are needed. */
final class Segments {
  private final int length;

  /** The last revision for which there is room, as far as this committer knows. */
  private long room;

  Segments(int length) {
    this.length = length;
  }

  /**
   * Sees to it that there is room up to a revision, with half a segment to spare. The caller holds
   * the lock of the log, so that nobody else does the same.
   */
  void makeRoom(Connection connection, long upTo) throws SQLException {
    long wanted = upTo + length / 2;
    if (room >= wanted) {
      return;
    }
    long last = lastOf(connection);
    // What is created below may yet be rolled back: it counts when it is read the next time.
    room = last;
    while (last < wanted) {
      create(connection, last + 1, last + length);
      last += length;
    }
  }

  static long lastOf(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT max(last) FROM krate.segment")) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  /**
   * Waits for those who are reading. A statement that was planned without the new partition could
   * otherwise take its snapshot after the first commit into it, and would see a gap.
   */
  private static void create(Connection connection, long first, long last) throws SQLException {
    String table = table(first);
    try (Statement statement = connection.createStatement()) {
      statement.execute("LOCK TABLE krate.change IN ACCESS EXCLUSIVE MODE");
      statement.execute(
          "CREATE TABLE "
              + (table + " PARTITION OF krate.change")
              + (" FOR VALUES FROM (" + first + ") TO (" + (last + 1) + ")"));
    }
    try (PreparedStatement statement =
        connection.prepareStatement("INSERT INTO krate.segment (first, last) VALUES (?, ?)")) {
      statement.setLong(1, first);
      statement.setLong(2, last);
      int unused = statement.executeUpdate();
    }
  }

  static String table(long first) {
    return "krate.change_" + first;
  }
}
