package ai.a5c.krate.postgres.embedded;

import ai.a5c.krate.spi.database.DatabaseFailedException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Stops a postmaster: first cleanly, then at once, then by force; each within a bound. */
final class Shutdown {
  private static final Logger LOGGER = System.getLogger(Shutdown.class.getName());
  private static final Duration FAST = Duration.ofSeconds(30);
  private static final Duration IMMEDIATE = Duration.ofSeconds(5);

  private final Installation installation;
  private final ProcessHandle postmaster;

  Shutdown(Installation installation, ProcessHandle postmaster) {
    this.installation = installation;
    this.postmaster = postmaster;
  }

  /**
   * Returns when the process is gone.
   *
   * @throws DatabaseFailedException if nothing ends it
   */
  void run() throws InterruptedException {
    if (signal("INT", FAST) || signal("QUIT", IMMEDIATE)) {
      return;
    }
    String pid = Long.toString(postmaster.pid());
    LOGGER.log(Level.WARNING, "PostgreSQL {0} does not stop and is killed", pid);
    postmaster.destroyForcibly();
    if (!ended(postmaster, IMMEDIATE)) {
      throw new DatabaseFailedException("PostgreSQL " + pid + " cannot be stopped");
    }
  }

  static boolean ended(ProcessHandle process, Duration deadline) throws InterruptedException {
    try {
      process.onExit().get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return !process.isAlive();
    } catch (ExecutionException e) {
      throw new IllegalStateException("waiting for a process failed", e);
    }
  }

  private boolean signal(String name, Duration deadline) throws InterruptedException {
    String pid = Long.toString(postmaster.pid());
    // Java has no signal for a fast shutdown: SIGTERM would wait for every client to leave.
    List<String> kill = List.of(installation.binaries().program("pg_ctl"), "kill", name, pid);
    boolean sent = Command.succeeds(installation.account().command(kill));
    return ended(postmaster, sent ? deadline : Duration.ZERO);
  }
}
