package ai.a5c.krate.storage.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Looks how far byte streams have grown that somebody waits for, and others append to. */
final class GrowthListener implements Listener.Ear {
  private final Growth growth;

  GrowthListener(Growth growth) {
    this.growth = growth;
  }

  @Override
  public boolean hear(Connection connection, List<String> news) throws SQLException {
    Set<String> streams = new LinkedHashSet<>(growth.streams());
    // A notification that names none is of too many to name.
    if (!news.isEmpty() && !news.contains("")) {
      streams.retainAll(Set.copyOf(List.of(String.join("\n", news).split("\n", -1))));
    }
    if (!streams.isEmpty()) {
      look(connection, streams);
    }
    return true;
  }

  private void look(Connection connection, Set<String> streams) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT name, length FROM krate.blob WHERE name = ANY (?)")) {
      statement.setArray(1, connection.createArrayOf("text", streams.toArray()));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          growth.grown(rows.getString(1), rows.getLong(2));
        }
      }
    }
  }
}
