package ai.a5c.krate.cli;

import java.io.PrintStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** The entry point of {@code krate}. */
public final class Main {
  /** Something went wrong that is not the caller's doing. */
  static final int FAILED = 1;

  /** The command line or a variable makes no sense. */
  static final int USAGE = 2;

  private Main() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] arguments) {
    long begunAt = System.nanoTime();
    Logs.prepare();
    int code = run(List.of(arguments), System.getenv(), System.out, System.err, begunAt);
    System.exit(code);
  }

  static int run(
      List<String> arguments,
      Map<String, String> environment,
      PrintStream out,
      PrintStream err,
      long begunAt) {
    String command = arguments.isEmpty() ? "--help" : arguments.getFirst();
    List<String> rest = arguments.isEmpty() ? List.of() : arguments.subList(1, arguments.size());
    return switch (command) {
      case "--help", "-h", "help" -> print(out, Help.overview());
      case "version", "--version" -> print(out, "krate " + Release.version() + "\n");
      case "serve" ->
          wantsHelp(rest)
              ? print(out, Help.serve())
              : new ServeCommand(out, err).run(rest, environment, begunAt);
      case "token" -> token(Usage.TOKEN, rest, environment, out, err);
      case "kubeconfig" -> token(Usage.KUBECONFIG, rest, environment, out, err);
      case "git-credential" -> token(Usage.GIT_CREDENTIAL, rest, environment, out, err);
      case "logs" ->
          wantsHelp(rest)
              ? print(out, Help.of(Usage.LOGS))
              : new LogsCommand(out, err).run(rest, environment);
      case "audit" -> audit(rest, environment, out, err);
      case "hooks" -> hooks(rest, environment, out, err);
      case "reference" -> print(out, Help.reference());
      default -> {
        err.println("There is no command " + command + ". See: krate --help");
        yield USAGE;
      }
    };
  }

  private static int token(
      Usage usage,
      List<String> arguments,
      Map<String, String> environment,
      PrintStream out,
      PrintStream err) {
    return wantsHelp(arguments)
        ? print(out, Help.of(usage))
        : new TokenCommand(System.in, out, err).run(usage, arguments, environment);
  }

  private static int audit(
      List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
    if (wantsHelp(arguments)) {
      return print(out, Help.of(Usage.AUDIT_VERIFY));
    }
    return new AuditCommand(out, err).run(arguments, environment);
  }

  private static int hooks(
      List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
    if (arguments.isEmpty() || wantsHelp(arguments)) {
      return print(out, Help.of(Usage.HOOKS_REPLAY));
    }
    return new HooksCommand(out, err, InstantSource.system()).run(arguments, environment);
  }

  private static boolean wantsHelp(List<String> arguments) {
    return arguments.contains("--help") || arguments.contains("-h");
  }

  private static int print(PrintStream out, String text) {
    out.print(text);
    out.flush();
    return 0;
  }
}
