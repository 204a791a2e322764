package ai.a5c.krate.postgres.embedded;

import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.spi.database.Database;
import ai.a5c.krate.spi.database.DatabaseFailedException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A PostgreSQL that is started again, at the same port, when it dies without being asked to. */
final class EmbeddedDatabase implements Database {
  private static final Logger LOGGER = System.getLogger(EmbeddedDatabase.class.getName());
  private static final int FIRST_STARTS = 3;
  private static final int RESTARTS = 10;
  private static final Duration FIRST_BACKOFF = Duration.ofMillis(50);
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(5);
  private static final Duration STABLE = Duration.ofMinutes(1);
  private static final Duration LOG_CHECK = Duration.ofSeconds(10);

  private final Installation installation;
  private final int port;
  private final Secret password;
  private final Thread supervisor;

  private volatile Postmaster postmaster;
  private volatile boolean closed;

  private EmbeddedDatabase(Installation installation, int port, Postmaster first, Secret password) {
    this.installation = installation;
    this.port = port;
    this.password = password;
    this.postmaster = first;
    this.supervisor =
        Thread.ofPlatform().name("krate-postgres").daemon().unstarted(this::supervise);
  }

  /**
   * Starts PostgreSQL at a port that is free now; another program may take it in between, so that
   * another is tried.
   */
  static EmbeddedDatabase start(Installation installation)
      throws IOException, InterruptedException {
    Secret password = installation.password();
    for (int attempt = 1; ; attempt++) {
      int port = freePort();
      try {
        Postmaster first = Postmaster.start(installation, port);
        var database = new EmbeddedDatabase(installation, port, first, password);
        database.supervisor.start();
        return database;
      } catch (IOException e) {
        if (attempt == FIRST_STARTS) {
          throw new DatabaseFailedException(
              "the embedded PostgreSQL does not start; see "
                  + (installation.log().path() + ": " + e.getMessage()),
              e);
        }
      }
    }
  }

  @Override
  public String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
  }

  @Override
  public String user() {
    return Installation.USER;
  }

  @Override
  public Secret password() {
    return password;
  }

  @Override
  public long processId() {
    return postmaster.process().pid();
  }

  /** Waits at most about 40 seconds; PostgreSQL is killed if it has not stopped by then. */
  @Override
  public void close() {
    closed = true;
    supervisor.interrupt();
    boolean interrupted = Thread.interrupted();
    try {
      // Only one of the two threads starts or stops PostgreSQL at a time.
      supervisor.join();
      new Shutdown(installation, postmaster.process().toHandle()).run();
    } catch (InterruptedException e) {
      interrupted = true;
      postmaster.process().destroyForcibly();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void supervise() {
    int failures = 0;
    try {
      while (!closed && failures < RESTARTS) {
        long since = System.nanoTime();
        awaitEnd();
        if (System.nanoTime() - since > STABLE.toNanos()) {
          failures = 0;
        }
        Thread.sleep(backoff(failures));
        failures++;
        restart();
      }
      if (!closed) {
        LOGGER.log(Level.ERROR, "PostgreSQL died {0} times and is not started again", failures);
      }
    } catch (InterruptedException e) {
      LOGGER.log(Level.DEBUG, "PostgreSQL is no longer watched");
    }
  }

  private void awaitEnd() throws InterruptedException {
    Process process = postmaster.process();
    while (!process.waitFor(LOG_CHECK.toMillis(), TimeUnit.MILLISECONDS)) {
      try {
        installation.log().rotate();
      } catch (IOException e) {
        LOGGER.log(Level.WARNING, "the log of PostgreSQL cannot be put aside", e);
      }
    }
  }

  private void restart() throws InterruptedException {
    if (closed) {
      return;
    }
    LOGGER.log(
        Level.WARNING,
        "PostgreSQL {0} ended with {1} and is started again",
        Long.toString(postmaster.process().pid()),
        postmaster.process().exitValue());
    try {
      Leftovers.of(installation).stop();
      postmaster = Postmaster.start(installation, port);
    } catch (IOException | DatabaseFailedException e) {
      LOGGER.log(Level.ERROR, "PostgreSQL could not be started again", e);
    }
  }

  private static Duration backoff(int failures) {
    Duration grown = FIRST_BACKOFF.multipliedBy(1L << Math.min(failures, 10));
    return grown.compareTo(LONGEST_BACKOFF) < 0 ? grown : LONGEST_BACKOFF;
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
      return socket.getLocalPort();
    }
  }
}
