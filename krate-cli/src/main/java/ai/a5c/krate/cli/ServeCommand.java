package ai.a5c.krate.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** {@code krate serve}: runs the server until it is told to end. */
final class ServeCommand {
  private static final System.Logger LOGGER = System.getLogger(ServeCommand.class.getName());

  /** Longer than every part's own bound together; then the process goes anyway. */
  private static final Duration STOP = Duration.ofSeconds(40);

  private final PrintStream out;
  private final PrintStream err;

  ServeCommand(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Runs until SIGTERM or SIGINT, which end the process with exit code 0 once all is stopped. */
  int run(List<String> arguments, Map<String, String> environment, long begunAt) {
    return switch (Settings.read(arguments, environment)) {
      case Settings.Outcome.Invalid(List<String> problems) -> {
        err.println("krate serve cannot start:");
        problems.forEach(problem -> err.println("- " + problem));
        err.println("See: krate serve --help");
        yield Main.USAGE;
      }
      case Settings.Outcome.Valid(Settings settings) -> serve(settings, begunAt);
    };
  }

  private int serve(Settings settings, long begunAt) {
    Logs.configure(settings.get(Settings.LOG_LEVEL), err);
    Assembly.Running running;
    try {
      running = Assembly.start(settings);
    } catch (StartFailedException e) {
      err.println("krate serve cannot start: " + e.getMessage());
      LOGGER.log(System.Logger.Level.DEBUG, "the cause", e);
      return Main.FAILED;
    }
    var stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform().name("krate-stop").unstarted(() -> stop(running, stopped)));
    announce(running, Duration.ofNanos(System.nanoTime() - begunAt));
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 0;
  }

  private void announce(Assembly.Running running, Duration since) {
    Path folder = running.folder().root();
    out.printf(
        Locale.ROOT,
        """
        Krate %s is ready after %.1f s.

          Kubernetes API   %s
          Git              %s/<organization>/<repository>.git
          Data folder      %s

        To use it from another terminal:

          export KUBECONFIG=%s
          kubectl version

          git -c http.sslCAInfo=%s \\
              -c http.sslCert=%s \\
              -c http.sslKey=%s \\
              clone %s/<organization>/<repository>.git

        """,
        Release.version(),
        since.toMillis() / 1000.0,
        running.url(),
        running.url(),
        folder,
        running.folder().adminKubeconfig(),
        running.folder().caCertificate(),
        running.folder().adminCertificate(),
        running.folder().adminKey(),
        running.url());
    out.flush();
  }

  /**
   * The shutdown hook. A signal would make the exit code 143, though nothing went wrong: so it ends
   * the process itself.
   */
  private void stop(Assembly.Running running, CountDownLatch stopped) {
    LOGGER.log(System.Logger.Level.INFO, "stopping");
    Thread closing =
        Thread.ofPlatform().daemon().name("krate-closing").start(running.assembly()::close);
    boolean clean = false;
    try {
      clean = closing.join(STOP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    LOGGER.log(
        clean ? System.Logger.Level.INFO : System.Logger.Level.ERROR,
        clean ? "stopped" : "not everything stopped within " + STOP.toSeconds() + " seconds");
    err.flush();
    stopped.countDown();
    Runtime.getRuntime().halt(clean ? 0 : Main.FAILED);
  }
}
