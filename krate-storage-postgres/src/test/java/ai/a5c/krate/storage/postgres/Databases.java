package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.testkit.database.TestDatabases.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;

/** How the tests of this package reach their databases. */
final class Databases {
  private static final int POOL = 8;

  private Databases() {}

  static PostgresStorage open(
      TestDatabase database, StorageSettings settings, InstantSource clock) {
    return PostgresStorage.open(address(database), settings, clock);
  }

  static DatabaseAddress address(TestDatabase database) {
    return new DatabaseAddress(database.jdbcUrl(), database.user(), database.password(), POOL);
  }

  /** Runs a statement, and gives the first column of its first row if it has one. */
  static String sql(TestDatabase database, String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                database.jdbcUrl(), database.user(), database.password().revealText());
        Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return "";
      }
      try (ResultSet rows = statement.getResultSet()) {
        return rows.next() ? rows.getString(1) : "";
      }
    }
  }
}
