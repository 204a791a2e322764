package ai.a5c.krate.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What {@code krate logs} is told.
 *
 * @param name of a pipeline or a job
 * @param kind whose name it is; empty if it was not said
 * @param namespace empty if it was not said
 * @param attempt of a job; empty for the last one
 * @param kubeconfig instead of the data folder
 */
record LogSettings(
    String name,
    Optional<String> kind,
    Optional<String> namespace,
    boolean follow,
    OptionalInt attempt,
    long sinceBytes,
    Optional<Path> kubeconfig,
    Path dataFolder) {
  static final String PIPELINES = "pipelines";
  static final String JOBS = "jobs";

  static final Setting<String> NAMESPACE =
      new Setting<>(
          "namespace",
          "NAME",
          null,
          "The namespace, also -n; where there is one of that name alone, it need not be given.",
          LogSettings::plain);

  static final Setting<Boolean> FOLLOW =
      new Setting<>(
          "follow",
          "",
          "false",
          "Goes on until the end of the job, or of the pipeline; also -f.",
          Boolean::parseBoolean);

  static final Setting<Integer> ATTEMPT =
      new Setting<>(
          "attempt",
          "NUMBER",
          null,
          "Which attempt of a job, from 1; the last one if not given.",
          text -> Math.toIntExact(number(text, 1)));

  static final Setting<Long> SINCE_BYTES =
      new Setting<>(
          "since-bytes",
          "NUMBER",
          "0",
          "How many bytes of the log of a job to leave out.",
          text -> number(text, 0));

  static final Setting<Path> KUBECONFIG =
      new Setting<>(
          "kubeconfig",
          "FILE",
          null,
          "Asks the server and as the person of a kubeconfig that holds its certificates itself, instead"
              + " of those of the data folder.",
          Path::of);

  /** What became of reading them. */
  sealed interface Outcome {
    /** They can be used. */
    record Valid(LogSettings settings) implements Outcome {}

    /** They cannot; every reason is named. */
    record Invalid(List<String> problems) implements Outcome {
      public Invalid {
        problems = List.copyOf(problems);
      }
    }
  }

  private static final Map<String, String> KINDS =
      Map.of(
          "pipeline",
          PIPELINES,
          "pipelines",
          PIPELINES,
          "pl",
          PIPELINES,
          "job",
          JOBS,
          "jobs",
          JOBS);

  /** Reads a command line. The name may stand anywhere in it. */
  static Outcome read(List<String> arguments, Map<String, String> environment) {
    List<String> problems = new ArrayList<>();
    List<String> flags = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = lengthened(arguments.get(i));
      if (!argument.startsWith("-")) {
        names.add(argument);
        continue;
      }
      flags.add(argument);
      boolean valued =
          Usage.LOGS.settings().stream().anyMatch(s -> s.flag().equals(argument) && !s.isSwitch());
      if (valued && i + 1 < arguments.size()) {
        flags.add(arguments.get(++i));
      }
    }
    Map<Setting<?>, String> written = new LinkedHashMap<>();
    Flags.read(Usage.LOGS.settings(), setting -> false, flags, problems)
        .forEach((setting, texts) -> written.put(setting, texts.getFirst()));
    if (names.isEmpty()) {
      problems.addFirst("the name of a pipeline or a job is missing");
    }
    for (int i = 1; i < names.size(); i++) {
      problems.add("\"" + names.get(i) + "\" is not expected here: one name is enough");
    }
    if (!written.containsKey(Settings.DATA_DIR)) {
      String named = environment.get(Settings.DATA_DIR.variable());
      written.put(
          Settings.DATA_DIR, named == null ? String.valueOf(Settings.DATA_DIR.byDefault()) : named);
    }
    Optional<String> namespace = value(NAMESPACE, written, problems);
    Optional<Integer> attempt = value(ATTEMPT, written, problems);
    Optional<Long> since = value(SINCE_BYTES, written, problems);
    Optional<Path> kubeconfig = value(KUBECONFIG, written, problems);
    Optional<Path> folder = value(Settings.DATA_DIR, written, problems);
    Optional<Boolean> follow = value(FOLLOW, written, problems);
    String name = names.isEmpty() ? "" : names.getFirst();
    int slash = name.indexOf('/');
    String prefix = slash < 0 ? "" : name.substring(0, slash).replace(".krate.a5c.ai", "");
    Optional<String> kind = Optional.ofNullable(KINDS.get(prefix));
    name = name.substring(slash + 1);
    if (slash >= 0 && kind.isEmpty()) {
      problems.add("\"" + prefix + "\" has no log: pipeline/NAME or job/NAME");
    }
    if (!names.isEmpty() && !name.matches("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")) {
      problems.add("\"" + name + "\" is no name of an object");
    }
    if (!problems.isEmpty() || folder.isEmpty()) {
      return new Outcome.Invalid(problems);
    }
    return new Outcome.Valid(
        new LogSettings(
            name,
            kind,
            namespace,
            follow.orElse(false),
            attempt.map(OptionalInt::of).orElseGet(OptionalInt::empty),
            since.orElse(0L),
            kubeconfig,
            folder.get()));
  }

  private static String lengthened(String argument) {
    return switch (argument) {
      case "-n" -> NAMESPACE.flag();
      case "-f" -> FOLLOW.flag();
      default -> argument;
    };
  }

  private static <T> Optional<T> value(
      Setting<T> setting, Map<Setting<?>, String> written, List<String> problems) {
    String text = written.get(setting);
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(setting.parser().parse(text));
    } catch (IllegalArgumentException | ArithmeticException e) {
      problems.add(setting.flag() + ": \"" + text + "\" is " + e.getMessage());
      return Optional.empty();
    }
  }

  private static long number(String text, long least) {
    if (!text.matches("[0-9]{1,9}") || Long.parseLong(text) < least) {
      throw new IllegalArgumentException("no whole number from " + least + " to 999999999");
    }
    return Long.parseLong(text);
  }

  private static String plain(String text) {
    if (!text.matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")) {
      throw new IllegalArgumentException("no name of a namespace");
    }
    return text;
  }
}
