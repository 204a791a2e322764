package ai.a5c.krate.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * {@code krate hooks replay}: has the running server send webhooks again, and says line by line
 * which. Exits with 0 if everything was asked for, 1 if something could not be, 2 if the command
 * line makes no sense.
 */
final class HooksCommand {
  private final PrintStream out;
  private final PrintStream err;
  private final InstantSource clock;

  HooksCommand(PrintStream out, PrintStream err, InstantSource clock) {
    this.out = out;
    this.err = err;
    this.clock = clock;
  }

  int run(List<String> arguments, Map<String, String> environment) {
    if (!arguments.getFirst().equals("replay")) {
      err.println("There is no command hooks " + arguments.getFirst() + ". See: krate --help");
      return Main.USAGE;
    }
    List<String> rest = arguments.subList(1, arguments.size());
    return switch (ReplaySettings.read(rest, environment, clock.instant())) {
      case ReplaySettings.Outcome.Invalid(List<String> problems) -> {
        err.println("krate hooks replay makes no sense:");
        problems.forEach(problem -> err.println("- " + problem));
        err.println("See: krate hooks replay --help");
        yield Main.USAGE;
      }
      case ReplaySettings.Outcome.Valid(ReplaySettings settings) -> attempt(settings);
    };
  }

  private int attempt(ReplaySettings settings) {
    try (AdminEndpoint server = TokenClient.endpoint(settings.dataFolder())) {
      try {
        return replay(settings, new Replays(server, settings));
      } catch (UncheckedIOException | IOException e) {
        IOException why =
            e instanceof UncheckedIOException unchecked
                ? Objects.requireNonNullElse(unchecked.getCause(), new IOException(e))
                : (IOException) e;
        throw TokenClient.unreachable(server.url(), settings.dataFolder(), why);
      }
    } catch (CommandFailedException e) {
      err.println("krate hooks replay: " + e.getMessage());
      return Main.FAILED;
    }
  }

  private int replay(ReplaySettings settings, Replays replays) throws IOException {
    Replays.Found found =
        settings.delivery().isEmpty()
            ? replays.inSpan()
            : new Replays.Found(List.of(settings.delivery()), 0);
    int asked = 0;
    try {
      for (String original : found.names()) {
        out.println(replays.replay(original) + " replays " + original);
        asked++;
      }
    } finally {
      // Also when it breaks off: what was asked for is on its way.
      out.println(summary(settings, found, asked));
    }
    return 0;
  }

  private static String summary(ReplaySettings settings, Replays.Found found, int asked) {
    String span =
        settings.delivery().isEmpty()
            ? " made from " + settings.since() + " to " + settings.until()
            : "";
    String left =
        found.unfinished() == 0
            ? ""
            : " " + found.unfinished() + " are not finished yet and were left out.";
    return asked + " of " + found.names().size() + " deliveries" + span + " are replayed." + left;
  }
}
