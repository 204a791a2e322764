package ai.a5c.krate.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the command line asks for.
 *
 * @param benchmarks those to run, in their own order
 * @param folder where the servers' data is while they run; its disk is the one that is measured
 */
record Options(List<Benchmark> benchmarks, Duration measure, Path folder) {
  private static final int LONGEST = 20;

  Options {
    benchmarks = List.copyOf(benchmarks);
  }

  /** What became of reading the command line. */
  sealed interface Outcome {
    /** It can be run. */
    record Valid(Options options) implements Outcome {}

    /** Only the help is wanted. */
    record Help() implements Outcome {}

    /** It cannot be run; every reason is named. */
    record Invalid(List<String> problems) implements Outcome {
      public Invalid {
        problems = List.copyOf(problems);
      }
    }
  }

  static Outcome read(List<String> arguments) {
    List<String> names = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    Duration measure = Duration.ofSeconds(3);
    Path folder = Path.of(".");
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.equals("--help") || argument.equals("-h")) {
        return new Outcome.Help();
      }
      if (argument.equals("--seconds") || argument.equals("--folder")) {
        i++;
        if (i == arguments.size()) {
          problems.add(argument + " wants a value");
        } else if (argument.equals("--folder")) {
          folder = Path.of(arguments.get(i));
        } else {
          measure = seconds(arguments.get(i), problems).orElse(measure);
        }
      } else if (Benchmark.all().stream().anyMatch(b -> b.name().equals(argument))) {
        names.add(argument);
      } else {
        problems.add("there is no benchmark \"" + argument + "\"");
      }
    }
    if (!problems.isEmpty()) {
      return new Outcome.Invalid(problems);
    }
    List<Benchmark> chosen =
        Benchmark.all().stream().filter(b -> names.isEmpty() || names.contains(b.name())).toList();
    return new Outcome.Valid(new Options(chosen, measure, folder));
  }

  private static Optional<Duration> seconds(String text, List<String> problems) {
    try {
      int seconds = Integer.parseInt(text);
      if (seconds >= 1 && seconds <= LONGEST) {
        return Optional.of(Duration.ofSeconds(seconds));
      }
    } catch (NumberFormatException e) {
      // Said below, as for a number out of bounds.
    }
    problems.add("--seconds: \"" + text + "\" is no number from 1 to " + LONGEST);
    return Optional.empty();
  }

  static String help() {
    var help =
        new StringBuilder(
            """
            Measures Krate on this machine, each figure beside a peer or the physical limit.

              ./benchmark [--seconds N] [--folder FOLDER] [NAME...]

            --seconds N       how long each load is measured, 1 to 20 (3)
            --folder FOLDER   where the data is while it runs; its disk is what is measured

            Without a name, all of these run:

            """);
    for (Benchmark benchmark : Benchmark.all()) {
      help.append(String.format("%-15s%s%n", benchmark.name(), benchmark.about()));
    }
    return help.toString();
  }
}
