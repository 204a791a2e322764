package ai.a5c.krate.benchmarks;

import ai.a5c.krate.api.meta.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jgit.lib.ObjectId;

/** Pull requests merged by a patch at the API, each a real merge commit. */
final class MergeBenchmark implements Benchmark {
  private static final System.Logger LOGGER = System.getLogger(MergeBenchmark.class.getName());
  private static final String README = "The web site.\n";
  private static final String MERGED = "{\"spec\":{\"merged\":true}}";
  private static final int MOST_TRIES = 20;

  @Override
  public String name() {
    return "merges";
  }

  @Override
  public String about() {
    return "pull requests merged per second by the API, each with a durable merge commit";
  }

  @Override
  public List<Row> run(Lab lab) throws InterruptedException {
    Scale scale = lab.scale();
    ApiClient api = lab.api();
    try {
      String namespace = api.organization("merges");
      Sample peer = Commands.hasGit() ? peer(lab) : null;
      var rows = new ArrayList<Row>();
      int round = 0;
      List<List<String>> first =
          prepare(api, "merges", "warm-", scale.pushers(), scale.merges() / scale.pushers());
      Sample warm = merge(api, namespace, first, scale, new AtomicInteger());
      LOGGER.log(System.Logger.Level.DEBUG, "warm after {0} merges", warm.count());
      for (int clients : new int[] {1, scale.pushers()}) {
        int pulls = Math.max(2, scale.merges() / clients);
        List<List<String>> repositories =
            prepare(api, "merges", "r" + round++ + "-", clients, pulls);
        var retries = new AtomicInteger();
        Sample krate = merge(api, namespace, repositories, scale, retries);
        String load =
            "merge a pull request, %d %s, a repository with %d open ones each (%d retries)"
                .formatted(clients, clients == 1 ? "client" : "clients", pulls, retries.get());
        rows.add(
            peer == null
                ? Row.of(load, krate.text(), lab.disk().fileLimit())
                : Row.ofRates(
                        load,
                        krate,
                        "git merge-tree, commit-tree, update-ref with core.fsync=all, one client",
                        peer)
                    .beside(lab.disk().fileLimit()));
      }
      return rows;
    } catch (IOException e) {
      throw new BenchmarkFailedException("merging: " + e.getMessage(), e);
    }
  }

  /** A repository for each client with its open pull requests, by name. */
  static List<List<String>> prepare(
      ApiClient api, String organization, String prefix, int clients, int pulls)
      throws InterruptedException {
    return Load.fanOut(
        clients,
        client -> {
          String namespace = "krate-org-" + organization;
          String repository = prefix + client;
          api.repository(namespace, repository);
          var branches = new Branches(pulls);
          new GitClient(api.http(), api.uri("/" + organization + "/" + repository + ".git"))
              .push(branches.all(), branches.pack());
          var names = new ArrayList<String>();
          for (int i = 0; i < pulls; i++) {
            names.add(api.pullRequest(namespace, repository, Branches.name(i)));
          }
          return names;
        });
  }

  /** Merges all, each client those of its repository; the first ones warm the server up. */
  static Sample merge(
      ApiClient api,
      String namespace,
      List<List<String>> repositories,
      Scale scale,
      AtomicInteger retries)
      throws InterruptedException {
    String path = ApiClient.RECORDS + "namespaces/" + namespace + "/pullrequests/";
    for (List<String> pulls : repositories) {
      patch(api, path + pulls.getFirst(), retries);
    }
    return finite(
        repositories.size(),
        repositories.getFirst().size() - 1,
        scale,
        (client, number) ->
            patch(api, path + repositories.get(client).get((int) number + 1), retries));
  }

  /** Does a number of operations per client, or as many as a preparation's time allows. */
  private static Sample finite(int clients, int each, Scale scale, Load.Work work)
      throws InterruptedException {
    long begun = System.nanoTime();
    long end = begun + scale.prepare().toNanos();
    List<List<Long>> latencies =
        Load.fanOut(
            clients,
            client -> {
              var own = new ArrayList<Long>();
              for (int i = 0; i < each && System.nanoTime() - end < 0; i++) {
                long before = System.nanoTime();
                work.once(client, i);
                own.add(System.nanoTime() - before);
              }
              return own;
            });
    return Sample.of(
        latencies.stream().flatMap(List::stream).mapToLong(Long::longValue),
        System.nanoTime() - begun);
  }

  private static void patch(ApiClient api, String path, AtomicInteger retries) {
    try {
      for (int i = 0; api.patch(path, MERGED) == 409; i++) {
        retries.incrementAndGet();
        if (i == MOST_TRIES) {
          throw new BenchmarkFailedException("a merge met a conflict " + MOST_TRIES + " times");
        }
      }
    } catch (IOException e) {
      throw new BenchmarkFailedException("a merge: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchmarkFailedException("interrupted", e);
    }
  }

  private static Sample peer(Lab lab) throws IOException, InterruptedException {
    Path repository = Files.createDirectories(lab.fresh("merges"));
    var branches = new Branches(lab.scale().merges());
    Commands.git(repository, new byte[0], "init", "-q", "--bare", ".");
    Commands.git(repository, branches.pack().toArray(), "index-pack", "--stdin");
    for (Map.Entry<String, ObjectId> branch : branches.all().entrySet()) {
      Commands.git(
          repository,
          new byte[0],
          "update-ref",
          "refs/heads/" + branch.getKey(),
          branch.getValue().name());
    }
    return finite(
        1, lab.scale().merges(), lab.scale(), (client, number) -> merge(repository, (int) number));
  }

  private static void merge(Path repository, int number) {
    byte[] nothing = {};
    String name = Branches.name(number);
    String tree = Commands.git(repository, nothing, "merge-tree", "--write-tree", "main", name);
    String commit =
        Commands.git(
            repository, nothing, "commit-tree", tree, "-p", "main", "-p", name, "-m", "Merge");
    Commands.git(repository, nothing, "update-ref", "refs/heads/main", commit);
  }

  /** Branches of one commit, none of which conflicts with another. */
  private static final class Branches {
    private final Map<String, ObjectId> all = new TreeMap<>();
    private final Bytes pack;

    Branches(int count) {
      var builder = new PackBuilder();
      ObjectId main = builder.root(README);
      all.put("main", main);
      for (int i = 0; i < count; i++) {
        all.put(name(i), builder.child(main, README, "file-" + i, "Change " + i + "\n"));
      }
      pack = builder.pack();
    }

    static String name(int number) {
      return "change-" + number;
    }

    Map<String, ObjectId> all() {
      return all;
    }

    Bytes pack() {
      return pack;
    }
  }
}
