package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.spi.storage.CompactedException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Follows the log for all feeds of a process. It reads what other replicas committed; what this one
 * commits is there already.
 */
final class Tailer implements Listener.Ear {
  /** Where a revision is notified when it is committed. */
  static final String CHANNEL = "krate_log";

  private static final Logger LOGGER = System.getLogger(Tailer.class.getName());

  private final History history;
  private final Tail tail;

  Tailer(History history, Tail tail) {
    this.history = history;
    this.tail = tail;
  }

  @Override
  public boolean hear(Connection connection, List<String> news) throws SQLException {
    try {
      if (news.isEmpty() || Long.parseLong(news.getLast()) > tail.last()) {
        catchUp(connection);
      }
      return true;
    } catch (RuntimeException e) {
      LOGGER.log(Level.ERROR, "the change log cannot be followed", e);
      tail.stop("the change log cannot be followed: " + e.getMessage());
      return false;
    }
  }

  private void catchUp(Connection connection) throws SQLException {
    while (true) {
      long position = tail.last();
      try {
        History.Part part = history.after(connection, position);
        if (part.head() < position && tail.last() == position) {
          throw new IllegalStateException(
              "the change log ended at " + position + " and now ends at " + part.head());
        }
        tail.publish(part.changes());
        if (tail.last() >= part.head()) {
          return;
        }
      } catch (CompactedException e) {
        LOGGER.log(Level.WARNING, "history was discarded before it was read: {0}", e.getMessage());
        tail.skipTo(e.floor().value());
      }
    }
  }
}
