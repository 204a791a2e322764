package ai.a5c.krate.benchmarks;

import ai.a5c.krate.api.meta.Bytes;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jgit.lib.ObjectId;

/** Pushes that each create a branch with a commit of its own, into few and many refs. */
final class PushBenchmark implements Benchmark {
  private static final System.Logger LOGGER = System.getLogger(PushBenchmark.class.getName());

  /** The repositories: each begins without the packs that pushes into another one have left. */
  private static final String WARM = "warm";

  private static final String FEW = "few";
  private static final String MANY = "many";
  private static final String README = "The web site.\n";

  @Override
  public String name() {
    return "pushes";
  }

  @Override
  public String about() {
    return "durable pushes per second over smart HTTP, each a new branch with a small commit";
  }

  @Override
  public List<Row> run(Lab lab) throws InterruptedException {
    try (var plain = HttpClient.newHttpClient()) {
      return run(lab, plain);
    } catch (IOException e) {
      throw new BenchmarkFailedException("pushing: " + e.getMessage(), e);
    }
  }

  private List<Row> run(Lab lab, HttpClient plain) throws IOException, InterruptedException {
    Scale scale = lab.scale();
    ApiClient api = lab.api();
    String namespace = api.organization("pushes");
    boolean git = Commands.hasGit();
    Path folder = Files.createDirectories(lab.fresh("backend"));
    try (HttpBackend backend = HttpBackend.start(folder)) {
      var rows = new ArrayList<Row>();
      for (String repository : List.of(WARM, FEW, MANY)) {
        api.repository(namespace, repository);
        var seed = new Seed(scale.branches());
        var krate =
            new Target(new GitClient(api.http(), api.uri("/pushes/" + repository + ".git")));
        var peer = new Target(new GitClient(plain, backend.uri(repository)));
        seed.push(krate.client());
        if (git) {
          backend.repository(repository);
          seed.push(peer.client());
        }
        var pushing = new Pushing(scale, seed, krate, peer, git, lab.disk());
        switch (repository) {
          case WARM -> pushing.warmUp();
          case FEW -> rows.addAll(pushing.measure(scale.branches() + " branches"));
          default -> {
            String pulls = pulls(api, namespace, scale);
            if (git) {
              pullRefs(folder.resolve(repository), seed, scale.pulls());
            }
            rows.addAll(pushing.measure(scale.branches() + " branches and " + pulls));
          }
        }
      }
      return rows;
    }
  }

  /** Opens the pull requests and waits until the server has judged them: their refs then exist. */
  private static String pulls(ApiClient api, String namespace, Scale scale)
      throws IOException, InterruptedException {
    int opened =
        Load.upTo(
            scale.pulls(),
            scale.clients(),
            scale.prepare(),
            (client, number) -> {
              long branch = client + scale.clients() * (number / scale.clients());
              api.pullRequest(namespace, MANY, Seed.branch((int) (branch % scale.branches())));
            });
    boolean judged = awaitJudged(api, namespace, scale.prepare());
    return opened + " pull refs" + (judged ? "" : " (whose merges are still being tried)");
  }

  private static boolean awaitJudged(ApiClient api, String namespace, Duration most)
      throws IOException, InterruptedException {
    String unjudged =
        ApiClient.RECORDS
            + "namespaces/"
            + namespace
            + "/pullrequests?limit=1&fieldSelector=status.mergeable%3DUnknown";
    long end = System.nanoTime() + most.toNanos();
    while (System.nanoTime() - end < 0) {
      JsonObject list = ApiClient.json(api.get(unjudged));
      if (list.getJsonArray("items").isEmpty()) {
        return true;
      }
      LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
    }
    return false;
  }

  private static void pullRefs(Path repository, Seed seed, int count) {
    var updates = new StringBuilder();
    for (int i = 1; i <= count; i++) {
      updates
          .append("create refs/pull/" + i + "/head ")
          .append(seed.commit(i % seed.size()).name())
          .append('\n');
    }
    Commands.git(
        repository, updates.toString().getBytes(StandardCharsets.UTF_8), "update-ref", "--stdin");
    Commands.git(repository, new byte[0], "pack-refs", "--all");
  }

  /** The commits and branches that a repository begins with. */
  private static final class Seed {
    private final PackBuilder builder = new PackBuilder();
    private final ObjectId main = builder.root(README);
    private final List<ObjectId> commits = new ArrayList<>();
    private final Bytes pack;

    Seed(int branches) {
      for (int i = 0; i < branches; i++) {
        commits.add(builder.child(main, README, "seed-" + i, "Change " + i + "\n"));
      }
      pack = builder.pack();
    }

    static String branch(int number) {
      return "seed-" + number;
    }

    ObjectId commit(int number) {
      return commits.get(number);
    }

    int size() {
      return commits.size();
    }

    ObjectId main() {
      return main;
    }

    void push(GitClient client) throws IOException, InterruptedException {
      Map<String, ObjectId> branches = new TreeMap<>(Map.of("main", main));
      for (int i = 0; i < commits.size(); i++) {
        branches.put(branch(i), commits.get(i));
      }
      client.push(branches, pack);
    }
  }

  /** A repository that is pushed to, and how often it was: what pushes leave slows later ones. */
  private record Target(GitClient client, AtomicInteger pushes) {
    Target(GitClient client) {
      this(client, new AtomicInteger());
    }
  }

  /** Krate and the peer, one after the other. */
  private record Pushing(
      Scale scale, Seed seed, Target krate, Target peer, boolean git, Disk disk) {
    /** The server's first pushes are not as fast as all later ones. */
    void warmUp() throws InterruptedException {
      Sample first = measure(krate, scale.pushers());
      LOGGER.log(System.Logger.Level.DEBUG, "warm after {0} pushes", first.count());
    }

    List<Row> measure(String refs) throws InterruptedException {
      var rows = new ArrayList<Row>();
      for (int clients : new int[] {1, scale.pushers()}) {
        String load =
            "push a new branch, %d %s, %s, %d pushes before"
                .formatted(
                    clients, clients == 1 ? "client" : "clients", refs, krate.pushes().get());
        Sample own = measure(krate, clients);
        rows.add(
            git
                ? Row.ofRates(
                        load, own, "git http-backend with core.fsync=all", measure(peer, clients))
                    .beside(disk.fileLimit())
                : Row.of(load, own.text(), disk.fileLimit()));
      }
      return rows;
    }

    private Sample measure(Target target, int clients) throws InterruptedException {
      return Load.closed(
          clients,
          scale.warmUp(),
          scale.measure(),
          (pusher, number) -> {
            String name = "p-" + System.nanoTime() + "-" + pusher;
            var builder = new PackBuilder();
            ObjectId commit = builder.child(seed.main(), README, name, name + "\n");
            target.client().push(Map.of(name, commit), builder.pack());
            target.pushes().incrementAndGet();
          });
    }
  }
}
