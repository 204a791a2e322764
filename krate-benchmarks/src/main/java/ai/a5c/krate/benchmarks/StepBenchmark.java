package ai.a5c.krate.benchmarks;

import ai.a5c.krate.api.config.RunnerPool;
import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.spi.executor.ExecutorProvider;
import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.spi.executor.RunnerTerms;
import ai.a5c.krate.spi.executor.Step;
import ai.a5c.krate.spi.executor.StepEnd;
import ai.a5c.krate.spi.executor.StepExecutor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.LongSupplier;

/**
 * From asking for a step to its first byte, isolated and not, by turns; and how fast bytes come.
 */
final class StepBenchmark implements Benchmark {
  private static final int TURNS = 60;
  private static final int COLD = 15;
  private static final long MIB = 1L << 20;
  private static final long LOG = 512 * MIB;
  private static final int BUFFER = 1 << 16;
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final RunnerTerms TERMS =
      new RunnerTerms(TrustTier.UNTRUSTED, false, 256 * MIB, 64 * MIB, 128);

  @Override
  public String name() {
    return "steps";
  }

  @Override
  public String about() {
    return "how long an isolated step takes to start; 50 ms over the bare process at most";
  }

  @Override
  public List<Row> run(Lab lab) throws InterruptedException {
    ExecutorProvider provider =
        ServiceLoader.load(ExecutorProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(p -> p.executor() == RunnerPool.Executor.PROCESS)
            .findFirst()
            .orElseThrow(() -> new BenchmarkFailedException("there is no executor"));
    try (StepExecutor executor = provider.open(lab.fresh("runners"))) {
      Optional<String> obstacle = executor.obstacle(TERMS.tier());
      if (obstacle.isPresent()) {
        throw new BenchmarkFailedException(obstacle.get());
      }
      return measured(executor);
    } catch (IOException e) {
      throw new BenchmarkFailedException("running steps: " + e.getMessage(), e);
    }
  }

  private static List<Row> measured(StepExecutor executor)
      throws IOException, InterruptedException {
    List<Long> bare = new ArrayList<>();
    List<Long> warm = new ArrayList<>();
    List<Long> cold = new ArrayList<>();
    double rate;
    try (Runner runner = executor.start("warm", TERMS)) {
      for (int i = 0; i < TURNS; i++) {
        bare.add(bare());
        warm.add(first(runner));
      }
      long begin = System.nanoTime();
      end(runner, "head -c " + LOG + " /dev/zero", OutputStream.nullOutputStream());
      rate = LOG * 1e9 / (System.nanoTime() - begin);
    }
    for (int i = 0; i < COLD; i++) {
      long begin = System.nanoTime();
      try (Runner runner = executor.start("cold", TERMS)) {
        long ready = System.nanoTime() - begin;
        cold.add(ready + first(runner));
      }
    }
    Sample plain = sample(bare);
    long over = sample(warm).quantile(0.5) - plain.quantile(0.5);
    String beside = "the bare process, by turns: " + plain.latencies();
    return List.of(
        new Row(
            "first byte of a step on a warm runner",
            "**" + sample(warm).latencies() + "**",
            beside,
            "median +" + Numbers.millis(over)),
        Row.of(
            "first byte of a step on a new runner", "**" + sample(cold).latencies() + "**", beside),
        Row.of("output of a step", "**" + Numbers.mebibytes((long) rate) + "/s**", ""));
  }

  private static Sample sample(List<Long> latencies) {
    return Sample.of(latencies.stream().mapToLong(Long::longValue), 1);
  }

  private static long first(Runner runner) throws IOException, InterruptedException {
    var log = new FirstByte();
    end(runner, "echo began", log);
    return log.getAsLong();
  }

  private static void end(Runner runner, String script, OutputStream log)
      throws IOException, InterruptedException {
    StepEnd end = runner.run(new Step(script, Map.of(), "", Map.of(), LONG), log);
    if (!end.equals(new StepEnd.Exited(0))) {
      throw new BenchmarkFailedException("the step ended: " + end);
    }
  }

  private static long bare() throws IOException, InterruptedException {
    long begin = System.nanoTime();
    Process process = new ProcessBuilder("/bin/sh", "-ec", "echo began").start();
    try (InputStream in = process.getInputStream()) {
      if (in.read(new byte[BUFFER]) < 0) {
        throw new BenchmarkFailedException("the bare process says nothing");
      }
      return System.nanoTime() - begin;
    } finally {
      if (process.waitFor() != 0) {
        process.destroyForcibly();
      }
    }
  }

  /** Knows when the first byte came, since it was made. */
  private static final class FirstByte extends OutputStream implements LongSupplier {
    private final long begin = System.nanoTime();
    private volatile long took;

    @Override
    public void write(int b) {
      if (took == 0) {
        took = System.nanoTime() - begin;
      }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      write(0);
    }

    @Override
    public long getAsLong() {
      return took;
    }
  }
}
