package ai.a5c.krate.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** From the answer to a create until watchers have read its event. */
final class WatchBenchmark implements Benchmark {
  private static final int WRITERS = 8;

  @Override
  public String name() {
    return "watch";
  }

  @Override
  public String about() {
    return "from the answer to a commit until watchers have read its event";
  }

  @Override
  public List<Row> run(Lab lab) throws InterruptedException {
    Scale scale = lab.scale();
    ApiClient api = lab.api();
    try {
      String namespace = api.organization("watched");
      api.repository(namespace, "web");
      var rows = new ArrayList<Row>();
      String peer =
          lab.peer().notifications(scale.commitsPerSecond(), scale.warmUp(), scale.measure());
      for (int watchers : new int[] {1, scale.watchers()}) {
        var times =
            new EventTimes(
                EventTimes.capacity(scale.commitsPerSecond(), scale.warmUp().plus(scale.measure())),
                watchers);
        Measured krate = measure(api, namespace, "w" + watchers + "-", watchers, scale, times);
        rows.add(
            Row.of(
                "commits paced at %s a second, %d watching"
                    .formatted(scale.commitsPerSecond(), watchers),
                "%s; the commits themselves %s, %s"
                    .formatted(
                        krate.events(),
                        Numbers.rate(krate.commits().perSecond()),
                        krate.commits().latencies()),
                "PostgreSQL's NOTIFY and LISTEN, 1 listener: " + peer));
      }
      return rows;
    } catch (IOException e) {
      throw new BenchmarkFailedException("the API: " + e.getMessage(), e);
    }
  }

  private record Measured(String events, Sample commits) {}

  private static Measured measure(
      ApiClient api, String namespace, String prefix, int watchers, Scale scale, EventTimes times)
      throws IOException, InterruptedException {
    String path = ApiClient.RECORDS + "namespaces/" + namespace + "/issues";
    String revision =
        ApiClient.json(api.get(path + "?limit=1"))
            .getJsonObject("metadata")
            .getString("resourceVersion");
    String watch = path + "?watch=1&resourceVersion=" + revision;
    var streams = new ArrayList<InputStream>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        for (int i = 0; i < watchers; i++) {
          int watcher = i;
          InputStream stream = api.watch(watch);
          streams.add(stream);
          threads.execute(() -> read(stream, prefix, watcher, times));
        }
        Sample commits =
            Load.paced(
                WRITERS,
                scale.commitsPerSecond(),
                scale.warmUp(),
                scale.measure(),
                (client, number) -> {
                  int event = times.next();
                  String name = "\"name\":\"" + prefix + event + "\"";
                  api.create(path, ApiClient.issue(name, "web"));
                  times.answered(event);
                });
        return new Measured(times.text(scale.warmUp()), commits);
      } finally {
        for (InputStream stream : streams) {
          stream.close();
        }
      }
    }
  }

  private static void read(InputStream stream, String prefix, int watcher, EventTimes times) {
    Pattern name = Pattern.compile("\"name\":\"" + Pattern.quote(prefix) + "(\\d+)\"");
    try (var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.US_ASCII))) {
      for (String line; (line = lines.readLine()) != null; ) {
        Matcher matcher = name.matcher(line);
        if (matcher.find()) {
          times.seen(watcher, Integer.parseInt(matcher.group(1)));
        }
      }
    } catch (IOException e) {
      // The watch was closed; an event that it did not see is found missing.
    }
  }
}
