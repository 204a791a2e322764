package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.cli.WebhookReceiver.Arrival;
import jakarta.json.JsonObject;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server is killed while issues, pushes, tests and replays are acknowledged: each arrives, in
 * order, at a receiver that is there and at one that was held back all the while. A few kills in
 * every build; {@code ./build kills} makes a hundred.
 */
class HookCrashIT {
  private static final long SEED = 20_261_122;
  private static final int KILLS = Integer.getInteger("krate.kills", 3);
  private static final Duration PATIENCE = Duration.ofSeconds(180);
  private static final String EVENTS = "\"issue.*\",\"push\"";
  private static final String BOTH = "?fieldSelector=status.phase!=Delivered&limit=1";

  @TempDir Path temporary;

  private final Random random = new Random(SEED);
  private final Ledger ledger = new Ledger();

  /** Names of replays and tests that were acknowledged, with their webhook-id. */
  private final Map<String, String> asked = new ConcurrentHashMap<>();

  /** Commits whose push was acknowledged. */
  private final Set<String> pushed = ConcurrentHashMap.newKeySet();

  private final AtomicInteger writes = new AtomicInteger();
  private volatile boolean stopped;
  private @Nullable ServerProcess server;

  @Test
  void whatWasAcknowledgedArrivesOverEveryKill() throws Exception {
    long begun = System.nanoTime();
    try (var there = new WebhookReceiver();
        var late = new WebhookReceiver()) {
      server = ServerProcess.start(data());
      Forge forge = Forge.create(server, temporary.resolve("clone"), "acme", "web");
      forge.git().run("clone", "-q", forge.url(), temporary.resolve("pusher").toString());
      there.subscribe(forge, "there", EVENTS, false);
      late.subscribe(forge, "late", EVENTS, true);
      for (int i = 0; i < KILLS; i++) {
        kill(i);
      }
      ServerProcess last = server();
      last.api()
          .patch(
              Api.config(forge.namespace(), "webhooksubscriptions") + "/late",
              "{\"spec\":{\"suspended\":false}}")
          .expect(200);
      Forge now = forge(last);
      awaitAll(now);
      for (WebhookReceiver receiver : List.of(there, late)) {
        new ArrivalsCheck(receiver, ledger).verify(now);
        assertThat(commits(receiver)).containsAll(pushed);
        everythingStoredHasArrived(now, receiver == there ? "there" : "late", receiver);
      }
      whatWasAskedForHasArrived(there);
      System.out.printf(
          "%d kills in %d s; acknowledged: %d issues, %d changes of issues, %d pushes, %d replays"
              + " and tests; none lost%n"
              + "there: %s%nlate: %s%n",
          KILLS,
          Duration.ofNanos(System.nanoTime() - begun).toSeconds(),
          ledger.issues.size(),
          ledger.bodies.size(),
          pushed.size(),
          asked.size(),
          new ArrivalsCheck(there, ledger),
          new ArrivalsCheck(late, ledger));
    } finally {
      if (server != null) {
        server.close();
      }
    }
  }

  private Path data() {
    return temporary.resolve("data");
  }

  private ServerProcess server() {
    if (server == null) {
      throw new IllegalStateException("there is no server");
    }
    return server;
  }

  private Forge forge(ServerProcess running) {
    return new Forge(running, new GitClient(temporary.resolve("clone"), data()), "acme", "web");
  }

  /**
   * One life of the server: clients write until it is killed; every third time PostgreSQL dies,
   * too.
   */
  private void kill(int round) throws Exception {
    ServerProcess running = server();
    Forge forge = forge(running);
    int enough = writes.get() + 10 + random.nextInt(50);
    int pushes = pushed.size();
    int requests = asked.size();
    stopped = false;
    ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    List<Future<?>> all =
        List.of(
            clients.submit(() -> writeIssues(forge, "r" + round + "a")),
            clients.submit(() -> writeIssues(forge, "r" + round + "b")),
            clients.submit(() -> push(forge, "r" + round)),
            clients.submit(() -> ask(forge)));
    try {
      Waiting.until(
          "clients write",
          PATIENCE,
          () -> writes.get() >= enough && pushed.size() > pushes && asked.size() > requests + 1);
      LockSupport.parkNanos(random.nextInt(20_000_000));
      if (round % 3 == 2) {
        running.killDatabase();
      }
      running.kill();
    } finally {
      stopped = true;
      await(all);
      clients.shutdownNow();
      running.close();
    }
    server = ServerProcess.start(data());
  }

  private static void await(List<Future<?>> clients) throws InterruptedException {
    try {
      for (Future<?> client : clients) {
        client.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("a client failed", e);
    }
  }

  /** The answer if it is one; what was not answered may have happened or not. */
  private Api.@Nullable Answer answer(Supplier<Api.Answer> request) {
    try {
      Api.Answer answer = request.get();
      return answer.code() < 500 ? answer : null;
    } catch (UncheckedIOException e) {
      return null;
    }
  }

  private void writeIssues(Forge forge, String writer) {
    Api api = forge.server().api();
    for (int i = 0; !stopped; i++) {
      String title = writer + "-" + i;
      Api.Answer created = answer(() -> api.create(forge.issues(), forge.issue(title)));
      if (created == null) {
        continue;
      }
      String name = created.expect(201).name();
      ledger.issues.put(title, name);
      writes.incrementAndGet();
      String body = "body of " + title;
      Api.Answer changed =
          answer(
              () ->
                  api.patch(forge.issues() + "/" + name, "{\"spec\":{\"body\":\"" + body + "\"}}"));
      if (changed != null) {
        changed.expect(200);
        ledger.bodies.put(name, body);
        writes.incrementAndGet();
      }
    }
  }

  private void push(Forge forge, String round) {
    var git = new GitClient(temporary.resolve("pusher"), data());
    for (int i = 0; !stopped; i++) {
      String commit = git.commit("pushed", round + "-" + i + "\n");
      if (git.attempt("push", "-q", forge.url(), "HEAD:refs/heads/pushed").code() == 0) {
        pushed.add(commit);
        writes.incrementAndGet();
      }
    }
  }

  /** Asks for tests, and for replays of what has arrived. */
  private void ask(Forge forge) {
    Api api = forge.server().api();
    String deliveries = Api.records(forge.namespace(), "webhookdeliveries");
    String finished =
        deliveries + "?limit=20&fieldSelector=spec.subscription=there,status.phase=Delivered";
    for (int i = 0; !stopped; i++) {
      String what = "\"test\":true";
      if (i % 2 == 1) {
        Api.Answer list = answer(() -> api.get(finished));
        List<JsonObject> some = list == null ? List.of() : list.expect(200).items();
        if (some.isEmpty()) {
          continue;
        }
        JsonObject original = some.get(random.nextInt(some.size()));
        what = "\"replayOf\":\"" + Api.text(original, "metadata", "name") + "\"";
      }
      String document =
          """
          {"apiVersion":"krate.a5c.ai/v1alpha1","kind":"WebhookDelivery",
           "metadata":{"generateName":"asked-"},"spec":{"subscription":"there",%s}}"""
              .formatted(what);
      Api.Answer made = answer(() -> api.create(deliveries, document));
      if (made != null && made.expect(201).succeeded()) {
        asked.put(made.name(), made.text("status", "eventId"));
        writes.incrementAndGet();
      }
    }
  }

  /** Waits until one more issue, and so everything before it, and every replay has arrived. */
  private void awaitAll(Forge forge) {
    Api api = forge.server().api();
    String title = "the last one";
    ledger.issues.put(title, api.create(forge.issues(), forge.issue(title)).expect(201).name());
    String deliveries = Api.records(forge.namespace(), "webhookdeliveries");
    String ofLast = deliveries + "?limit=1&fieldSelector=status.phase=Delivered,spec.subscription=";
    long most = api.get(forge.issues()).expect(200).items().size();
    Duration patience = PATIENCE.plusSeconds(most);
    Waiting.until(
        "there is a delivery at all",
        patience,
        () -> !api.get(ofLast + "late").expect(200).items().isEmpty());
    Waiting.until(
        "the last issue is on its way to both",
        patience,
        () ->
            List.of("there", "late").stream()
                .allMatch(
                    name ->
                        api.get(deliveries + "?fieldSelector=spec.subscription=" + name)
                            .text()
                            .contains(title)));
    Waiting.until(
        "every delivery is finished",
        patience,
        () -> api.get(deliveries + BOTH).expect(200).items().isEmpty());
  }

  private static Set<String> commits(WebhookReceiver receiver) {
    return receiver.arrivals().stream()
        .filter(arrival -> arrival.accepted() && arrival.type().equals("push"))
        .map(arrival -> Api.text(arrival.json(), "data", "after"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Also what no client was told of: each delivery that is there has arrived. */
  private static void everythingStoredHasArrived(
      Forge forge, String subscription, WebhookReceiver receiver) {
    Set<String> arrived =
        receiver.arrivals().stream()
            .filter(Arrival::accepted)
            .map(Arrival::delivery)
            .collect(Collectors.toCollection(HashSet::new));
    Waiting.until(
        "what arrived is stored", PATIENCE, () -> stored(forge, subscription).containsAll(arrived));
    assertThat(arrived).containsExactlyInAnyOrderElementsOf(stored(forge, subscription));
  }

  private static List<String> stored(Forge forge, String subscription) {
    return forge
        .server()
        .api()
        .get(
            Api.records(forge.namespace(), "webhookdeliveries")
                + "?fieldSelector=spec.subscription="
                + subscription)
        .expect(200)
        .items()
        .stream()
        .map(item -> Api.text(item, "metadata", "name"))
        .toList();
  }

  private void whatWasAskedForHasArrived(WebhookReceiver receiver) {
    Map<String, String> arrived =
        receiver.arrivals().stream()
            .filter(Arrival::accepted)
            .collect(Collectors.toMap(Arrival::delivery, Arrival::id, (first, again) -> first));
    assertThat(arrived).containsAllEntriesOf(asked);
  }
}
