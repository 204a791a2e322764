package ai.a5c.krate.benchmarks;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.apiserver.request.Written;
import ai.a5c.krate.apiserver.watch.WatchClosedException;
import ai.a5c.krate.apiserver.watch.WatchHub;
import ai.a5c.krate.core.LocalKeys;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.spi.database.Database;
import ai.a5c.krate.spi.storage.Change;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Jobs from Queued to Running, on two servers that share one database: at a steady rate, and out of
 * a deep queue. A claim is the whole write: in the log, counted, with its audit entry, durable.
 */
final class ClaimBenchmark implements Benchmark {
  private static final int PER_SECOND = 50;

  /** So deep that the queue lasts for as long as it is measured, unless that is very long. */
  private static final int DEEP_PER_SECOND = 3_000;

  private static final int DEEPEST = 12_000;

  private static final int ORGANIZATIONS = 2;
  private static final int POOLS = 8;
  private static final int REPOSITORIES = 4;
  private static final int WARM_UPS = 10;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long LOOK = 1_000_000;

  @Override
  public String name() {
    return "claims";
  }

  @Override
  public String about() {
    return "jobs claimed by two servers: how soon at a steady rate, and how many a second";
  }

  @Override
  public List<Row> run(Lab lab) throws InterruptedException {
    Path folder = lab.fresh("claims");
    try (Database database = PeerDatabase.database(folder.resolve("database"));
        var peer = new PlainClaims(database)) {
      LocalKeys keys = LocalKeys.open(folder.resolve("keys"));
      Row steady;
      try (var servers = new Servers(database, keys, folder.resolve("steady"), false)) {
        found(servers.client());
        steady = steady(servers, peer, lab.scale());
      }
      try (var servers = new Servers(database, keys, folder.resolve("deep"), true)) {
        return List.of(steady, deep(servers, peer, lab.scale()));
      }
    }
  }

  private static Row steady(Servers servers, PlainClaims peer, Scale scale)
      throws InterruptedException {
    // A server runs for weeks: what its compilers do in the first seconds is none of this.
    Duration warmUp = scale.warmUp().multipliedBy(WARM_UPS);
    Duration whole = warmUp.plus(scale.measure());
    int count = EventTimes.capacity(PER_SECOND, whole);
    var times = new EventTimes(count, 1);
    make(servers.client(), "steady-", count);
    servers.start();
    try (var claims = new Claims(servers.first(), name -> seen(times, name))) {
      Client client = servers.client();
      Sample unused =
          Load.paced(
              4,
              PER_SECOND,
              warmUp,
              scale.measure(),
              (thread, number) -> {
                int job = times.next();
                Written unusedQueued =
                    client.updateStatus(
                        ForgeKinds.JOB, organization(job), "steady-" + job, ClaimBenchmark::queued);
                times.answered(job);
              });
      String text = times.text(warmUp);
      claims.requireOnce();
      servers.requireOnce();
      Sample plain = peer.paced(PER_SECOND, scale.warmUp(), scale.measure());
      return Row.of(
          PER_SECOND + " jobs a second, 2 servers: queued to claimed",
          text.replace("event", "claim"),
          "SKIP LOCKED and UPDATE of a plain row, same PostgreSQL, same rate: "
              + plain.latencies());
    }
  }

  private static void seen(EventTimes times, String name) {
    if (name.startsWith("steady-")) {
      times.seen(0, Integer.parseInt(name.substring("steady-".length())));
    }
  }

  private static Row deep(Servers servers, PlainClaims peer, Scale scale)
      throws InterruptedException {
    long whole = scale.warmUp().plus(scale.measure()).toMillis();
    int count = (int) Math.min(DEEPEST, DEEP_PER_SECOND * whole / 1_000);
    make(servers.client(), "deep-", count);
    for (int organization = 0; organization < ORGANIZATIONS; organization++) {
      queue(servers.client(), organization, count);
    }
    try (var claims = new Claims(servers.first(), name -> {})) {
      servers.start();
      double perSecond = claims.perSecond(count, scale.warmUp(), scale.measure());
      claims.requireOnce();
      servers.requireOnce();
      Sample plain = peer.closed(scale.warmUp(), scale.measure());
      return new Row(
          "a queue of " + count + " jobs, 2 servers: claims, none twice",
          "**" + Numbers.rate(perSecond) + "**",
          "SKIP LOCKED and UPDATE of plain rows, same PostgreSQL, "
              + PlainClaims.CONNECTIONS
              + " connections as both servers have: "
              + plain.text(),
          Numbers.percent(perSecond, plain.perSecond()));
    }
  }

  private static String organization(int number) {
    return "team-" + number % ORGANIZATIONS;
  }

  private static void found(Client client) {
    for (int i = 0; i < ORGANIZATIONS; i++) {
      String team = organization(i);
      create(
          client,
          ForgeKinds.ORGANIZATION,
          """
          {"metadata": {"name": "%1$s"}, "spec": {"displayName": "x", "namespace": "%1$s",
            "quotas": {"concurrentJobs": 1000000, "queuedJobs": 1000000}}}"""
              .formatted(team));
      create(
          client,
          ForgeKinds.NAMESPACE,
          """
          {"metadata": {"name": "%1$s", "labels": {"krate.a5c.ai/organization": "%1$s"}}}"""
              .formatted(team));
      for (int r = 0; r < REPOSITORIES; r++) {
        create(
            client,
            ForgeKinds.REPOSITORY,
            """
            {"metadata": {"name": "repo-%2$d", "namespace": "%1$s"}, "spec": {}}"""
                .formatted(team, r));
      }
      for (int p = 0; p < POOLS; p++) {
        create(
            client,
            ForgeKinds.RUNNER_POOL,
            """
            {"metadata": {"name": "pool-%2$d", "namespace": "%1$s"},
              "spec": {"trustTier": "Untrusted", "executor": "Process", "warmReplicas": 0,
                "maxReplicas": 1000}}"""
                .formatted(team, p));
      }
    }
  }

  private static void create(Client client, Kind kind, String json) {
    Written unused = client.create(kind, object(json));
  }

  private static ApiObject object(String json) {
    return new ApiObject(Json.parse(Bytes.utf8(json), 1_000_000).object());
  }

  /** Makes pipelines of one job each, which does not wait yet. */
  private static void make(Client client, String prefix, int count) {
    for (int organization = 0; organization < ORGANIZATIONS; organization++) {
      String team = organization(organization);
      List<Written> pipelines =
          together(
              organization,
              count,
              numbers ->
                  client
                      .createAll(
                          ForgeKinds.PIPELINE,
                          numbers.stream().map(n -> pipeline(team, prefix, n)).toList())
                      .orThrow());
      List<ApiObject> made = pipelines.stream().map(Written::object).toList();
      List<Written> unused =
          together(
              organization,
              count,
              numbers ->
                  client
                      .createAll(
                          ForgeKinds.JOB,
                          numbers.stream().map(n -> job(made.get(n / ORGANIZATIONS), n)).toList())
                      .orThrow());
    }
  }

  private static void queue(Client client, int organization, int count) {
    List<Written> unused =
        together(
            organization,
            count,
            numbers ->
                client
                    .updateStatuses(
                        ForgeKinds.JOB,
                        organization(organization),
                        numbers.stream()
                            .map(n -> new Client.StatusChange("deep-" + n, ClaimBenchmark::queued))
                            .toList())
                    .orThrow());
  }

  /** Something for all numbers of an organization, as many at once as there may be. */
  private static List<Written> together(
      int organization, int count, Function<List<Integer>, List<Written>> work) {
    List<Integer> numbers =
        IntStream.range(0, count).filter(n -> n % ORGANIZATIONS == organization).boxed().toList();
    List<Written> all = new ArrayList<>();
    for (int i = 0; i < numbers.size(); i += Client.MOST_TOGETHER) {
      all.addAll(
          work.apply(numbers.subList(i, Math.min(numbers.size(), i + Client.MOST_TOGETHER))));
    }
    return all;
  }

  private static ApiObject pipeline(String team, String prefix, int number) {
    return object(
        """
        {"metadata": {"name": "%s%d", "namespace": "%s"},
          "spec": {"repository": "repo-%d", "ref": "refs/heads/main", "workflow": "w.yaml",
            "commit": "%s"},
          "status": {"trustTier": "Untrusted", "phase": "Queued"}}"""
            .formatted(
                prefix, number, team, number / ORGANIZATIONS % REPOSITORIES, "1".repeat(40)));
  }

  private static ApiObject job(ApiObject pipeline, int number) {
    return object(
        """
        {"metadata": {"name": "%1$s", "namespace": "%2$s"},
          "spec": {"pipeline": "%1$s", "step": "build", "index": 0, "pool": "pool-%3$d",
            "script": "make test", "env": [{"name": "NUMBER", "value": "%4$d"}]},
          "status": {"repository": "%5$s", "pipelineUid": "%6$s", "phase": "Pending"}}"""
            .formatted(
                pipeline.name(),
                pipeline.namespace(),
                number / ORGANIZATIONS / REPOSITORIES % POOLS,
                number,
                pipeline.text("spec", "repository"),
                pipeline.uid()));
  }

  private static ApiObject queued(ApiObject job) {
    return job.withText("Queued", "status", "phase")
        .withText(ApiObject.seconds(Instant.now()), "status", "queueTime");
  }

  /** Two servers on one database. */
  private static final class Servers implements AutoCloseable {
    private final List<ClaimServer> both = new ArrayList<>();

    Servers(Database database, LocalKeys keys, Path folder, boolean held) {
      for (int i = 0; i < 2; i++) {
        both.add(new ClaimServer(database, keys, folder.resolve("server-" + i), held));
      }
    }

    ClaimServer first() {
      return both.getFirst();
    }

    Client client() {
      return first().client();
    }

    void start() {
      both.forEach(ClaimServer::start);
    }

    /** No step began on two runners. */
    void requireOnce() {
      Set<String> known = new HashSet<>();
      for (ClaimServer server : both) {
        for (String name : server.begun()) {
          if (!known.add(name)) {
            throw new BenchmarkFailedException("the job " + name + " began twice");
          }
        }
      }
    }

    @Override
    public void close() {
      both.forEach(ClaimServer::close);
    }
  }

  /** What the log says of claims. */
  private static final class Claims implements AutoCloseable {
    private final WatchHub.Cursor cursor;
    private final Thread thread;
    private final long begun = System.nanoTime();
    private final Map<String, List<Long>> claimed = new ConcurrentHashMap<>();
    private final Consumer<String> told;

    Claims(ClaimServer server, Consumer<String> told) {
      this.told = told;
      WatchHub hub = server.api().hubs().records();
      this.cursor = hub.from(hub.reached());
      this.thread = Thread.ofVirtual().name("claims").start(() -> read(server));
    }

    private void read(ClaimServer server) {
      try {
        while (true) {
          for (Change change : cursor.next(Long.MAX_VALUE)) {
            if (change instanceof Change.ObjectChanged object
                && object.object().key().resource().equals(ForgeKinds.JOB.resource())) {
              read(server.api().objects().read(ForgeKinds.JOB, object.object()));
            }
          }
        }
      } catch (WatchClosedException | InterruptedException e) {
        // It is over.
      }
    }

    private void read(ApiObject job) {
      if (job.text("status", "phase").equals("Running")) {
        claimed
            .computeIfAbsent(job.name(), any -> new ArrayList<>())
            .add(System.nanoTime() - begun);
        told.accept(job.name());
      }
    }

    /** How many a second there are after the warm-up, for as long as the queue lasts. */
    double perSecond(int count, Duration warmUp, Duration measure) {
      long most = System.nanoTime() + PATIENCE.toNanos();
      while (claimed.isEmpty() && System.nanoTime() - most < 0) {
        LockSupport.parkNanos(LOOK);
      }
      long from = System.nanoTime() - begun + warmUp.toNanos();
      long to = from + measure.toNanos();
      while (claimed.size() < count && System.nanoTime() - begun < to) {
        LockSupport.parkNanos(LOOK);
      }
      long[] all =
          claimed.values().stream().mapToLong(times -> times.getFirst()).sorted().toArray();
      long first = all.length > 0 && all[all.length - 1] > from ? from : 0;
      long end = claimed.size() < count ? to : all[all.length - 1];
      long within = LongStream.of(all).filter(at -> at > first && at <= end).count();
      if (within == 0) {
        throw new BenchmarkFailedException("no job was claimed");
      }
      return within * 1e9 / (end - first);
    }

    void requireOnce() {
      claimed.forEach(
          (name, times) -> {
            if (times.size() != 1) {
              throw new BenchmarkFailedException(
                  "the job " + name + " was claimed " + times.size() + " times");
            }
          });
    }

    @Override
    public void close() {
      cursor.close();
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
