package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** Runs what only reads, on a connection of the pool. */
final class Reads {
  private final Jdbi jdbi;

  Reads(DataSource pool) {
    this.jdbi = Jdbi.create(pool);
  }

  /** One reading. */
  @FunctionalInterface
  interface Reading<T> {
    T read(Handle handle) throws SQLException;
  }

  /**
   * Reads; and once more on another connection if this one turns out to be broken, as all are that
   * were idle in the pool while the database was started anew.
   *
   * @param what is read, for the message
   * @throws StoreUnavailableException if the database does not answer
   */
  <T> T read(String what, Reading<T> reading) {
    try {
      return attempt(reading);
    } catch (SQLException | JdbiException e) {
      if (!isBroken(e) || Thread.currentThread().isInterrupted()) {
        throw unavailable(what, e);
      }
    }
    try {
      return attempt(reading);
    } catch (SQLException | JdbiException e) {
      throw unavailable(what, e);
    }
  }

  private <T> T attempt(Reading<T> reading) throws SQLException {
    return jdbi.withHandle(reading::read);
  }

  /** The classes of SQLSTATE for a connection that is gone: 08, and 57P of a server that stops. */
  private static boolean isBroken(Exception e) {
    Throwable cause = e instanceof JdbiException ? e.getCause() : e;
    if (cause instanceof SQLException sql && sql.getSQLState() != null) {
      return sql.getSQLState().startsWith("08") || sql.getSQLState().startsWith("57P");
    }
    return false;
  }

  private static StoreUnavailableException unavailable(String what, Exception e) {
    return new StoreUnavailableException("the database did not answer: " + what, e);
  }
}
