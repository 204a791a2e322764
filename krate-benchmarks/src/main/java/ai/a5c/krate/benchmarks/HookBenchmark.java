package ai.a5c.krate.benchmarks;

import ai.a5c.krate.api.ApiClient;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.core.LocalKeys;
import ai.a5c.krate.git.JGitBackend;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.RecordStore;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Transaction;
import ai.a5c.krate.storage.postgres.PostgresStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Webhooks to a receiver on this machine, from a forge in this process. Branches are made in the
 * store as fast as deliveries go out; the clock stops when the forge need not read the log again,
 * so that every delivery and its attempt are durable. Beside it are requests of the same size that
 * the same HTTP client signs and sends to the same receiver, and such as bare sockets send, with
 * nothing else done for them; and what time of the processors each takes, with the receiver and the
 * database, which share the machine.
 */
final class HookBenchmark implements Benchmark {
  private static final String CONFIG = "/apis/config.krate.a5c.ai/v1alpha1";
  private static final String ISSUES =
      "/apis/krate.a5c.ai/v1alpha1/namespaces/krate-org-hooks/issues";
  private static final int[] SUBSCRIPTIONS = {1, 16, 64};
  private static final int WARMING = 64;
  private static final int WARM_UPS = 10;
  private static final int MOST_AHEAD = 2_048;
  private static final int AHEAD_OF_ONE = 256;
  private static final int BODY = 400;
  private static final Duration LEAST = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** How far the log need not be read again. */
  private static final String POSITION = "cursor/hooks-records";

  @Override
  public String name() {
    return "hooks";
  }

  @Override
  public String about() {
    return "webhooks delivered per second to a local receiver, each attempt durable";
  }

  @Override
  public List<Row> run(Lab lab) throws InterruptedException {
    Path folder = lab.fresh("hooks");
    try (var database = PeerDatabase.database(folder.resolve("database"));
        var storage = PostgresStorage.open(database, Krate.recordGroups(), InstantSource.system());
        var git = new JGitBackend(folder.resolve("repositories"), storage.records());
        var receiver = new HookReceiver();
        var krate =
            Krate.builder(storage, git, LocalKeys.open(folder.resolve("keys")))
                .allowPrivateTargets(true)
                .build()) {
      var api = new ApiClient(krate.endpoint(Subject.of("bench", Subject.MASTERS)));
      var found = new Found(api, receiver, storage.records(), repository(api));
      found.subscribe(WARMING, "ref.created");
      // A server runs for weeks: what its compilers do in the first seconds is none of this.
      String unused = found.deliver(WARMING, lab.scale().warmUp().multipliedBy(WARM_UPS)).text();
      var rows = new ArrayList<Row>();
      for (int subscriptions : SUBSCRIPTIONS) {
        rows.add(throughput(found, subscriptions, lab.scale()));
      }
      found.subscribe(1, "issue.created");
      rows.add(latency(found, lab.scale()));
      return rows;
    } catch (IOException e) {
      throw new BenchmarkFailedException("the API: " + e.getMessage(), e);
    }
  }

  private static Row throughput(Found found, int subscriptions, Scale scale)
      throws IOException, InterruptedException {
    found.subscribe(subscriptions, "ref.created");
    String unused = found.deliver(subscriptions, scale.warmUp()).text();
    Delivered delivered = found.deliver(subscriptions, scale.measure());
    var peer = new HookPeer(found.receiver.url(), BODY);
    Duration half = scale.measure().dividedBy(2);
    HookPeer.Sent sent = peer.send(subscriptions, scale.warmUp(), half.plus(LEAST));
    Sample plain = found.receiver.plain(subscriptions, BODY, scale.warmUp(), half);
    return new Row(
        "deliver webhooks of new branches, " + subscriptions + " subscriptions",
        delivered.text(),
        "signed and sent by the same HTTP client, nothing stored: %s; by bare sockets: %s"
            .formatted(sent.text(), plain.text()),
        Numbers.percent(delivered.perSecond(), sent.sample().perSecond()));
  }

  /** How many were delivered a second, and at what cost. */
  private record Delivered(double perSecond, String cost) {
    String text() {
      return "**" + Numbers.rate(perSecond) + "**, " + cost;
    }
  }

  private static Row latency(Found found, Scale scale) throws InterruptedException {
    Load.Work create = (client, number) -> found.issue("c-" + System.nanoTime());
    Duration time = scale.measure().plus(LEAST);
    Sample alone = Load.paced(1, 10, scale.warmUp(), time, create);
    Sample received =
        Load.paced(
            1,
            10,
            scale.warmUp(),
            time,
            (client, number) -> {
              found.awaitReceived(found.receiver.received());
              long before = found.receiver.received();
              found.issue("r-" + System.nanoTime());
              found.awaitReceived(before + 1);
            });
    return new Row(
        "create an issue until its webhook has arrived, 10 a second",
        "**" + received.latencies() + "**",
        "creating it alone: " + alone.latencies(),
        "");
  }

  private static Uid repository(ApiClient api) throws IOException {
    api.create(
        CONFIG + "/organizations",
        """
        {apiVersion: config.krate.a5c.ai/v1alpha1, kind: Organization, metadata: {name: hooks},
          spec: {displayName: Hooks}}""");
    api.await("/api/v1/namespaces/krate-org-hooks", found -> true, PATIENCE);
    String created =
        api.create(
            CONFIG + "/namespaces/krate-org-hooks/repositories",
            """
            {apiVersion: config.krate.a5c.ai/v1alpha1, kind: Repository, metadata: {name: web},
              spec: {}}""");
    api.create(
        "/api/v1/namespaces/krate-org-hooks/secrets",
        "{apiVersion: v1, kind: Secret, metadata: {name: signing}, data: {key: %s}}"
            .formatted(
                Base64.getEncoder()
                    .encodeToString("a secret of a benchmark".getBytes(StandardCharsets.UTF_8))));
    return Uid.of(
        ai.a5c.krate.benchmarks.ApiClient.json(created).getJsonObject("metadata").getString("uid"));
  }

  /** The forge, and how its receiver gets on. */
  private static final class Found {
    private static final String HOOKS = CONFIG + "/namespaces/krate-org-hooks/webhooksubscriptions";

    private final ApiClient api;
    private final HookReceiver receiver;
    private final RecordStore records;
    private final Uid repository;
    private final List<String> hooks = new ArrayList<>();
    private int branches;

    Found(ApiClient api, HookReceiver receiver, RecordStore records, Uid repository) {
      this.api = api;
      this.receiver = receiver;
      this.records = records;
      this.repository = repository;
    }

    /** Lets so many subscriptions want the event, and no other. */
    void subscribe(int many, String event) throws IOException {
      for (String hook : hooks) {
        String unused = api.delete(HOOKS + "/" + hook);
      }
      hooks.clear();
      for (int i = 0; i < many; i++) {
        String name = "to-%d-of-%d-%s".formatted(i, many, event);
        hooks.add(name);
        api.create(
            HOOKS,
            """
            {apiVersion: config.krate.a5c.ai/v1alpha1, kind: WebhookSubscription,
              metadata: {name: %s}, spec: {url: "%s", events: [%s],
              secretRefs: [{name: signing, key: key}]}}"""
                .formatted(name, receiver.url(), event));
      }
    }

    void issue(String name) throws IOException {
      api.create(
          ISSUES,
          "{apiVersion: krate.a5c.ai/v1alpha1, kind: Issue, metadata: {name: %s}, spec: {repository: web, title: %s}}"
              .formatted(name, name));
    }

    /** How many were delivered a second, until the last one was durable. */
    Delivered deliver(int subscriptions, Duration time) {
      int ahead = Math.min(MOST_AHEAD, AHEAD_OF_ONE * subscriptions);
      int events = Math.max(1, ahead / subscriptions / 4);
      long before = receiver.received();
      long wanted = before;
      long last = 0;
      var processor = new Processor();
      long begun = System.nanoTime();
      while (System.nanoTime() - begun < time.toNanos()) {
        if (wanted - receiver.received() <= ahead - (long) events * subscriptions) {
          last = branches(events);
          wanted += (long) events * subscriptions;
        } else {
          LockSupport.parkNanos(100_000);
        }
      }
      awaitReceived(wanted);
      while (records.counter(POSITION) < last) {
        if (System.nanoTime() - begun > time.plus(PATIENCE).toNanos()) {
          throw new BenchmarkFailedException("the deliveries are not stored");
        }
        LockSupport.parkNanos(100_000);
      }
      double perSecond = (wanted - before) * 1e9 / (System.nanoTime() - begun);
      return new Delivered(perSecond, processor.each(wanted - before));
    }

    /** Makes branches, in one transaction; gives the revision of the last. */
    private long branches(int many) {
      List<Operation<Boundary.Records>> moves = new ArrayList<>();
      for (int i = 0; i < many; i++) {
        moves.add(
            new Operation.MoveRef(
                repository,
                Template.of("refs/heads/topic-" + branches++),
                null,
                ObjectId.of("1".repeat(40))));
      }
      CommitOutcome outcome = records.commit(new Transaction<>("bench", moves));
      if (outcome instanceof CommitOutcome.Committed(List<CommitOutcome.Applied> applied)
          && applied.getLast() instanceof CommitOutcome.Applied.Moved(Change.RefMoved change)) {
        return change.revision().value();
      }
      throw new BenchmarkFailedException("no branches: " + outcome);
    }

    void awaitReceived(long count) {
      long begun = System.nanoTime();
      while (receiver.received() < count) {
        if (System.nanoTime() - begun > PATIENCE.toNanos()) {
          throw new BenchmarkFailedException(
              "received " + receiver.received() + " instead of " + count);
        }
        LockSupport.parkNanos(20_000);
      }
    }
  }
}
