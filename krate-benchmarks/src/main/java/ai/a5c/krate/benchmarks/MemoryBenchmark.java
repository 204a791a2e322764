package ai.a5c.krate.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The memory that a server and its PostgreSQL keep, before and after work. It comes before whatever
 * else uses the shared server.
 */
final class MemoryBenchmark implements Benchmark {
  @Override
  public String name() {
    return "memory";
  }

  @Override
  public String about() {
    return "resident memory of the server, idle after its start and after a load";
  }

  @Override
  public List<Row> run(Lab lab) throws InterruptedException {
    Scale scale = lab.scale();
    String beside = "a JVM that does nothing, with the same options: " + idle(lab);
    ServerProcess server = lab.server();
    ApiClient api = lab.api();
    try {
      rest(scale.warmUp().multipliedBy(2));
      Row fresh = Row.of("idle after the start", figure(server), beside);
      String namespace = api.organization("memory");
      api.repository(namespace, "web");
      String path = ApiClient.RECORDS + "namespaces/" + namespace + "/issues";
      String issue = ApiClient.issue("\"generateName\":\"web-\"", "web");
      Sample sample =
          Load.closed(
              scale.clients(),
              scale.warmUp(),
              scale.measure(),
              (client, number) -> api.create(path, issue));
      rest(scale.warmUp().multipliedBy(2));
      String load =
          "idle after %s of creates by %d clients (%s)"
              .formatted(
                  Numbers.seconds(scale.warmUp().plus(scale.measure()).toNanos()),
                  scale.clients(),
                  Numbers.rate(sample.perSecond()));
      return List.of(fresh, Row.of(load, figure(server), beside));
    } catch (IOException e) {
      throw new BenchmarkFailedException("the API: " + e.getMessage(), e);
    }
  }

  private static void rest(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
  }

  private static String figure(ServerProcess server) {
    long database = server.handle().descendants().mapToLong(Machine::proportionalBytes).sum();
    return "**%s** the server, %s its PostgreSQL"
        .formatted(
            Numbers.mebibytes(Machine.residentBytes(server.handle())), Numbers.mebibytes(database));
  }

  private static String idle(Lab lab) {
    try (ServerProcess process = ServerProcess.idle(lab.fresh("idle"))) {
      return Numbers.mebibytes(Machine.residentBytes(process.handle()));
    }
  }
}
