package ai.a5c.krate.postgres.embedded;

import ai.a5c.krate.spi.database.DatabaseFailedException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The processes of an earlier PostgreSQL on the same data folder. */
final class Leftovers {
  private static final Logger LOGGER = System.getLogger(Leftovers.class.getName());
  private static final Duration ORPHANED_BACKENDS = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(20);

  private final Installation installation;
  private final Path data;

  private Leftovers(Installation installation) {
    this.installation = installation;
    this.data = installation.data();
  }

  static Leftovers of(Installation installation) {
    return new Leftovers(installation);
  }

  /**
   * Stops what still runs on the data folder and removes a stale {@code postmaster.pid}.
   *
   * <p>The file may name a process that has nothing to do with PostgreSQL by now, which is left
   * alone. Backends whose postmaster was killed end by themselves when they notice, or are killed.
   */
  void stop() throws IOException, InterruptedException {
    Optional<PidFile> file = PidFile.read(data);
    if (file.isPresent()) {
      Optional<ProcessHandle> postmaster =
          ProcessHandle.of(file.get().pid()).filter(this::worksOnData);
      if (postmaster.isPresent()) {
        String pid = Long.toString(file.get().pid());
        LOGGER.log(Level.INFO, "stopping the PostgreSQL {0} that was left behind", pid);
        new Shutdown(installation, postmaster.get()).run();
      }
    }
    stopBackends();
    Files.deleteIfExists(PidFile.of(data));
  }

  private void stopBackends() throws InterruptedException {
    long deadline = System.nanoTime() + ORPHANED_BACKENDS.toNanos();
    List<ProcessHandle> backends = backends();
    while (!backends.isEmpty() && System.nanoTime() - deadline < 0) {
      Thread.sleep(POLL);
      backends = backends();
    }
    backends.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle backend : backends) {
      if (!Shutdown.ended(backend, ORPHANED_BACKENDS)) {
        throw new DatabaseFailedException(
            "the process " + backend.pid() + " of an earlier PostgreSQL on " + data + " stays");
      }
    }
  }

  /** Every process of PostgreSQL stays in its data folder; only Linux lets us see that. */
  private List<ProcessHandle> backends() {
    if (!Files.isDirectory(Path.of("/proc/self")) || !Files.isDirectory(data)) {
      return List.of();
    }
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.filter(this::isIn).toList();
    }
  }

  private boolean worksOnData(ProcessHandle process) {
    if (isIn(process)) {
      return true;
    }
    String[] arguments = process.info().arguments().orElseGet(() -> new String[0]);
    return Arrays.asList(arguments).contains(data.toString());
  }

  private boolean isIn(ProcessHandle process) {
    try {
      Path folder = Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd"));
      return folder.equals(data) && isPostgres(process);
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /** A person's shell may stand in the data folder too. */
  private static boolean isPostgres(ProcessHandle process) {
    try {
      Path program = Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/exe"));
      return program.getFileName().toString().startsWith("postgres");
    } catch (IOException e) {
      return false;
    }
  }
}
