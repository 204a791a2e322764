package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.cli.Api.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every write, accepted or refused, is sent as a dry run first: it answers what the request itself
 * then answers, and leaves no trace.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DryRunIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String NAMESPACE = "krate-org-acme";
  private static final String CONFIG_VERSION = "config.krate.a5c.ai/v1alpha1";
  private static final String RECORDS_VERSION = "krate.a5c.ai/v1alpha1";

  @TempDir static Path temporary;

  private ServerProcess server;
  private Forge forge;
  private Api api;

  @BeforeAll
  void start() throws Exception {
    server = ServerProcess.start(temporary.resolve("data"));
    forge = Forge.create(server, temporary.resolve("clone"), "acme", "web");
    api = server.api();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  /** What a dry run must not change. */
  private record State(long revision, Set<String> files) {}

  private State state() {
    try (Stream<Path> files = Files.walk(server.data().resolve("repositories"))) {
      return new State(
          api.revision(), files.map(Path::toString).collect(Collectors.toCollection(TreeSet::new)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Sends the request dry and in earnest. What controllers do meanwhile ends by itself, so that the
   * dry run is sent until it finds and leaves the same state.
   */
  private Answer both(int code, String method, String target, String mediaType, String body) {
    var dry = new AtomicReference<Answer>();
    Waiting.until(
        "a dry run changes nothing: " + method + " " + target,
        PATIENCE,
        () -> {
          State before = state();
          dry.set(api.call(ApiRequest.of(method, target + "?dryRun=All", mediaType, body)));
          return state().equals(before);
        });
    Answer real = api.call(ApiRequest.of(method, target, mediaType, body));
    assertThat(real.code()).as(real.text()).isEqualTo(code);
    assertThat(dry.get().code()).as(dry.get().text()).isEqualTo(code);
    assertThat(dry.get().text("reason")).isEqualTo(real.text("reason"));
    assertThat(dry.get().text("kind")).isEqualTo(real.text("kind"));
    if (code >= 400) {
      assertThat(dry.get().text("message")).isEqualTo(real.text("message"));
    }
    assertThat(dry.get().causes()).isEqualTo(real.causes());
    return real;
  }

  private Answer create(int code, String target, String version, String kind, String rest) {
    String body = "{\"apiVersion\":\"" + version + "\",\"kind\":\"" + kind + "\"," + rest + "}";
    return both(code, "POST", target, "application/json", body);
  }

  private Answer patch(int code, String target, String body) {
    return both(code, "PATCH", target, "application/merge-patch+json", body);
  }

  private Answer delete(int code, String target) {
    return both(code, "DELETE", target, "application/json", "");
  }

  private static String named(String name) {
    return "\"metadata\":{\"name\":\"" + name + "\"}";
  }

  @Test
  void namespaces() {
    String all = Api.CORE + "/namespaces";
    create(201, all, "v1", "Namespace", named("dry"));
    create(409, all, "v1", "Namespace", named("dry"));
    create(422, all, "v1", "Namespace", named("Dry"));
    patch(200, all + "/dry", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}");
    patch(422, all + "/dry", "{\"metadata\":{\"labels\":{\"a\":\"not a label\"}}}");
    delete(200, all + "/dry");
    delete(404, all + "/nobody");
  }

  @Test
  void secrets() {
    String all = Api.CORE + "/namespaces/" + NAMESPACE + "/secrets";
    create(201, all, "v1", "Secret", named("dry") + ",\"data\":{\"a\":\"Yg==\"}");
    create(409, all, "v1", "Secret", named("dry") + ",\"data\":{\"a\":\"Yg==\"}");
    create(404, Api.CORE + "/namespaces/nobody/secrets", "v1", "Secret", named("dry"));
    patch(200, all + "/dry", "{\"data\":{\"a\":\"Yw==\"}}");
    patch(422, all + "/dry", "{\"type\":\"example.org/other\"}");
    delete(200, all + "/dry");
    delete(404, all + "/dry");
  }

  @Test
  void organizations() {
    String all = Api.CONFIG + "/organizations";
    String kind = "Organization";
    create(201, all, CONFIG_VERSION, kind, named("dry") + ",\"spec\":{\"displayName\":\"Dry\"}");
    create(422, all, CONFIG_VERSION, kind, named("other") + ",\"spec\":{}");
    create(
        422,
        all,
        CONFIG_VERSION,
        kind,
        named("other") + ",\"spec\":{\"displayName\":\"O\",\"namespace\":\"default\"}");
    patch(200, all + "/dry", "{\"spec\":{\"description\":\"Dry\"}}");
    patch(422, all + "/dry", "{\"spec\":{\"namespace\":\"elsewhere\"}}");
    delete(200, all + "/dry");
  }

  @Test
  void repositories() {
    String all = Api.config(NAMESPACE, "repositories");
    String kind = "Repository";
    create(201, all, CONFIG_VERSION, kind, named("dry") + ",\"spec\":{}");
    create(409, all, CONFIG_VERSION, kind, named("dry") + ",\"spec\":{}");
    create(
        422, all, CONFIG_VERSION, kind, named("d") + ",\"spec\":{\"defaultBranch\":\"no branch\"}");
    create(422, all, CONFIG_VERSION, kind, named("d.d") + ",\"spec\":{}");
    patch(200, all + "/dry", "{\"spec\":{\"description\":\"Dry\"}}");
    patch(422, all + "/dry", "{\"spec\":{\"defaultBranch\":\"no branch\"}}");
    delete(200, all + "/dry");
  }

  @Test
  void subscriptionsAndDeliveries() {
    String all = Api.config(NAMESPACE, "webhooksubscriptions");
    String kind = "WebhookSubscription";
    String spec =
        ",\"spec\":{\"url\":\"%s\",\"events\":[\"issue.*\"],"
            + "\"secretRefs\":[{\"name\":\"absent\",\"key\":\"k\"}]}";
    String url = "http://127.0.0.1:9/";
    create(201, all, CONFIG_VERSION, kind, named("dry") + spec.formatted(url));
    create(422, all, CONFIG_VERSION, kind, named("other") + spec.formatted("ftp://127.0.0.1/"));
    patch(200, all + "/dry", "{\"spec\":{\"suspended\":true}}");
    patch(422, all + "/dry", "{\"spec\":{\"events\":[]}}");
    delete(200, all + "/dry");
    String deliveries = Api.records(NAMESPACE, "webhookdeliveries");
    create(
        422,
        deliveries,
        RECORDS_VERSION,
        "WebhookDelivery",
        named("dry") + ",\"spec\":{\"subscription\":\"dry\"}");
    delete(404, deliveries + "/nobody");
  }

  @Test
  void auditEventsAreNotWritten() {
    String all = Api.records(NAMESPACE, "auditevents");
    create(405, all, RECORDS_VERSION, "AuditEvent", named("dry"));
    patch(405, all + "/dry", "{\"verb\":\"none\"}");
    delete(405, all + "/dry");
  }

  @Test
  void issuesAndPullRequests() {
    String issues = forge.issues();
    String web = "\"metadata\":{\"generateName\":\"web-\"},\"spec\":{\"repository\":\"web\",";
    Answer issue = create(201, issues, RECORDS_VERSION, "Issue", web + "\"title\":\"Dry\"}");
    String stray = web.replace("\"repository\":\"web\"", "\"repository\":\"none\"");
    create(422, issues, RECORDS_VERSION, "Issue", stray + "\"title\":\"Dry\"}");
    create(
        422,
        issues,
        RECORDS_VERSION,
        "Issue",
        named("web-77") + ",\"spec\":{\"repository\":\"web\",\"title\":\"Dry\"}");
    patch(200, issues + "/" + issue.name(), "{\"spec\":{\"closed\":true}}");
    patch(422, issues + "/" + issue.name(), "{\"spec\":{\"repository\":\"other\"}}");

    String head = forge.pushBranch("topic", "topic", "a topic\n");
    forge.pushBranch("clash", "README", "Goodbye.\n");
    forge.git().run("checkout", "-q", "main");
    forge.git().commit("README", "Welcome.\n");
    forge.git().run("push", "-q", forge.url(), "main");
    String pulls = forge.pullRequests();
    String from = web + "\"sourceBranch\":\"%s\",\"title\":\"Dry\"}";
    String kind = "PullRequest";
    Answer pull = create(201, pulls, RECORDS_VERSION, kind, from.formatted("topic"));
    Answer clash = create(201, pulls, RECORDS_VERSION, kind, from.formatted("clash"));
    create(422, pulls, RECORDS_VERSION, kind, from.formatted("none"));
    String merged = from.formatted("topic").replace("\"title\"", "\"merged\":true,\"title\"");
    create(422, pulls, RECORDS_VERSION, kind, merged);
    String place = pulls + "/" + pull.name();
    String merge = "{\"spec\":{\"merged\":true}}";
    patch(200, place, "{\"spec\":{\"title\":\"Another\"}}");
    patch(422, place, "{\"spec\":{\"merged\":true,\"title\":\"Third\"}}");
    patch(422, place, "{\"spec\":{\"merged\":true,\"mergeHead\":\"" + "0".repeat(40) + "\"}}");
    Answer refused = patch(422, pulls + "/" + clash.name(), merge);
    assertThat(refused.causes()).anyMatch(cause -> cause.endsWith("README"));
    patch(200, place, "{\"spec\":{\"merged\":true,\"mergeHead\":\"" + head + "\"}}");
    patch(200, place, merge);
    patch(422, place, "{\"spec\":{\"closed\":true}}");
    delete(200, pulls + "/" + clash.name());
    delete(200, issues + "/" + issue.name());
    delete(404, issues + "/" + issue.name());
    assertNumbersGoOn();
  }

  /** Dry runs took no number: one issue and two pull requests were created in earnest. */
  private void assertNumbersGoOn() {
    List<Long> numbers =
        LongStream.rangeClosed(4, 6)
            .mapToObj(
                expected ->
                    api.create(forge.issues(), forge.issue("Number " + expected))
                        .expect(201)
                        .number("status", "number"))
            .toList();
    assertThat(numbers).containsExactly(4L, 5L, 6L);
  }
}
