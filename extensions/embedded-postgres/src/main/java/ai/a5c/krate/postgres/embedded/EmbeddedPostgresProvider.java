package ai.a5c.krate.postgres.embedded;

import ai.a5c.krate.spi.database.Database;
import ai.a5c.krate.spi.database.DatabaseFailedException;
import ai.a5c.krate.spi.database.DatabaseProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Starts a PostgreSQL of its own from the binaries on the class path.
 *
 * <p>It listens on 127.0.0.1 alone, at a free port, has no Unix socket, and asks everybody for a
 * random password that is kept, readable by its owner only, in the folder. A PostgreSQL that dies
 * is started again at the same port. In the folder are {@code bin-<version>} (the unpacked
 * binaries), {@code data}, {@code password} and {@code postgres.log} with one predecessor.
 *
 * <p>PostgreSQL refuses to be root: then it runs in a user namespace of its own or, where the
 * system has none, as an unprivileged user.
 */
public final class EmbeddedPostgresProvider implements DatabaseProvider {
  /** For {@link java.util.ServiceLoader}. */
  public EmbeddedPostgresProvider() {}

  @Override
  public Database start(Path folder) {
    try {
      Path home = Files.createDirectories(folder).toRealPath();
      Binaries binaries = Binaries.unpackInto(home);
      Account account = Account.forProgramsIn(home);
      var installation = new Installation(home, binaries, account);
      Leftovers.of(installation).stop();
      installation.prepareData();
      return EmbeddedDatabase.start(installation);
    } catch (IOException e) {
      throw new DatabaseFailedException(
          "the embedded PostgreSQL in " + folder + " could not be prepared: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DatabaseFailedException("interrupted while the embedded PostgreSQL started", e);
    }
  }
}
