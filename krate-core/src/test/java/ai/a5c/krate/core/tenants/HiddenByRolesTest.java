package ai.a5c.krate.core.tenants;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.core.PlainKeys;
import ai.a5c.krate.testkit.api.HiddenConformance;
import ai.a5c.krate.testkit.api.TestedKind;
import ai.a5c.krate.testkit.storage.FakeStorage;
import jakarta.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The same by roles and bindings, as they are given and taken away while the server runs. */
@Timeout(60)
class HiddenByRolesTest extends HiddenConformance {
  private static final Subject ADA = Subject.of("ada", Subject.MASTERS);
  private static final Subject BOB = Subject.of("bob");
  private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces/team/";
  private static final String ISSUES = "/apis/krate.a5c.ai/v1alpha1/namespaces/team/issues";
  private static final String VERBS =
      "'verbs': ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete',"
          + " 'deletecollection']";

  private final FakeStorage storage =
      new FakeStorage(Set.copyOf(Krate.recordGroups()), InstantSource.system());
  private final Krate krate = Krate.builder(storage, NoGit.backend(), new PlainKeys()).build();

  @AfterEach
  void close() {
    krate.close();
    storage.close();
  }

  private String send(String method, String target, String body) {
    ApiRequest request = ApiRequest.of(method, target, "application/json", body.replace('\'', '"'));
    try (ApiResponse response = krate.endpoint(ADA).call(request)) {
      String text = new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(response.status()).as(text).isLessThan(300);
      return text;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Gives bob every verb on the issues of one repository. */
  private void allow(String repository) {
    String role = "{'apiVersion': 'rbac.authorization.k8s.io/v1', 'kind': ";
    send(
        "POST",
        RBAC + "roles",
        role
            + "'Role', 'metadata': {'name': '"
            + repository
            + "'}, 'rules': ["
            + "{'apiGroups': ['krate.a5c.ai'], 'resources': ['issues', 'issues/status'], "
            + VERBS
            + "}, {'apiGroups': ['config.krate.a5c.ai'], 'resources': ['repositories/issues'],"
            + " 'resourceNames': ['"
            + repository
            + "'], "
            + VERBS
            + "}]}");
    send(
        "POST",
        RBAC + "rolebindings",
        role
            + "'RoleBinding', 'metadata': {'name': '"
            + repository
            + "'},"
            + " 'subjects': [{'kind': 'User', 'name': 'bob',"
            + " 'apiGroup': 'rbac.authorization.k8s.io'}],"
            + " 'roleRef': {'apiGroup': 'rbac.authorization.k8s.io', 'kind': 'Role',"
            + " 'name': '"
            + repository
            + "'}}");
  }

  @Override
  protected ApiEndpoint everything() {
    send(
        "POST",
        "/api/v1/namespaces",
        "{'apiVersion': 'v1', 'kind': 'Namespace', 'metadata': {'name': 'team',"
            + " 'labels': {'krate.a5c.ai/organization': 'acme'}}}");
    for (String name : List.of("web", "vault")) {
      send(
          "POST",
          "/apis/config.krate.a5c.ai/v1alpha1/namespaces/team/repositories",
          "{'apiVersion': 'config.krate.a5c.ai/v1alpha1', 'kind': 'Repository',"
              + " 'metadata': {'name': '"
              + name
              + "'}, 'spec': {}}");
    }
    allow("web");
    return krate.endpoint(ADA);
  }

  @Override
  protected ApiEndpoint outsider() {
    return krate.endpoint(BOB);
  }

  @Override
  protected TestedKind kind() {
    return new TestedKind(
        "krate.a5c.ai",
        "v1alpha1",
        "issues",
        "Issue",
        specOf("web"),
        "title",
        Json.object().add("title", "").build(),
        Json.object().build());
  }

  @Override
  protected String namespace() {
    return "team";
  }

  @Override
  protected JsonObject specOf(String owner) {
    return Json.object().add("repository", owner).add("title", "hello").build();
  }

  @Override
  protected String hiddenOwner() {
    return "vault";
  }

  @Override
  protected String missingOwner() {
    return "absent";
  }

  private ApiResponse watch(String query) {
    return outsider().call(ApiRequest.get(ISSUES + "?watch=true" + query));
  }

  private static String nextLine(ApiResponse watch) throws IOException {
    var lines = new BufferedReader(new InputStreamReader(watch.body(), StandardCharsets.UTF_8), 1);
    return String.valueOf(lines.readLine()).strip();
  }

  @Test
  void aWatchEndsSoonAfterItsGrantIsRevoked() throws Exception {
    try (ApiResponse watch = watch("&resourceVersion=" + storage.records().head())) {
      long begun = System.nanoTime();
      send("DELETE", RBAC + "rolebindings/web", "");

      assertThat(nextLine(watch)).contains("\"ERROR\"").contains("\"code\":403");
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
    }
    assertThat(watch("").status()).isEqualTo(403);
  }

  @Test
  void aWatchEndsSoonAfterMoreMayBeSeen() throws Exception {
    String before = "&resourceVersion=" + storage.records().head();
    try (ApiResponse watch = watch(before)) {
      allow("vault");

      assertThat(nextLine(watch)).contains("\"ERROR\"").contains("\"code\":410");
    }
    try (ApiResponse resumed = watch(before);
        ApiResponse begun = watch("&resourceVersion=" + storage.records().head())) {
      assertThat(resumed.status()).isEqualTo(410);
      assertThat(begun.status()).isEqualTo(200);
    }
  }
}
