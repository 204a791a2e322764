package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.CompactedException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads the change log from the table. */
final class History {
  private static final int MOST = 256;
  private static final long MOST_BYTES = 8L << 20;

  /**
   * At most so many changes, and so many bytes unless the first alone has more; with the bounds of
   * history as they are in the same snapshot.
   */
  private static final String AFTER =
      "SELECT l.revision AS head, l.floor, c.* FROM krate.log l LEFT JOIN LATERAL ("
          + "SELECT * FROM (SELECT *, sum(octet_length(content)"
          + " + coalesce(octet_length(previous_content), 0)) OVER (ORDER BY revision)"
          + " - octet_length(content) - coalesce(octet_length(previous_content), 0) AS before"
          + " FROM (SELECT "
          + Rows.CHANGE_COLUMNS
          + " FROM krate.change WHERE revision > ? ORDER BY revision LIMIT ?) few) sized"
          + " WHERE before IS NULL OR before < ?) c ON true WHERE l.id = 1 ORDER BY c.revision";

  private final Sides sides;

  History(Sides sides) {
    this.sides = sides;
  }

  /**
   * A part of the log.
   *
   * @param changes dense, after the position that was asked for
   * @param head the newest revision
   * @param floor the newest that was discarded
   */
  record Part(List<Change> changes, long head, long floor) {}

  /**
   * Reads what follows a position.
   *
   * @throws GapException if a revision is missing that was not discarded
   * @throws CompactedException if it was discarded
   */
  Part after(Connection connection, long position) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(AFTER)) {
      statement.setLong(1, position);
      statement.setInt(2, MOST);
      statement.setLong(3, MOST_BYTES);
      try (ResultSet rows = statement.executeQuery()) {
        return read(rows, position);
      }
    }
  }

  private Part read(ResultSet rows, long position) throws SQLException {
    var changes = new ArrayList<Change>();
    long head = -1;
    long floor = 0;
    while (rows.next()) {
      head = rows.getLong("head");
      floor = rows.getLong("floor");
      if (position < floor) {
        throw new CompactedException(new Revision(floor));
      }
      long revision = rows.getLong("revision");
      if (!rows.wasNull()) {
        requireNext(position + changes.size(), revision);
        changes.add(Rows.change(sides, rows));
      }
    }
    if (changes.isEmpty() && head > position) {
      throw new GapException(position, head);
    }
    return new Part(changes, head, floor);
  }

  private static void requireNext(long before, long revision) {
    if (revision != before + 1) {
      throw new GapException(before, revision);
    }
  }

  /** The log is not dense: a fault that must never be passed over. */
  static final class GapException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    GapException(long before, long next) {
      super("the change log has " + next + " after " + before);
    }
  }
}
