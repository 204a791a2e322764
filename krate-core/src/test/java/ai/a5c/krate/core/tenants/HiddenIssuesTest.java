package ai.a5c.krate.core.tenants;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Decision;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.core.PlainKeys;
import ai.a5c.krate.testkit.api.HiddenConformance;
import ai.a5c.krate.testkit.api.TestedKind;
import ai.a5c.krate.testkit.storage.FakeStorage;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The issues of one repository, for somebody who has no right to another one. */
class HiddenIssuesTest extends HiddenConformance {
  private static final Subject ADA = Subject.of("ada", Subject.MASTERS);
  private static final Subject BOB = Subject.of("bob");
  private static final Set<String> VERBS =
      Set.of("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection");
  private static final String PULL_REQUESTS =
      "/apis/krate.a5c.ai/v1alpha1/namespaces/team/pullrequests";

  private final FakeStorage storage =
      new FakeStorage(Set.copyOf(Krate.recordGroups()), InstantSource.system());
  private final Krate krate =
      Krate.builder(storage, NoGit.backend(), new PlainKeys())
          .authorizer(Authorizer.inOrder(List.of(Authorizer.masters(), HiddenIssuesTest::decide)))
          .build();

  @AfterEach
  void close() {
    krate.close();
    storage.close();
  }

  /** Bob may do everything with records, in the repository web. */
  private static Decision decide(Attributes asked) {
    boolean records = Set.of("issues", "pullrequests").contains(asked.resource().resource());
    boolean within =
        Set.of("issues", "pullrequests").contains(asked.subresource())
            && asked.resource().resource().equals("repositories")
            && asked.name().equals("web");
    return asked.subject().name().equals("bob")
            && asked.namespace().equals("team")
            && VERBS.contains(asked.verb())
            && (records || within)
        ? new Decision.Allow("given")
        : new Decision.NoOpinion();
  }

  private static String call(ApiEndpoint endpoint, ApiRequest request, int status) {
    try (ApiResponse response = endpoint.call(request)) {
      String body = new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(response.status()).as(body).isEqualTo(status);
      return body;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void post(ApiEndpoint endpoint, String target, String body) {
    String json = "application/json";
    assertThat(call(endpoint, ApiRequest.of("POST", target, json, body.replace('\'', '"')), 201))
        .isNotEmpty();
  }

  @Override
  protected ApiEndpoint everything() {
    ApiEndpoint all = krate.endpoint(ADA);
    post(
        all,
        "/api/v1/namespaces",
        "{'apiVersion': 'v1', 'kind': 'Namespace', 'metadata': {'name': 'team',"
            + " 'labels': {'krate.a5c.ai/organization': 'acme'}}}");
    for (String name : List.of("web", "vault")) {
      post(
          all,
          "/apis/config.krate.a5c.ai/v1alpha1/namespaces/team/repositories",
          "{'apiVersion': 'config.krate.a5c.ai/v1alpha1', 'kind': 'Repository',"
              + " 'metadata': {'name': '"
              + name
              + "'}, 'spec': {}}");
    }
    return all;
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

  @Test
  void aPullRequestForARepositoryOutOfSightIsRefusedLikeOneForAMissingRepository() {
    String hidden = call(outsider(), pullRequest("vault"), 422);
    String missing = call(outsider(), pullRequest("absent"), 422);

    assertThat(hidden.replace("vault", "absent")).isEqualTo(missing);
    assertThat(missing).contains("spec.repository: Not found: \\\"absent\\\"");
  }

  private static ApiRequest pullRequest(String repository) {
    String body =
        "{'apiVersion': 'krate.a5c.ai/v1alpha1', 'kind': 'PullRequest', 'metadata': {'name': 'p'},"
            + " 'spec': {'repository': '"
            + repository
            + "', 'sourceBranch': 'topic',"
            + " 'targetBranch': 'main', 'title': 'x'}}";
    return ApiRequest.of("POST", PULL_REQUESTS, "application/json", body.replace('\'', '"'));
  }
}
