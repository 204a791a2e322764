package ai.a5c.krate.storage.postgres;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Several statements that the driver sends in one go, so that they cost one round trip.
 *
 * <p>Each sees what the ones before it did, and has a snapshot of its own.
 */
final class Script {
  /** Reads the rows of one statement. */
  @FunctionalInterface
  interface Reader {
    void read(ResultSet rows) throws SQLException;
  }

  private final Connection connection;
  private final StringBuilder sql = new StringBuilder();
  private final List<Object> parameters = new ArrayList<>();
  private final List<Reader> readers = new ArrayList<>();

  Script(Connection connection) {
    this.connection = connection;
  }

  /** Adds a statement whose rows are read. */
  Script query(String statement, Reader reader, Object... values) {
    readers.add(reader);
    return add(statement, values);
  }

  /** Adds a statement without rows. */
  Script update(String statement, Object... values) {
    return add(statement, values);
  }

  void run() throws SQLException {
    try (PreparedStatement prepared = connection.prepareStatement(sql.toString())) {
      for (int index = 0; index < parameters.size(); index++) {
        prepared.setObject(index + 1, parameters.get(index));
      }
      int next = 0;
      boolean rows = prepared.execute();
      while (rows || prepared.getUpdateCount() >= 0) {
        if (rows) {
          try (ResultSet result = prepared.getResultSet()) {
            readers.get(next++).read(result);
          }
        }
        rows = prepared.getMoreResults();
      }
      if (next != readers.size()) {
        throw new SQLException(next + " of " + readers.size() + " results came");
      }
    }
  }

  Array texts(List<? extends @Nullable String> values) throws SQLException {
    return connection.createArrayOf("text", values.toArray(String[]::new));
  }

  Array numbers(List<? extends @Nullable Long> values) throws SQLException {
    return connection.createArrayOf("int8", values.toArray(Long[]::new));
  }

  Array bytes(List<? extends byte @Nullable []> values) throws SQLException {
    return connection.createArrayOf("bytea", values.toArray(byte[][]::new));
  }

  private Script add(String statement, Object... values) {
    if (!sql.isEmpty()) {
      sql.append(";\n");
    }
    sql.append(statement);
    parameters.addAll(List.of(values));
    return this;
  }
}
