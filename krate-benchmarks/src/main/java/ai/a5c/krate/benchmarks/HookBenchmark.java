package ai.a5c.krate.benchmarks;

import ai.a5c.krate.api.ApiClient;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.core.LocalKeys;
import ai.a5c.krate.git.JGitBackend;
import ai.a5c.krate.storage.postgres.PostgresStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Webhooks to a receiver on this machine: a forge in this process has many subscriptions, and
 * issues are created as fast as deliveries go out. What is counted is what the receiver got; a
 * delivery and its attempt are durable before the next one of the subscription is sent.
 */
final class HookBenchmark implements Benchmark {
  private static final String CONFIG = "/apis/config.krate.a5c.ai/v1alpha1";
  private static final String TEAM = CONFIG + "/namespaces/krate-org-hooks";
  private static final String ISSUES =
      "/apis/krate.a5c.ai/v1alpha1/namespaces/krate-org-hooks/issues";
  private static final int SUBSCRIPTIONS = 64;

  /** So many deliveries may be behind before the next issue is created. */
  private static final int AHEAD = 4 * SUBSCRIPTIONS;

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
      found(api, receiver);
      var load = new Deliveries(api, receiver);
      load.run(lab.scale().warmUp());
      double perSecond = load.run(lab.scale().measure());
      return List.of(
          Row.of(
              "deliver webhooks, " + SUBSCRIPTIONS + " subscriptions, a receiver in this process",
              "**" + Numbers.rate(perSecond) + "**",
              lab.disk().limit()));
    } catch (IOException e) {
      throw new BenchmarkFailedException("the API: " + e.getMessage(), e);
    }
  }

  private static void found(ApiClient api, HookReceiver receiver) throws IOException {
    api.create(
        CONFIG + "/organizations",
        """
        {apiVersion: config.krate.a5c.ai/v1alpha1, kind: Organization, metadata: {name: hooks},
          spec: {displayName: Hooks}}""");
    api.await("/api/v1/namespaces/krate-org-hooks", found -> true, Duration.ofSeconds(30));
    api.create(
        TEAM + "/repositories",
        """
        {apiVersion: config.krate.a5c.ai/v1alpha1, kind: Repository, metadata: {name: web},
          spec: {}}""");
    api.create(
        "/api/v1/namespaces/krate-org-hooks/secrets",
        "{apiVersion: v1, kind: Secret, metadata: {name: signing}, data: {key: %s}}"
            .formatted(
                Base64.getEncoder()
                    .encodeToString(
                        "a secret of a benchmark"
                            .getBytes(java.nio.charset.StandardCharsets.UTF_8))));
    for (int i = 0; i < SUBSCRIPTIONS; i++) {
      api.create(
          TEAM + "/webhooksubscriptions",
          """
          {apiVersion: config.krate.a5c.ai/v1alpha1, kind: WebhookSubscription,
            metadata: {name: to-%d}, spec: {url: "%s", events: [issue.created],
            secretRefs: [{name: signing, key: key}]}}"""
              .formatted(i, receiver.url()));
    }
  }

  /** Creates issues so that there is always something to deliver, and never much. */
  private static final class Deliveries {
    private final ApiClient api;
    private final HookReceiver receiver;
    private final List<String> created = new ArrayList<>();

    Deliveries(ApiClient api, HookReceiver receiver) {
      this.api = api;
      this.receiver = receiver;
    }

    /** How many were delivered a second. */
    double run(Duration time) throws IOException {
      long before = receiver.received();
      long begun = System.nanoTime();
      while (System.nanoTime() - begun < time.toNanos()) {
        if ((long) created.size() * SUBSCRIPTIONS - receiver.received() < AHEAD) {
          String name = "web-issue-" + created.size() + "x";
          api.create(
              ISSUES,
              "{apiVersion: krate.a5c.ai/v1alpha1, kind: Issue, metadata: {name: %s}, spec: {repository: web, title: %s}}"
                  .formatted(name, name));
          created.add(name);
        } else {
          LockSupport.parkNanos(100_000);
        }
      }
      long took = System.nanoTime() - begun;
      return (receiver.received() - before) * 1e9 / took;
    }
  }
}
