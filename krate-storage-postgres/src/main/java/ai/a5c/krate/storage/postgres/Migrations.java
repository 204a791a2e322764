package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;

/** Brings the schema {@code krate} to the form that this code writes, once however many start. */
final class Migrations {
  private static final Logger LOGGER = System.getLogger(Migrations.class.getName());
  private static final int OLDEST_SERVER = 140_000;
  private static final long ADVISORY_LOCK = 0x6b72617465L;

  /** In order; the place in the list, from 1, is the version. A published script never changes. */
  private static final List<String> SCRIPTS =
      List.of("0001-log.sql", "0002-blob.sql", "0003-lease.sql");

  private Migrations() {}

  /**
   * Applies what is missing, each script in a transaction of its own.
   *
   * @throws StoreUnavailableException if the server cannot be reached, or is not one to use
   */
  static void run(DataSource dataSource) {
    try (Connection connection = dataSource.getConnection()) {
      requireServer(connection);
      connection.setAutoCommit(false);
      boolean more = true;
      while (more) {
        more = applyNext(connection);
      }
    } catch (SQLException e) {
      throw new StoreUnavailableException(
          "the database could not be prepared: " + e.getMessage(), e);
    }
  }

  private static void requireServer(Connection connection) throws SQLException {
    int version =
        Integer.parseInt(value(connection, "SELECT current_setting('server_version_num')"));
    if (version < OLDEST_SERVER) {
      throw new SQLException(
          "this is PostgreSQL "
              + (value(connection, "SHOW server_version") + ", and Krate needs 14 or later"));
    }
    String encoding = value(connection, "SHOW server_encoding");
    if (!encoding.equals("UTF8")) {
      throw new SQLException(
          "the database is encoded in " + encoding + ", and Krate needs one in UTF8");
    }
    if (value(connection, "SHOW fsync").equals("off")) {
      LOGGER.log(
          Level.WARNING, "PostgreSQL runs with fsync=off: a crash of the machine loses data");
    }
  }

  private static boolean applyNext(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_advisory_xact_lock(" + ADVISORY_LOCK + ")");
      statement.execute("CREATE SCHEMA IF NOT EXISTS krate");
      statement.execute(
          "CREATE TABLE IF NOT EXISTS krate.migration"
              + " (version int PRIMARY KEY, name text NOT NULL, applied timestamptz NOT NULL)");
      int done =
          Integer.parseInt(
              value(connection, "SELECT coalesce(max(version), 0) FROM krate.migration"));
      if (done > SCRIPTS.size()) {
        throw new SQLException(
            "the schema krate is of version "
                + (done + ", and this Krate knows no later than " + SCRIPTS.size())
                + ": start the newer Krate that wrote it");
      }
      if (done < SCRIPTS.size()) {
        String name = SCRIPTS.get(done);
        statement.execute(script(name));
        statement.execute(
            "INSERT INTO krate.migration VALUES (" + (done + 1) + ", '" + name + "', now())");
      }
      connection.commit();
      return done + 1 < SCRIPTS.size();
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    }
  }

  private static String value(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      if (!row.next()) {
        throw new SQLException("no row for " + sql);
      }
      return row.getString(1);
    }
  }

  private static String script(String name) {
    try (InputStream in = Migrations.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the script " + name + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
