package ai.a5c.krate.postgres.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One run of PostgreSQL. */
record Postmaster(Process process) {
  private static final Duration START = Duration.ofSeconds(90);
  private static final Duration POLL = Duration.ofMillis(10);

  /**
   * What makes a commit last, and what keeps the server small and to itself. Given on the command
   * line, so that no file in the data folder says otherwise.
   */
  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("listen_addresses", "127.0.0.1"),
          Map.entry("unix_socket_directories", ""),
          Map.entry("password_encryption", "scram-sha-256"),
          Map.entry("fsync", "on"),
          Map.entry("synchronous_commit", "on"),
          Map.entry("full_page_writes", "on"),
          Map.entry("restart_after_crash", "on"),
          Map.entry("shared_buffers", "64MB"),
          Map.entry("max_connections", "60"),
          Map.entry("io_workers", "1"),
          Map.entry("max_logical_replication_workers", "0"),
          Map.entry("jit", "off"),
          Map.entry("log_destination", "stderr"),
          Map.entry("logging_collector", "off"),
          Map.entry("log_checkpoints", "off"),
          Map.entry("log_statement", "none"),
          Map.entry("log_min_error_statement", "panic"));

  /**
   * Starts PostgreSQL and waits until it takes connections.
   *
   * @throws IOException with the last messages of its log, if it does not
   */
  static Postmaster start(Installation installation, int port)
      throws IOException, InterruptedException {
    LogFile log = installation.log();
    log.rotate();
    Process process =
        Command.prepared(installation.account().daemon(command(installation, port)))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.path().toFile()))
            .start();
    try {
      awaitReady(installation.data(), process);
    } catch (IOException e) {
      throw new IOException(e.getMessage() + ": " + LogFile.tail(log.path()), e);
    }
    return new Postmaster(process);
  }

  private static List<String> command(Installation installation, int port) {
    var command = new ArrayList<String>();
    command.add(installation.binaries().program("postgres"));
    command.addAll(List.of("-D", installation.data().toString()));
    command.addAll(List.of("-p", Integer.toString(port)));
    SETTINGS.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
    return command;
  }

  private static void awaitReady(Path data, Process process)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START.toNanos();
    boolean ready = false;
    try {
      while (!ready) {
        Optional<PidFile> file = PidFile.read(data);
        ready =
            file.isPresent()
                && file.get().pid() == process.pid()
                && file.get().status().equals("ready");
        if (!process.isAlive()) {
          throw new IOException("PostgreSQL ended with " + process.exitValue());
        }
        if (System.nanoTime() - deadline > 0) {
          throw new IOException("PostgreSQL was not ready within " + START.toSeconds() + " s");
        }
        Thread.sleep(POLL);
      }
    } finally {
      if (!ready) {
        process.destroyForcibly();
      }
    }
  }
}
