package ai.a5c.krate.spi.database;

import java.nio.file.Path;

/** Starts a database of its own; found on the class path with {@link java.util.ServiceLoader}. */
public interface DatabaseProvider {
  /**
   * Starts the database whose files are in the folder, creating it the first time, and waits until
   * it answers. What it has committed is durable against a crash of any process and of the machine.
   * A database that an earlier run left behind in the folder is stopped first.
   *
   * @param folder created if missing; used by one process at a time, which the caller sees to
   * @throws DatabaseFailedException with what to do about it, if the database does not start
   */
  Database start(Path folder);
}
