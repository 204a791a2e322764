package ai.a5c.krate.benchmarks;

import java.util.List;

/** Something that is measured. */
interface Benchmark {
  /** The word that chooses it on the command line. */
  String name();

  /** One line about it. */
  String about();

  /**
   * Runs it.
   *
   * @throws BenchmarkFailedException if it has no figures
   */
  List<Row> run(Lab lab) throws InterruptedException;

  /** All of them, in the order in which they run. */
  static List<Benchmark> all() {
    return List.of(
        new StartBenchmark(),
        new MemoryBenchmark(),
        new CreateBenchmark(),
        new TogetherBenchmark(),
        new WatchBenchmark(),
        new MergeBenchmark(),
        new AuthorizationBenchmark(),
        new PolicyBenchmark(),
        new PushBenchmark(),
        new ProtectionBenchmark(),
        new LogBenchmark(),
        new StepBenchmark(),
        new EndBenchmark(),
        new HookBenchmark(),
        new HookedPushBenchmark());
  }
}
