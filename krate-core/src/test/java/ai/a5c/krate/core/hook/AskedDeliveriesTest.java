package ai.a5c.krate.core.hook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.config.WebhookSubscription;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.records.WebhookDelivery;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.registry.ApiObject;
import com.standardwebhooks.Webhook;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Replays and tests, which somebody asks for. */
@Timeout(180)
class AskedDeliveriesTest {
  private static final Duration FUSE = Duration.ofSeconds(90);

  private final AtomicBoolean down = new AtomicBoolean();
  private final Receiver receiver =
      Receiver.answering((request, exchange) -> Receiver.status(exchange, down.get() ? 503 : 204));
  private Forge forge;

  @BeforeEach
  void start() {
    forge = Forge.started();
  }

  @AfterEach
  void stop() {
    forge.close();
    receiver.close();
  }

  private ApiObject ask(String name, String spec) {
    return forge.create(
        WebhookDelivery.class,
        "{'metadata': {'name': '%s', 'namespace': 'team'}, 'spec': {%s}}".formatted(name, spec));
  }

  private ApiObject replay(String name, String original) {
    return ask(name, "'subscription': 'ci', 'replayOf': '%s'".formatted(original));
  }

  private ApiObject delivery(String name) {
    return forge.ada.get(Forge.kind(WebhookDelivery.class), Forge.NAMESPACE, name).orElseThrow();
  }

  private void awaitPhase(String name, String phase) {
    await()
        .atMost(FUSE)
        .until(
            () ->
                forge.deliveries().stream()
                    .filter(delivery -> delivery.name().equals(name))
                    .anyMatch(delivery -> delivery.text("status", "phase").equals(phase)));
  }

  /** An issue whose delivery has arrived; the delivery's name. */
  private String delivered(String issue) throws InterruptedException {
    forge.issue(issue);
    String name = receiver.next().header("x-krate-delivery");
    awaitPhase(name, "Delivered");
    return name;
  }

  private static Map<String, String> causes(ApiException refusal) {
    return refusal.problem() instanceof Problem.Invalid invalid
        ? invalid.errors().stream().collect(Collectors.toMap(e -> e.field(), e -> e.message()))
        : Map.of();
  }

  private void refused(String spec, String field, String message) {
    assertThatThrownBy(() -> ask("x", spec))
        .isInstanceOfSatisfying(
            ApiException.class,
            refusal ->
                assertThat(Optional.ofNullable(causes(refusal).get(field)).orElse("" + refusal))
                    .contains(message));
  }

  @Test
  void aReplayIsANewDeliveryOfTheSameBodyUnderTheSameIdSignedByTheSecretOfToday() throws Exception {
    forge.subscribe("ci", receiver.url());
    forge.issue("first");
    Receiver.Delivered before = receiver.next();
    await().atMost(FUSE).until(() -> forge.phases().equals(List.of("Delivered")));
    String original = forge.deliveries().getFirst().name();
    forge.change(
        ai.a5c.krate.api.core.Secret.class,
        "signing",
        old ->
            old.withText(
                java.util.Base64.getEncoder().encodeToString(Forge.OTHER_KEY.getBytes()),
                "data",
                "key"));

    ApiObject asked = replay("again", original);
    Receiver.Delivered after = receiver.next();

    assertThat(after.body()).isEqualTo(before.body());
    assertThat(after.header("webhook-id")).isEqualTo(before.header("webhook-id"));
    assertThat(after.header("x-krate-delivery")).isEqualTo("again");
    new Webhook(Forge.OTHER_KEY)
        .verify(after.body(), HttpHeaders.of(after.lists(), (name, value) -> true));
    assertThat(asked.labels()).containsEntry("krate.a5c.ai/repository", "web");
    awaitPhase("again", "Delivered");
    WebhookDelivery.Status status = Forge.status(delivery("again"));
    assertThat(delivery("again").text("spec", "replayOf")).isEqualTo(original);
    assertThat(status.event()).isEqualTo("issue.created");
    assertThat(status.repository()).isEqualTo("web");
    assertThat(status.attempts()).hasSize(1);
    assertThat(Forge.status(delivery(original)).attempts()).hasSize(1);
  }

  @Test
  void aReplayCanBeReplayed() throws Exception {
    forge.subscribe("ci", receiver.url());
    String original = delivered("first");
    replay("again", original);
    receiver.next();
    awaitPhase("again", "Delivered");

    replay("once-more", "again");

    receiver.next();
    awaitPhase("once-more", "Delivered");
    assertThat(delivery("once-more").text("status", "eventId"))
        .isEqualTo(delivery(original).text("status", "eventId"));
  }

  @Test
  void aTestIsAnEventOfItsOwnWhateverTheSubscriptionWants() throws Exception {
    forge.subscribe("ci", receiver.url(), ", 'repositories': ['web']");
    ask("try", "'subscription': 'ci', 'test': true");

    Receiver.Delivered got = receiver.next();

    assertThat(got.type()).isEqualTo("hook.test");
    new Webhook(Forge.KEY).verify(got.body(), HttpHeaders.of(got.lists(), (name, value) -> true));
    JsonObject body = Json.parse(Bytes.utf8(got.body()), 1_000_000).object();
    assertThat(body.getString("id")).isEqualTo(got.header("webhook-id")).doesNotContain(".");
    assertThat(body.getString("organization")).isEqualTo("acme");
    assertThat(body.getString("repository")).isEqualTo("web");
    assertThat(JsonTree.textAt(body, "actor", "name")).isEqualTo("ada");
    assertThat(JsonTree.textAt(body, "data", "object", "metadata", "name")).isEqualTo("ci");
    awaitPhase("try", "Delivered");
    assertThat(forge.subscription("ci").failuresInARow()).isZero();
    await()
        .atMost(FUSE)
        .until(
            () ->
                Optional.ofNullable(forge.subscription("ci").lastDelivery())
                    .filter(last -> last.name().equals("try"))
                    .isPresent());
  }

  @Test
  void whoAsksForNothingOrForBothIsToldSo() throws Exception {
    forge.subscribe("ci", receiver.url());
    String original = delivered("first");
    refused("'subscription': 'ci'", "spec.replayOf", "one of them is needed");
    refused("'subscription': 'ci', 'test': false", "spec.test", "it is true, or left out");
    refused(
        "'subscription': 'ci', 'test': true, 'replayOf': '%s'".formatted(original),
        "spec.test",
        "a replay or a test, not both");
    refused("'subscription': 'none', 'test': true", "spec.subscription", "Not found");
    refused("'subscription': 'ci', 'replayOf': 'none'", "spec.replayOf", "Not found");
    assertThat(forge.deliveries()).hasSize(1);
  }

  @Test
  void whatAnotherSubscriptionHadIsNotReplayedNorWhatIsStillToBeSent() throws Exception {
    forge.subscribe("ci", receiver.url());
    String original = delivered("first");
    forge.subscribe("other", receiver.url(), ", 'suspended': true");
    refused(
        "'subscription': 'other', 'replayOf': '%s'".formatted(original),
        "spec.replayOf",
        "it is a delivery of the subscription ci");
    forge.issue("second");
    String waiting = receiver.next().header("x-krate-delivery").replaceFirst("^ci-", "other-");
    awaitPhase(waiting, "Suspended");
    refused(
        "'subscription': 'other', 'replayOf': '%s'".formatted(waiting),
        "spec.replayOf",
        "it is still to be sent");
    forge.ada.delete(
        Forge.kind(WebhookSubscription.class),
        forge.ada.get(Forge.kind(WebhookSubscription.class), "team", "ci").orElseThrow());
    forge.subscribe("ci", receiver.url());
    refused(
        "'subscription': 'ci', 'replayOf': '%s'".formatted(original),
        "spec.replayOf",
        "it is of an earlier subscription of that name");
  }

  @Test
  void theNameOfAnEventsDeliveryCannotBeTaken() {
    forge.subscribe("ci", receiver.url());
    assertThatThrownBy(() -> ask("ci-00000000009999-0", "'subscription': 'ci', 'test': true"))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("such names are those of events");
  }

  @Test
  void whatTheyAskForDoesNotWaitForTheEvents() throws Exception {
    down.set(true);
    forge.subscribe(
        "ci",
        receiver.url(),
        ", 'retry': {'maxAttempts': 5, 'initialDelay': '1h', 'maxDelay': '1h'}");
    forge.issue("first");
    receiver.next();
    down.set(false);

    ask("try", "'subscription': 'ci', 'test': true");

    assertThat(receiver.next().type()).isIn("hook.test", "issue.created");
    awaitPhase("try", "Delivered");
  }

  @Test
  void aSuspendedSubscriptionHoldsThemBackAndARestartKeepsTheirOrder() throws Exception {
    forge.subscribe("ci", receiver.url());
    List<String> originals = List.of(delivered("first"), delivered("second"), delivered("third"));
    suspend(true);
    replay("b", originals.get(0));
    replay("c", originals.get(1));
    replay("a", originals.get(2));
    awaitPhase("b", "Suspended");

    forge = forge.restarted();
    suspend(false);

    assertThat(
            List.of(receiver.next(), receiver.next(), receiver.next()).stream()
                .map(got -> got.header("x-krate-delivery")))
        .containsExactly("b", "c", "a");
    assertThat(receiver.all()).hasSize(6);
  }

  @Test
  void aReplayThatFailsIsTriedAgainLikeAnyOther() throws Exception {
    forge.subscribe("ci", receiver.url());
    String original = delivered("first");
    down.set(true);
    replay("again", original);
    await().atMost(FUSE).until(() -> Forge.status(delivery("again")).attemptCount() >= 2);
    down.set(false);
    awaitPhase("again", "Delivered");
    assertThat(Forge.status(delivery("again")).attempts().getFirst().statusCode()).isEqualTo(503);
  }

  @Test
  void thereIsAnEndToWhatMayWait() throws Exception {
    var kinds = HookKinds.of(Forge.KINDS);
    var asked = new Asked(kinds, forge.server.objects());
    forge.subscribe("ci", receiver.url(), ", 'suspended': true");
    ApiObject test =
        new ApiObject(
            Json.parse(
                    Bytes.utf8(
                        """
                        {"metadata": {"name": "x"}, "spec": {"subscription": "ci", "test": true}}
                        """),
                    1_000)
                .object());
    var context =
        new ai.a5c.krate.apiserver.registry.WriteContext(
            Forge.ADA, kinds.delivery(), "team", "", java.time.Instant.EPOCH, false);
    var full = new DeliveryStrategy(kinds, asked, name -> DeliveryStrategy.MOST_ASKED);

    assertThatThrownBy(() -> full.validate(context, null, test))
        .isInstanceOfSatisfying(
            ApiException.class,
            e -> assertThat(e.problem()).isInstanceOf(Problem.TooManyRequests.class));
    IntStream.range(0, 3).forEach(i -> ask("test-" + i, "'subscription': 'ci', 'test': true"));
    await().atMost(FUSE).until(() -> forge.subscription("ci").pending() == 3);
  }

  private void suspend(boolean suspended) {
    forge.change(
        WebhookSubscription.class,
        "ci",
        old -> old.with(suspended ? JsonValue.TRUE : JsonValue.FALSE, "spec", "suspended"));
  }
}
