package ai.a5c.krate.cli;

import ai.a5c.krate.spi.token.IssuedToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code krate token}, {@code krate kubeconfig} and {@code krate git-credential}: ask the running
 * server for a token with the credentials of its data folder, and print it in three forms.
 */
final class TokenCommand {
  private final InputStream in;
  private final PrintStream out;
  private final PrintStream err;

  TokenCommand(InputStream in, PrintStream out, PrintStream err) {
    this.in = in;
    this.out = out;
    this.err = err;
  }

  /** Runs one of the commands; on standard output is what was asked for, or nothing. */
  int run(Usage usage, List<String> arguments, Map<String, String> environment) {
    List<String> flags = arguments;
    Optional<String> operation = Optional.empty();
    if (!usage.arguments().isEmpty()) {
      // Git puts it behind whatever its user has configured.
      operation = arguments.isEmpty() ? operation : Optional.of(arguments.getLast());
      flags = arguments.isEmpty() ? arguments : arguments.subList(0, arguments.size() - 1);
    }
    return switch (ClientSettings.read(usage, flags, environment)) {
      case ClientSettings.Outcome.Invalid(List<String> problems) -> {
        err.println("krate " + usage.name() + " makes no sense:");
        problems.forEach(problem -> err.println("- " + problem));
        err.println("See: krate " + usage.name() + " --help");
        yield Main.USAGE;
      }
      case ClientSettings.Outcome.Valid(ClientSettings settings) ->
          attempt(usage, settings, operation.orElse(""));
    };
  }

  private int attempt(Usage usage, ClientSettings settings, String operation) {
    try {
      String text =
          usage.equals(Usage.GIT_CREDENTIAL)
              ? credential(settings, operation)
              : printed(usage, settings);
      out.print(text);
      out.flush();
      return 0;
    } catch (CommandFailedException e) {
      err.println("krate " + usage.name() + ": " + e.getMessage());
      return Main.FAILED;
    } catch (IOException e) {
      err.println("krate " + usage.name() + ": git's question cannot be read: " + e.getMessage());
      return Main.FAILED;
    }
  }

  private static String printed(Usage usage, ClientSettings settings) {
    try (TokenClient admin = TokenClient.open(settings.dataFolder())) {
      IssuedToken issued = admin.token(settings);
      return usage.equals(Usage.KUBECONFIG)
          ? new Kubeconfig(admin.url().toString(), admin.authorityPem())
              .withToken(settings.user(), issued.token())
          : issued.token().revealText() + "\n";
    }
  }

  /** Git forgets and keeps nothing here, since every token is a fresh one. */
  private String credential(ClientSettings settings, String operation) throws IOException {
    if (!operation.equals("get")) {
      return "";
    }
    GitCredential asked = GitCredential.read(in);
    try (TokenClient admin = TokenClient.open(settings.dataFolder())) {
      return asked.isFor(admin.url())
          ? GitCredential.answer(settings.user(), admin.token(settings))
          : "";
    }
  }
}
