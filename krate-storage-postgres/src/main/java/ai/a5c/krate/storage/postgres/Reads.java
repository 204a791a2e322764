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
   * Reads.
   *
   * @param what is read, for the message
   * @throws StoreUnavailableException if the database does not answer
   */
  <T> T read(String what, Reading<T> reading) {
    try {
      return jdbi.withHandle(reading::read);
    } catch (SQLException | JdbiException e) {
      throw new StoreUnavailableException("the database did not answer: " + what, e);
    }
  }
}
