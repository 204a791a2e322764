package ai.a5c.krate.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jgit.lib.ObjectId;

/**
 * How long the processes of a step live once nobody wants them: from {@code canceled: true}, and
 * from the death of the server, until the host has none of them any more.
 */
final class EndBenchmark implements Benchmark {
  private static final int PROCESSES = 2;
  private static final String ORGANIZATION = "ends";
  private static final String PATH = ".krate/workflows/build.yaml";
  private static final String CANCELED = "{\"spec\":{\"canceled\":true}}";
  private static final Duration FUSE = Duration.ofMinutes(2);
  private static final Duration LOOK = Duration.ofMillis(5);

  /** What the processes sleep for, in seconds, by which they are known on the whole host. */
  private static final String MARK = "86400." + ProcessHandle.current().pid();

  private static final String OBEDIENT =
      "sh -c \"exec sleep %1$s\" & exec sleep %1$s".formatted(MARK);

  /** Both ignore what asks them to end, and one has left its session and its parent. */
  private static final String STUBBORN =
      ("trap \"\" TERM INT HUP; (setsid sleep %1$s </dev/null >/dev/null 2>&1 &);"
              + " exec sleep %1$s")
          .formatted(MARK);

  private final AtomicInteger names = new AtomicInteger();

  @Override
  public String name() {
    return "ends";
  }

  @Override
  public String about() {
    return "until the processes of a canceled step are gone, and those of a server that died; 5 s and"
        + " 10 s at most";
  }

  @Override
  public List<Row> run(Lab lab) throws InterruptedException {
    Path data = lab.fresh("ends");
    List<ProcessHandle> left = new ArrayList<>();
    try {
      List<Row> rows = new ArrayList<>();
      try (ServerProcess server = ServerProcess.serve(data);
          ApiClient api = new ApiClient(server.url(), data)) {
        String namespace = found(api);
        int turns = lab.scale().cancels();
        rows.add(canceled(api, namespace, "obedient", turns));
        // Each takes as long as it may.
        rows.add(canceled(api, namespace, "stubborn", turns / 2));
      }
      rows.add(killed(data, lab.scale().starts(), left));
      return rows;
    } catch (IOException e) {
      throw new BenchmarkFailedException("ending steps: " + e.getMessage(), e);
    } finally {
      left.forEach(ProcessHandle::destroyForcibly);
    }
  }

  private static String found(ApiClient api) throws IOException, InterruptedException {
    String namespace = api.organization(ORGANIZATION);
    api.repository(namespace, "web");
    var unused =
        api.create(
            ApiClient.CONFIGURATION + "namespaces/" + namespace + "/runnerpools",
            """
            {"apiVersion":"config.krate.a5c.ai/v1alpha1","kind":"RunnerPool",\
            "metadata":{"name":"trusted"},\
            "spec":{"trustTier":"Trusted","executor":"Process","warmReplicas":1}}""");
    var git = new GitClient(api.http(), api.uri("/" + ORGANIZATION + "/web.git"));
    for (Map.Entry<String, String> script :
        Map.of("obedient", OBEDIENT, "stubborn", STUBBORN).entrySet()) {
      var pack = new PackBuilder();
      ObjectId commit =
          pack.rootAt(
              PATH,
              """
              apiVersion: krate.a5c.ai/v1alpha1
              kind: Workflow
              metadata: {name: build}
              spec:
                on: {manual: {}}
                steps:
                - name: sleep
                  script: '%s'
              """
                  .formatted(script.getValue()));
      git.push(Map.of(script.getKey(), commit), pack.pack());
    }
    return namespace;
  }

  private Row canceled(ApiClient api, String namespace, String branch, int turns)
      throws IOException, InterruptedException {
    List<Long> took = new ArrayList<>();
    for (int i = 0; i < turns; i++) {
      String pipeline = started(api, namespace, branch);
      long begin = System.nanoTime();
      if (api.patch(pipeline, CANCELED) != 200) {
        throw new BenchmarkFailedException("a pipeline could not be canceled");
      }
      await(0);
      took.add(System.nanoTime() - begin);
    }
    return row("cancel to last process gone, " + branch + " step", took);
  }

  /**
   * Each server finds what the one before it left behind; the last one ends as it should.
   *
   * @param left what has to be ended if no further server starts
   */
  private Row killed(Path data, int times, List<ProcessHandle> left)
      throws IOException, InterruptedException {
    List<Long> took = new ArrayList<>();
    String before = "";
    while (took.size() < times || !before.isEmpty()) {
      try (ServerProcess server = ServerProcess.serve(data);
          ApiClient api = new ApiClient(server.url(), data)) {
        left.clear();
        if (!before.isEmpty()) {
          cancel(api, before);
          before = "";
        }
        if (took.size() < times) {
          before = started(api, "krate-org-" + ORGANIZATION, "stubborn");
          left.addAll(server.handle().descendants().toList());
          long begin = System.nanoTime();
          server.kill();
          await(0);
          took.add(System.nanoTime() - begin);
        }
      }
    }
    return row("kill -9 of the server to last process gone, stubborn step", took);
  }

  private static void cancel(ApiClient api, String pipeline)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    while (!ApiClient.json(api.get(pipeline))
        .getJsonObject("status")
        .getString("phase")
        .equals("Canceled")) {
      // What has begun again meanwhile is canceled, too.
      int unused = api.patch(pipeline, CANCELED);
      pause(begin, "a canceled pipeline has not ended");
    }
  }

  /** A pipeline whose processes all run; its path. */
  private String started(ApiClient api, String namespace, String branch)
      throws IOException, InterruptedException {
    await(0);
    String name = "end-" + names.incrementAndGet();
    String path = ApiClient.RECORDS + "namespaces/" + namespace + "/pipelines";
    var unused =
        api.create(
            path,
            """
            {"apiVersion":"krate.a5c.ai/v1alpha1","kind":"Pipeline","metadata":{"name":"%s"},\
            "spec":{"repository":"web","ref":"refs/heads/%s","workflow":"%s"}}"""
                .formatted(name, branch, PATH));
    await(PROCESSES);
    return path + "/" + name;
  }

  private static Row row(String load, List<Long> took) {
    Sample sample = Sample.of(took.stream().mapToLong(Long::longValue), 1);
    return Row.of(
        load,
        "**p50 %s, max %s** of %d"
            .formatted(
                Numbers.millis(sample.quantile(0.5)),
                Numbers.millis(sample.quantile(1)),
                sample.count()),
        "");
  }

  private static void await(int processes) throws IOException {
    long begin = System.nanoTime();
    int there = marked();
    while (there != processes) {
      pause(begin, "there are " + there + " processes and not " + processes);
      there = marked();
    }
  }

  private static void pause(long begin, String otherwise) {
    if (System.nanoTime() - begin > FUSE.toNanos()) {
      throw new BenchmarkFailedException(otherwise + " after " + FUSE);
    }
    LockSupport.parkNanos(LOOK.toNanos());
  }

  /** How many processes of the host sleep for just that long. */
  private static int marked() throws IOException {
    int count = 0;
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
      for (Path process : processes) {
        if (isMarked(process)) {
          count++;
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return count;
  }

  private static boolean isMarked(Path process) {
    try {
      String command =
          new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.ISO_8859_1);
      return command.equals("sleep\0" + MARK + "\0");
    } catch (IOException e) {
      return false; // It has ended meanwhile.
    }
  }
}
