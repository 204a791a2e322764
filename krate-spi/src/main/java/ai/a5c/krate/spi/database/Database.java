package ai.a5c.krate.spi.database;

import ai.a5c.krate.api.meta.Secret;

/** A running database, open to nobody who does not know its password. */
public interface Database extends AutoCloseable {
  String jdbcUrl();

  String user();

  Secret password();

  /** The process to watch, or to name in a message. */
  long processId();

  /** Stops the database cleanly and waits until it is gone. */
  @Override
  void close();
}
