package ai.a5c.krate.benchmarks;

import ai.a5c.krate.api.meta.Bytes;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.eclipse.jgit.lib.ObjectId;

/**
 * The same push by turns into a repository that nothing protects and into one all of whose branches
 * ten BranchProtections protect.
 */
final class ProtectionBenchmark implements Benchmark {
  private static final String NAME = "rules";
  private static final int PROTECTIONS = 10;
  private static final String README = "The web site.\n";
  private static final String FREE = "free";
  private static final String GUARDED = "guarded";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String about() {
    return "what ten branch protections add to a durable push; 5 ms at most";
  }

  @Override
  public List<Row> run(Lab lab) throws InterruptedException {
    try {
      ApiClient api = lab.api();
      String namespace = api.organization(NAME);
      Turn free = new Turn(api, namespace, FREE, lab.scale().measure());
      Turn guarded = new Turn(api, namespace, GUARDED, lab.scale().measure());
      for (int i = 0; i < PROTECTIONS; i++) {
        protect(api, namespace, i);
      }
      long begin = System.nanoTime() + lab.scale().warmUp().toNanos();
      long end = begin + 2 * lab.scale().measure().toNanos();
      for (long now = System.nanoTime(); now - end < 0; now = System.nanoTime()) {
        boolean measured = now - begin >= 0;
        free.push(measured);
        guarded.push(measured);
      }
      Sample without = free.sample();
      Sample with = guarded.sample();
      return List.of(
          Row.of("push a new branch, 1 client, nothing protected", text(without), ""),
          new Row(
              "push a new branch, 1 client, " + PROTECTIONS + " protections",
              text(with),
              "without them, by turns: " + without.latencies(),
              "median difference " + difference(free, guarded)));
    } catch (IOException e) {
      throw new BenchmarkFailedException("pushing: " + e.getMessage(), e);
    }
  }

  /**
   * Of pushes that followed each other, so that what else the machine does counts on both sides.
   */
  private static String difference(Turn free, Turn guarded) {
    int count = Math.min(free.latencies.size(), guarded.latencies.size());
    long[] differences =
        IntStream.range(0, count)
            .mapToLong(i -> guarded.latencies.get(i) - free.latencies.get(i))
            .sorted()
            .toArray();
    long median = differences[count / 2];
    return (median < 0 ? "-" : "+") + Numbers.millis(Math.abs(median));
  }

  private static String text(Sample sample) {
    return "**" + sample.latencies() + "**";
  }

  /** One that every branch matches, that asks for all that can be asked of a push that passes. */
  private static void protect(ApiClient api, String namespace, int number)
      throws IOException, InterruptedException {
    String created =
        api.create(
            ApiClient.CONFIGURATION + "namespaces/" + namespace + "/branchprotections",
            """
            {"apiVersion":"config.krate.a5c.ai/v1alpha1","kind":"BranchProtection",\
            "metadata":{"name":"rule-%d"},"spec":{"repositories":["%s"],\
            "branches":["main","release/*","hotfix/**","**"],"requirePullRequest":false,\
            "requireLinearHistory":true,\
            "pushers":[{"kind":"Group","name":"release-%d"},\
            {"kind":"Group","name":"system:masters"}]}}\
            """
                .formatted(number, GUARDED, number));
    if (created.isEmpty()) {
      throw new BenchmarkFailedException("a protection was created without an answer");
    }
  }

  /** A repository that is pushed to by turns, and how long each push took. */
  private static final class Turn {
    private final GitClient client;
    private final String name;
    private final ObjectId main;
    private final Duration time;
    private final List<Long> latencies = new ArrayList<>();
    private int pushes;

    Turn(ApiClient api, String namespace, String name, Duration time)
        throws IOException, InterruptedException {
      api.repository(namespace, name);
      this.client = new GitClient(api.http(), api.uri("/" + NAME + "/" + name + ".git"));
      this.name = name;
      this.time = time;
      var builder = new PackBuilder();
      this.main = builder.root(README);
      client.push(Map.of("main", main), builder.pack());
    }

    void push(boolean measured) throws IOException, InterruptedException {
      String branch = name + "-" + pushes++;
      var builder = new PackBuilder();
      ObjectId commit = builder.child(main, README, branch, branch + "\n");
      Bytes pack = builder.pack();
      long begin = System.nanoTime();
      client.push(Map.of(branch, commit), pack);
      if (measured) {
        latencies.add(System.nanoTime() - begin);
      }
    }

    Sample sample() {
      return Sample.of(latencies.stream().mapToLong(Long::longValue), time.toNanos());
    }
  }
}
