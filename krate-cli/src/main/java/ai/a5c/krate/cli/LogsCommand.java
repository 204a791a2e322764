package ai.a5c.krate.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** {@code krate logs}: prints and follows what pipelines and jobs print. */
final class LogsCommand {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final PrintStream out;
  private final PrintStream err;
  private final Duration pause;

  LogsCommand(PrintStream out, PrintStream err) {
    this(out, err, PAUSE);
  }

  /**
   * The command with another patience, for tests.
   *
   * @param pause before the server is asked again
   */
  LogsCommand(PrintStream out, PrintStream err, Duration pause) {
    this.out = out;
    this.err = err;
    this.pause = pause;
  }

  /** Runs it; on standard output are logs and headings alone. */
  int run(List<String> arguments, Map<String, String> environment) {
    return switch (LogSettings.read(arguments, environment)) {
      case LogSettings.Outcome.Invalid(List<String> problems) -> {
        err.println("krate logs makes no sense:");
        problems.forEach(problem -> err.println("- " + problem));
        err.println("See: krate logs --help");
        yield Main.USAGE;
      }
      case LogSettings.Outcome.Valid(LogSettings settings) -> attempt(settings);
    };
  }

  private int attempt(LogSettings settings) {
    try (AdminEndpoint server = open(settings)) {
      new LogPrinter(server, out, err, pause).print(settings);
      return 0;
    } catch (CommandFailedException e) {
      out.flush();
      err.println("krate logs: " + e.getMessage());
      return Main.FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Main.FAILED;
    }
  }

  private static AdminEndpoint open(LogSettings settings) {
    Path from = settings.kubeconfig().orElse(settings.dataFolder());
    try {
      return settings.kubeconfig().isPresent()
          ? AdminEndpoint.ofKubeconfig(from)
          : AdminEndpoint.of(from);
    } catch (NoSuchFileException e) {
      throw new CommandFailedException(
          settings.kubeconfig().isPresent()
              ? "There is no " + from + "."
              : from
                  + " is no data folder of a server. Name the right one with "
                  + Settings.DATA_DIR.flag()
                  + ", or a kubeconfig with "
                  + LogSettings.KUBECONFIG.flag(),
          e);
    } catch (IOException e) {
      throw new CommandFailedException("The credentials in " + from + " cannot be read: " + e, e);
    }
  }
}
