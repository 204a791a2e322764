package ai.a5c.krate.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@code ./benchmark}: runs benchmarks and prints one table. */
public final class Main {
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private Main() {}

  public static void main(String[] arguments) {
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    var err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
    System.exit(run(List.of(arguments), out, err));
  }

  static int run(List<String> arguments, PrintStream out, PrintStream err) {
    return switch (Options.read(arguments)) {
      case Options.Outcome.Help() -> {
        out.print(Options.help());
        yield 0;
      }
      case Options.Outcome.Invalid(List<String> problems) -> {
        problems.forEach(err::println);
        err.println("See: ./benchmark --help");
        yield USAGE;
      }
      case Options.Outcome.Valid(Options options) -> run(options, out, err);
    };
  }

  private static int run(Options options, PrintStream out, PrintStream err) {
    try (Lab lab = Lab.open(options.folder(), Scale.standard(options.measure()))) {
      Thread closing = Thread.ofPlatform().unstarted(lab::close);
      Runtime.getRuntime().addShutdownHook(closing);
      try {
        return run(options.benchmarks(), lab, out, err);
      } finally {
        forget(closing);
      }
    } catch (IOException e) {
      err.println("The folder " + options.folder() + " cannot be used: " + e);
      return FAILED;
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is being ended: the hook closes the laboratory.
    }
  }

  /** Prints the facts of the machine, and a line for each figure as soon as it is known. */
  static int run(List<Benchmark> benchmarks, Lab lab, PrintStream out, PrintStream err) {
    Machine.facts(lab.disk()).forEach(fact -> out.println("- " + fact));
    out.println();
    out.println(
        Table.head(
            List.of(
                "Benchmark",
                "Load",
                "Krate",
                "Beside it, in the same run",
                "Krate / it",
                "Load average")));
    int code = 0;
    for (Benchmark benchmark : benchmarks) {
      err.println("(" + benchmark.name() + ": " + benchmark.about() + ")");
      long begun = System.nanoTime();
      List<Row> rows;
      try {
        rows = benchmark.run(lab);
      } catch (BenchmarkFailedException e) {
        rows = List.of(Row.of("failed", e.getMessage() == null ? "" : e.getMessage(), ""));
        code = FAILED;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return FAILED;
      }
      rows.forEach(row -> out.println(Table.line(cells(benchmark, row))));
      err.printf(
          Locale.ROOT,
          "(%s took %s)%n",
          benchmark.name(),
          Numbers.seconds(System.nanoTime() - begun));
    }
    return code;
  }

  private static List<String> cells(Benchmark benchmark, Row row) {
    var cells = new ArrayList<String>();
    cells.add(benchmark.name());
    cells.addAll(List.of(row.load(), row.figure(), row.beside(), row.ratio()));
    cells.add(Machine.loadAverage());
    return cells;
  }
}
