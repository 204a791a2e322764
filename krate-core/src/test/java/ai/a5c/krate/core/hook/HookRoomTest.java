package ai.a5c.krate.core.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.config.Repository;
import ai.a5c.krate.api.config.WebhookSubscription;
import ai.a5c.krate.api.core.Condition;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.records.Issue;
import ai.a5c.krate.api.records.WebhookDelivery;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.registry.ApiObject;
import com.standardwebhooks.Webhook;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class HookRoomTest {
  private static final ObjectId FIRST = ObjectId.of("1".repeat(40));
  private static final ObjectId SECOND = ObjectId.of("2".repeat(40));

  private Forge forge = Forge.fresh(true, InetAddress::getAllByName);

  @BeforeEach
  void start() {
    forge.start();
  }

  @AfterEach
  void stop() {
    forge.close();
  }

  @Test
  void aPullRequestIsToldOfFromItsCreationToItsMergeAndEachRequestIsSigned() throws Exception {
    try (var receiver = Receiver.accepting()) {
      forge.subscribe("ci", receiver.url());
      forge.pullRequest("web-1");
      forge.phase("web-1", "Merged");

      Receiver.Delivered created = receiver.next();
      Receiver.Delivered merged = receiver.next();

      assertThat(List.of(created.type(), merged.type()))
          .containsExactly("pullrequest.created", "pullrequest.merged");
      verify(Forge.KEY, created);
      verify(Forge.KEY, merged);
      JsonObject body = json(merged);
      assertThat(body.getString("id")).isEqualTo(merged.header("webhook-id"));
      assertThat(body.getString("type")).isEqualTo("pullrequest.merged");
      assertThat(body.getString("organization")).isEqualTo("acme");
      assertThat(body.getString("repository")).isEqualTo("web");
      assertThat(JsonTree.textAt(body, "actor", "name")).isEqualTo("ada");
      assertThat(JsonTree.textAt(body, "data", "object", "status", "phase")).isEqualTo("Merged");
      assertThat(JsonTree.textAt(body, "data", "old", "status", "phase")).isEmpty();
      assertThat(body.getJsonNumber("revision").longValue())
          .isGreaterThan(json(created).getJsonNumber("revision").longValue());
      await().until(() -> forge.phases().equals(List.of("Delivered", "Delivered")));
      WebhookDelivery.Status status = Forge.status(forge.deliveries().getFirst());
      assertThat(status.repository()).isEqualTo("web");
      assertThat(status.attemptCount()).isEqualTo(1);
      assertThat(status.attempts().getFirst().statusCode()).isEqualTo(204);
      assertThat(status.payload()).isEqualTo(created.body());
      assertThat(forge.deliveries().getFirst().name())
          .isEqualTo(created.header("x-krate-delivery"));
    }
  }

  @Test
  void aPushIsToldOfAndPullRefsAreNot() throws Exception {
    try (var receiver = Receiver.accepting()) {
      forge.subscribe("ci", receiver.url());
      forge.move("refs/pull/1/head", null, FIRST);
      forge.move("refs/heads/main", null, FIRST);
      forge.move("refs/heads/main", FIRST, SECOND);
      forge.move("refs/heads/main", SECOND, null);

      List<Receiver.Delivered> got =
          List.of(
              receiver.next(), receiver.next(), receiver.next(), receiver.next(), receiver.next());

      assertThat(got.stream().map(Receiver.Delivered::type))
          .containsExactly("push", "ref.created", "push", "push", "ref.deleted");
      JsonObject push = json(got.get(2)).getJsonObject("data");
      assertThat(push.getString("ref")).isEqualTo("refs/heads/main");
      assertThat(push.getString("before")).isEqualTo(FIRST.toString());
      assertThat(push.getString("after")).isEqualTo(SECOND.toString());
      assertThat(json(got.get(4)).getJsonObject("data").getString("after"))
          .isEqualTo("0".repeat(40));
    }
  }

  @Test
  void aPushNamesItsCommitsAndSaysWhetherItWasForced() throws Exception {
    try (var receiver = Receiver.accepting()) {
      forge.subscribe("ci", receiver.url(), ", 'events': ['push']");
      ObjectId first = forge.commits.after(null);
      ObjectId last = first;
      for (int i = 0; i < 60; i++) {
        last = forge.commits.after(last);
      }
      ObjectId other = forge.commits.after(first);
      forge.move("refs/heads/main", null, first);
      forge.move("refs/heads/main", first, last);
      forge.move("refs/heads/main", last, other);
      forge.move("refs/heads/topic", null, other);
      forge.move("refs/heads/topic", other, FIRST);
      forge.move("refs/heads/topic", FIRST, null);

      JsonObject created = json(receiver.next()).getJsonObject("data");
      assertThat(created.getInt("total")).isEqualTo(1);
      assertThat(created.getBoolean("forced")).isFalse();
      assertThat(created.getJsonArray("commits").getJsonObject(0).getString("id"))
          .isEqualTo(first.toString());
      JsonObject grown = json(receiver.next()).getJsonObject("data");
      assertThat(grown.getInt("total")).isEqualTo(60);
      assertThat(grown.getJsonArray("commits")).hasSize(50);
      assertThat(grown.getJsonArray("commits").getJsonObject(0).getString("id"))
          .isEqualTo(last.toString());
      assertThat(grown.getBoolean("forced")).isFalse();
      JsonObject forced = json(receiver.next()).getJsonObject("data");
      assertThat(forced.getInt("total")).isEqualTo(1);
      assertThat(forced.getBoolean("forced")).isTrue();
      JsonObject branched = json(receiver.next()).getJsonObject("data");
      assertThat(branched.getInt("total")).isZero();
      JsonObject lost = json(receiver.next()).getJsonObject("data");
      assertThat(lost.containsKey("commits")).isFalse();
      assertThat(lost.getString("after")).isEqualTo(FIRST.toString());
      JsonObject deleted = json(receiver.next()).getJsonObject("data");
      assertThat(deleted.getInt("total")).isZero();
    }
  }

  @Test
  void aSubscriptionGetsWhatItAskedForAndNothingOlderThanItself() throws Exception {
    try (var receiver = Receiver.accepting()) {
      forge.issue("old");
      forge.create(Repository.class, "{'metadata': {'name': 'docs', 'namespace': 'team'}}");
      forge.create(
          WebhookSubscription.class,
          """
          {'metadata': {'name': 'ci', 'namespace': 'team'},
           'spec': {'url': '%s', 'events': ['issue.*'], 'repositories': ['web'],
             'secretRefs': [{'name': 'signing', 'key': 'key'}]}}
          """
              .formatted(receiver.url()));
      forge.pullRequest("web-9");
      forge.create(
          Issue.class,
          "{'metadata': {'name': 'd', 'namespace': 'team'}, 'spec': {'repository': 'docs', 'title': 't'}}");
      forge.issue("new");
      forge.change(Issue.class, "new", old -> old.with(JsonValue.TRUE, "spec", "closed"));

      Receiver.Delivered first = receiver.next();
      Receiver.Delivered second = receiver.next();

      assertThat(JsonTree.textAt(json(first), "data", "object", "metadata", "name"))
          .isEqualTo("new");
      assertThat(List.of(first.type(), second.type()))
          .containsExactly("issue.created", "issue.closed");
      await().until(() -> forge.phases().equals(List.of("Delivered", "Delivered")));
    }
  }

  @Test
  void aReceiverThatIsDownGetsEverythingInOrderWhenItIsBack() throws Exception {
    int port = freePort();
    forge.subscribe("ci", "http://127.0.0.1:" + port + "/hook");
    IntStream.range(0, 5).forEach(i -> forge.issue("issue-" + i));
    await().until(() -> forge.subscription("ci").failuresInARow() >= 2);
    await()
        .until(
            () ->
                forge
                    .phases()
                    .equals(List.of("Retrying", "Pending", "Pending", "Pending", "Pending")));
    assertThat(condition("ci", "Delivering").status()).isEqualTo(Condition.Truth.FALSE);
    assertThat(condition("ci", "Delivering").message()).isEqualTo("the connection was refused");

    try (var receiver = new Receiver(port, (request, exchange) -> Receiver.status(exchange, 200))) {
      for (int i = 0; i < 5; i++) {
        assertThat(JsonTree.textAt(json(receiver.next()), "data", "object", "metadata", "name"))
            .isEqualTo("issue-" + i);
      }
      await().until(() -> forge.subscription("ci").pending() == 0);
      await().until(() -> condition("ci", "Delivering").status() == Condition.Truth.TRUE);
      assertThat(forge.subscription("ci").failuresInARow()).isZero();
      assertThat(receiver.all()).hasSize(5);
    }
  }

  @Test
  void aServerThatStartsAgainGoesOnWhereItWas() throws Exception {
    int port = freePort();
    forge.subscribe("ci", "http://127.0.0.1:" + port + "/hook");
    forge.issue("first");
    await().until(() -> forge.phases().equals(List.of("Retrying")));
    forge.stop();
    forge.issue("second");
    forge.issue("third");

    forge = forge.restarted();
    try (var receiver = new Receiver(port, (request, exchange) -> Receiver.status(exchange, 200))) {
      assertThat(List.of(name(receiver.next()), name(receiver.next()), name(receiver.next())))
          .containsExactly("first", "second", "third");
      await().until(() -> forge.phases().equals(List.of("Delivered", "Delivered", "Delivered")));
      assertThat(receiver.all()).hasSize(3);
    }
  }

  @Test
  void whatWasStoredBeforeACrashIsNotMadeTwice() throws Exception {
    try (var receiver = Receiver.accepting()) {
      forge.subscribe("ci", receiver.url());
      forge.issue("first");
      receiver.next();
      await().until(() -> forge.phases().equals(List.of("Delivered")));

      // The first process still runs: it has not let go of the log, nor saved how far it read.
      Forge crashed = forge;
      forge = crashed.restartedAsIs();
      crashed.close();
      forge.issue("second");

      assertThat(name(receiver.next())).isEqualTo("second");
      await().until(() -> forge.phases().equals(List.of("Delivered", "Delivered")));
    }
  }

  @Test
  void twoSecretsSignDuringARotation() throws Exception {
    try (var receiver = Receiver.accepting()) {
      forge.secret("next", Forge.OTHER_KEY);
      forge.subscribe("ci", receiver.url());
      forge.issue("before");
      Receiver.Delivered before = receiver.next();
      forge.change(
          WebhookSubscription.class,
          "ci",
          old ->
              old.with(
                  Json.parseValue(
                      Bytes.utf8(
                          """
                          [{"name": "next", "key": "key"}, {"name": "signing", "key": "key"}]
                          """),
                      1_000),
                  "spec",
                  "secretRefs"));
      forge.issue("during");
      Receiver.Delivered during = receiver.next();

      verify(Forge.KEY, before);
      assertThatThrownBy(() -> verify(Forge.OTHER_KEY, before)).isInstanceOf(Exception.class);
      verify(Forge.KEY, during);
      verify(Forge.OTHER_KEY, during);
      assertThat(during.header("webhook-signature").split(" ")).hasSize(2);
      assertThat(during.header("webhook-signature").split(" ")[0])
          .isEqualTo(
              new Webhook(Forge.OTHER_KEY)
                  .sign(
                      during.header("webhook-id"),
                      Long.parseLong(during.header("webhook-timestamp")),
                      during.body()));
    }
  }

  @Test
  void aMissingSecretIsSaidAndSendingGoesOnOnceItIsThere() throws Exception {
    try (var receiver = Receiver.accepting()) {
      forge.create(
          WebhookSubscription.class,
          """
          {'metadata': {'name': 'ci', 'namespace': 'team'},
           'spec': {'url': '%s', 'events': ['*'], 'secretRefs': [{'name': 'later', 'key': 'key'}],
             'retry': {'initialDelay': '1h', 'maxDelay': '1h'}}}
          """
              .formatted(receiver.url()));
      await().until(() -> !forge.subscription("ci").conditions().isEmpty());
      assertThat(condition("ci", "Ready").message()).isEqualTo("there is no Secret \"later\"");
      forge.issue("first");
      await().until(() -> forge.phases().equals(List.of("Retrying")));
      assertThat(Forge.status(forge.deliveries().getFirst()).attempts().getFirst().error())
          .isEqualTo("nothing was sent: there is no Secret \"later\"");

      forge.secret("later", Forge.OTHER_KEY);

      verify(Forge.OTHER_KEY, receiver.next());
      await().until(() -> condition("ci", "Ready").status() == Condition.Truth.TRUE);
    }
  }

  @Test
  void aSuspendedSubscriptionHoldsItsDeliveriesBack() throws Exception {
    try (var receiver = Receiver.accepting();
        var witness = Receiver.accepting()) {
      forge.subscribe("ci", receiver.url(), ", 'suspended': true");
      forge.subscribe("witness", witness.url());
      forge.issue("first");
      forge.issue("second");
      witness.next();
      witness.next();
      await().until(() -> forge.subscription("ci").pending() == 2);
      assertThat(condition("ci", "Delivering").reason()).isEqualTo("Suspended");
      assertThat(receiver.all()).isEmpty();
      assertThat(forge.deliveries().stream().filter(d -> d.name().startsWith("ci-")))
          .allMatch(d -> d.text("status", "phase").equals("Suspended"));

      forge.change(
          WebhookSubscription.class, "ci", old -> old.with(JsonValue.FALSE, "spec", "suspended"));

      assertThat(List.of(name(receiver.next()), name(receiver.next())))
          .containsExactly("first", "second");
    }
  }

  @Test
  void aReceiverThatNeverAnswersHoldsUpNoOther() throws Exception {
    var never = new CountDownLatch(1);
    try (var stuck =
            Receiver.answering(
                (request, exchange) -> {
                  try {
                    boolean unused = never.await(1, TimeUnit.MINUTES);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
        var well = Receiver.accepting()) {
      forge.subscribe("stuck", stuck.url());
      forge.subscribe("well", well.url());
      for (int i = 0; i < 10; i++) {
        forge.issue("issue-" + i);
      }
      for (int i = 0; i < 10; i++) {
        assertThat(name(well.next())).isEqualTo("issue-" + i);
      }
      assertThat(stuck.all()).hasSizeLessThanOrEqualTo(2);
      never.countDown();
    }
  }

  @Test
  void aReceiverThatWantsNoMoreEndsItsDeliveryAndTheNextIsTried() throws Exception {
    var count = new AtomicInteger();
    try (var receiver =
        Receiver.answering(
            (request, exchange) ->
                Receiver.status(exchange, count.getAndIncrement() == 0 ? 410 : 200))) {
      forge.subscribe("ci", receiver.url());
      forge.issue("first");
      forge.issue("second");
      receiver.next();
      receiver.next();
      await().until(() -> forge.phases().equals(List.of("Failed", "Delivered")));
    }
  }

  @Test
  void aDeliveryFailsWhenItsAttemptsAreSpent() throws Exception {
    try (var receiver = Receiver.answering((request, exchange) -> Receiver.status(exchange, 500))) {
      forge.create(
          WebhookSubscription.class,
          """
          {'metadata': {'name': 'ci', 'namespace': 'team'},
           'spec': {'url': '%s', 'events': ['*'], 'secretRefs': [{'name': 'signing', 'key': 'key'}],
             'retry': {'maxAttempts': 25, 'initialDelay': '10ms', 'maxDelay': '10ms'}}}
          """
              .formatted(receiver.url()));
      forge.issue("first");

      await().until(() -> forge.phases().equals(List.of("Failed")));
      WebhookDelivery.Status status = Forge.status(forge.deliveries().getFirst());
      assertThat(status.attemptCount()).isEqualTo(25);
      assertThat(status.attempts()).hasSize(20);
      assertThat(status.attempts().getLast().error()).isEqualTo("the receiver answered 500");
      assertThat(status.nextAttemptTime()).isNull();
      assertThat(receiver.all()).hasSize(25);
    }
  }

  @Test
  void headersOfTheSubscriptionAreSentAndNeverRecorded() throws Exception {
    try (var receiver =
        Receiver.answering(
            (request, exchange) -> {
              String sent = request.header("authorization");
              byte[] echo = ("no token " + sent.substring("Bearer ".length())).getBytes();
              exchange.getResponseHeaders().add("X-Echo", sent);
              exchange.sendResponseHeaders(200, echo.length);
              exchange.getResponseBody().write(echo);
            })) {
      forge.subscribe("ci", receiver.url(), ", 'headers': {'Authorization': 'Bearer hush-hush'}");
      forge.issue("first");
      assertThat(receiver.next().header("authorization")).isEqualTo("Bearer hush-hush");
      await().until(() -> forge.phases().equals(List.of("Delivered")));

      ApiObject delivery = forge.deliveries().getFirst();
      WebhookDelivery.Attempt attempt = Forge.status(delivery).attempts().getFirst();
      assertThat(delivery.json().toString()).doesNotContain("hush-hush").doesNotContain(Forge.KEY);
      assertThat(attempt.requestHeaders()).containsEntry("Authorization", "***");
      assertThat(attempt.responseBody()).isEqualTo("no token ***");
    }
  }

  @Test
  void deliveriesOfADeletedSubscriptionFail() throws Exception {
    forge.subscribe("ci", "http://127.0.0.1:" + freePort() + "/", ", 'suspended': true");
    forge.issue("first");
    await().until(() -> forge.deliveries().size() == 1);
    forge.ada.delete(
        Forge.kind(WebhookSubscription.class),
        forge.ada.get(Forge.kind(WebhookSubscription.class), "team", "ci").orElseThrow());
    await().until(() -> forge.phases().equals(List.of("Failed")));
    assertThat(Forge.status(forge.deliveries().getFirst()).conditions().getFirst().reason())
        .isEqualTo("SubscriptionGone");
  }

  @Test
  void aPrivateTargetIsRefusedUnlessAllowed() throws Exception {
    forge.close();
    try (var receiver = Receiver.accepting()) {
      forge = Forge.fresh(false, InetAddress::getAllByName);
      forge.start();
      forge.subscribe("ci", receiver.url());
      forge.issue("first");
      await().until(() -> forge.phases().equals(List.of("Retrying")));
      assertThat(Forge.status(forge.deliveries().getFirst()).attempts().getFirst().error())
          .isEqualTo("the target's address is not allowed: it is loopback");
      assertThat(receiver.all()).isEmpty();
    }
  }

  @Test
  void nobodyElseSaysWhatBecameOfADelivery() {
    forge.subscribe("ci", "http://127.0.0.1:9/", ", 'suspended': true");
    forge.issue("first");
    await().until(() -> forge.deliveries().size() == 1);
    String name = forge.deliveries().getFirst().name();
    assertThatThrownBy(
            () ->
                forge.ada.updateStatus(
                    Forge.kind(WebhookDelivery.class),
                    "team",
                    name,
                    old -> old.withText("Delivered", "status", "phase")))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("written by the server alone");
  }

  @Test
  void nothingIsLostWhileTheStoreIsAway() throws Exception {
    try (var receiver = Receiver.accepting()) {
      forge.subscribe("ci", receiver.url());
      forge.issue("first");
      receiver.next();
      forge.storage.setUnavailable(true);
      forge.storage.setUnavailable(false);
      forge.storage.loseNextAnswer();
      try {
        forge.issue("second");
      } catch (RuntimeException e) {
        // The answer was lost, not the issue.
      }
      assertThat(name(receiver.next())).isEqualTo("second");
    }
  }

  private Condition condition(String subscription, String type) {
    return forge.subscription(subscription).conditions().stream()
        .filter(condition -> condition.type().equals(type))
        .findFirst()
        .orElseThrow();
  }

  private static String name(Receiver.Delivered delivered) {
    return JsonTree.textAt(json(delivered), "data", "object", "metadata", "name");
  }

  private static JsonObject json(Receiver.Delivered delivered) {
    return Json.parse(Bytes.utf8(delivered.body()), 1_000_000).object();
  }

  private static void verify(String key, Receiver.Delivered delivered) throws Exception {
    new Webhook(key)
        .verify(delivered.body(), HttpHeaders.of(delivered.lists(), (name, value) -> true));
  }

  private static int freePort() throws Exception {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
