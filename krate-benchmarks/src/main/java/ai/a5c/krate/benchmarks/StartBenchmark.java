package ai.a5c.krate.benchmarks;

import ai.a5c.krate.spi.database.Database;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;

/** From the start of the process until the server answers that it is ready. */
final class StartBenchmark implements Benchmark {
  @Override
  public String name() {
    return "start";
  }

  @Override
  public String about() {
    return "from the start of the process until it says that it is ready, and is";
  }

  @Override
  public List<Row> run(Lab lab) throws InterruptedException {
    Path data = lab.fresh("start");
    Path alone = lab.fresh("alone");
    long jvm = idle(lab);
    long cold = ready(data);
    long coldDatabase = database(alone);
    int starts = lab.scale().starts();
    long warm = median(starts, () -> ready(data));
    long warmDatabase = median(starts, () -> database(alone));
    String beside = "embedded PostgreSQL alone %s; a JVM that does nothing %s";
    return List.of(
        Row.of(
            "start with an empty data folder",
            "**" + Numbers.seconds(cold) + "**",
            beside.formatted(Numbers.seconds(coldDatabase), Numbers.seconds(jvm))),
        Row.of(
            "start again, median of " + starts,
            "**" + Numbers.seconds(warm) + "**",
            beside.formatted(Numbers.seconds(warmDatabase), Numbers.seconds(jvm))));
  }

  @FunctionalInterface
  private interface Timed {
    long nanos() throws InterruptedException;
  }

  private static long median(int times, Timed timed) throws InterruptedException {
    LongStream.Builder all = LongStream.builder();
    for (int i = 0; i < times; i++) {
      all.add(timed.nanos());
    }
    return Sample.of(all.build(), 1).quantile(0.5);
  }

  private static long ready(Path data) throws InterruptedException {
    long begun = System.nanoTime();
    try (ServerProcess server = ServerProcess.serve(data);
        ApiClient api = new ApiClient(server.url(), data)) {
      long said = System.nanoTime() - begun;
      api.get("/readyz");
      return said;
    } catch (IOException e) {
      throw new BenchmarkFailedException("a server that said it was ready is not: " + e, e);
    }
  }

  private static long database(Path folder) {
    long begun = System.nanoTime();
    try (Database database = PeerDatabase.database(folder)) {
      long took = System.nanoTime() - begun;
      if (database.processId() <= 0) {
        throw new BenchmarkFailedException("the database has no process");
      }
      return took;
    }
  }

  private static long idle(Lab lab) {
    try (ServerProcess process = ServerProcess.idle(lab.fresh("idle"))) {
      return process.startNanos();
    }
  }
}
