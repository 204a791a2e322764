package ai.a5c.krate.core.tenants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.core.PlainKeys;
import ai.a5c.krate.testkit.storage.FakeStorage;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Who maintains one repository replays its deliveries and tests its subscriptions, and learns
 * nothing of others. JSON is written with single quotes.
 */
@Timeout(240)
class HiddenDeliveriesTest {
  private static final Duration FUSE = Duration.ofSeconds(90);
  private static final Subject ROOT = Subject.of("root", Subject.MASTERS);
  private static final Subject BOB = Subject.of("bob");
  private static final String CONFIG = "/apis/config.krate.a5c.ai/v1alpha1";
  private static final String TEAM = CONFIG + "/namespaces/team";
  private static final String RECORDS = "/apis/krate.a5c.ai/v1alpha1/namespaces/team";
  private static final String DELIVERIES = RECORDS + "/webhookdeliveries";

  private final FakeStorage storage =
      new FakeStorage(Set.copyOf(Krate.recordGroups()), InstantSource.system());
  private final Krate krate = Krate.builder(storage, NoGit.backend(), new PlainKeys()).build();

  private record Answer(int status, String text, ApiObject body) {}

  private Answer send(Subject subject, String method, String target, String body) {
    ApiRequest request = ApiRequest.of(method, target, "application/json", body.replace('\'', '"'));
    try (ApiResponse response = krate.endpoint(subject).call(request)) {
      Bytes text = Bytes.owning(response.body().readAllBytes());
      return new Answer(
          response.status(), text.utf8(), new ApiObject(Json.parse(text, 1 << 20).object()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ApiObject must(String target, String body) {
    Answer answer = send(ROOT, "POST", target, body);
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    return answer.body();
  }

  private static String config(String kind, String name, String spec) {
    return ("{'apiVersion': 'config.krate.a5c.ai/v1alpha1', 'kind': '%s',"
            + " 'metadata': {'name': '%s'}, 'spec': {%s}}")
        .formatted(kind, name, spec);
  }

  @BeforeEach
  void found() {
    must(
        CONFIG + "/organizations",
        config("Organization", "acme", "'displayName': 'Acme', 'namespace': 'team'"));
    await()
        .atMost(FUSE)
        .until(() -> send(ROOT, "GET", "/api/v1/namespaces/team", "").status() == 200);
    for (String name : List.of("web", "api")) {
      must(TEAM + "/repositories", config("Repository", name, ""));
    }
    subscribe("everything", "*");
    subscribe("of-web", "web");
    must(
        TEAM + "/repositorypermissions",
        config(
            "RepositoryPermission",
            "bob",
            "'repository': 'web', 'subject': {'kind': 'User', 'name': 'bob'}, 'permission':"
                + " 'Maintain'"));
    await().atMost(FUSE).until(() -> ask("of-web", "'test': true").status() == 201);
  }

  @AfterEach
  void close() {
    krate.close();
    storage.close();
  }

  /** Nothing can be sent, so that deliveries are Failed at once. */
  private void subscribe(String name, String repository) {
    must(
        TEAM + "/webhooksubscriptions",
        config(
            "WebhookSubscription",
            name,
            ("'url': 'http://127.0.0.1:9/', 'events': ['issue.created'], 'repositories': ['%s'],"
                    + " 'secretRefs': [{'name': 'none', 'key': 'k'}], 'retry': {'maxAttempts': 1}")
                .formatted(repository)));
  }

  private Answer ask(String subscription, String what) {
    return send(
        BOB,
        "POST",
        DELIVERIES + "?dryRun=All",
        ("{'apiVersion': 'krate.a5c.ai/v1alpha1', 'kind': 'WebhookDelivery', 'metadata':"
                + " {'generateName': 'asked-'}, 'spec': {'subscription': '%s', %s}}")
            .formatted(subscription, what));
  }

  /** The finished delivery of an issue of the repository to the subscription of everything. */
  private String delivered(String repository) {
    must(
        RECORDS + "/issues",
        ("{'apiVersion': 'krate.a5c.ai/v1alpha1', 'kind': 'Issue', 'metadata': {'name': 'of-%1$s'},"
                + " 'spec': {'repository': '%1$s', 'title': 't'}}")
            .formatted(repository));
    String target = DELIVERIES + "?fieldSelector=spec.subscription=everything,status.phase=Failed";
    return await()
        .atMost(FUSE)
        .until(
            () ->
                send(ROOT, "GET", target, "").body().json().getJsonArray("items").stream()
                    .map(item -> new ApiObject((JsonObject) item))
                    .filter(d -> d.text("status", "repository").equals(repository))
                    .map(ApiObject::name)
                    .findFirst()
                    .orElse(""),
            name -> !name.isEmpty());
  }

  @Test
  void oneRepositoryIsWhatSomebodyReplaysAndTests() {
    String own = delivered("web");
    String hidden = delivered("api");

    Answer replayed = ask("everything", "'replayOf': '" + own + "'");
    assertThat(replayed.status()).as(replayed.text()).isEqualTo(201);

    Answer refused = ask("everything", "'replayOf': '" + hidden + "'");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text())
        .isEqualTo(ask("everything", "'replayOf': 'nowhere'").text().replace("nowhere", hidden));

    Answer all = ask("everything", "'test': true");
    assertThat(all.status()).isEqualTo(422);
    assertThat(all.text())
        .isEqualTo(ask("nowhere", "'test': true").text().replace("nowhere", "everything"));
    assertThat(ask("of-web", "'test': true").status()).isEqualTo(201);
  }
}
