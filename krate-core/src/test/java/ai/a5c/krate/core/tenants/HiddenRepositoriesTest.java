package ai.a5c.krate.core.tenants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Decision;
import ai.a5c.krate.apiserver.request.Caller;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.core.PlainKeys;
import ai.a5c.krate.core.push.GitDoor;
import ai.a5c.krate.spi.git.GitService;
import ai.a5c.krate.testkit.storage.FakeStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Git's door tells nobody of a repository that he may not use. */
@Timeout(60)
class HiddenRepositoriesTest {
  private static final Subject ADA = Subject.of("ada", Subject.MASTERS);
  private static final String REPOSITORIES =
      "/apis/config.krate.a5c.ai/v1alpha1/namespaces/team/repositories";

  private final FakeStorage storage =
      new FakeStorage(Set.copyOf(Krate.recordGroups()), InstantSource.system());
  private final Krate krate =
      Krate.builder(storage, NoGit.backend(), new PlainKeys())
          .authorizer(
              Authorizer.inOrder(List.of(Authorizer.masters(), HiddenRepositoriesTest::decide)))
          .build();

  /** Bob may fetch from and push to web and gone. */
  private static Decision decide(Attributes asked) {
    return asked.subject().name().equals("bob")
            && asked.namespace().equals("team")
            && asked.resource().resource().equals("repositories")
            && asked.subresource().equals("git")
            && Set.of("web", "gone").contains(asked.name())
        ? new Decision.Allow("given")
        : new Decision.NoOpinion();
  }

  @BeforeEach
  void open() {
    send(
        "POST",
        "/apis/config.krate.a5c.ai/v1alpha1/organizations",
        "{'apiVersion': 'config.krate.a5c.ai/v1alpha1', 'kind': 'Organization',"
            + " 'metadata': {'name': 'acme'}, 'spec': {'displayName': 'A', 'namespace': 'team'}}");
    String organization = "/apis/config.krate.a5c.ai/v1alpha1/organizations/acme";
    await().until(() -> send("GET", organization, "").contains("NamespaceReady"));
    for (String name : List.of("web", "vault", "gone")) {
      send(
          "POST",
          REPOSITORIES,
          "{'apiVersion': 'config.krate.a5c.ai/v1alpha1', 'kind': 'Repository',"
              + " 'metadata': {'name': '"
              + name
              + "',"
              + " 'finalizers': ['example.org/wait']}, 'spec': {}}");
    }
    send("DELETE", REPOSITORIES + "/gone", "");
  }

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

  private GitDoor.Answer knock(
      Subject subject, String organization, String repository, GitService service) {
    return krate.git(Caller.inProcess(subject), organization, repository, service);
  }

  @Test
  void aStrangerIsToldTheSameOfEverything() {
    for (GitService service : GitService.values()) {
      for (String repository : List.of("web", "vault", "gone", "absent")) {
        for (String organization : List.of("acme", "nobody", "")) {
          assertThat(knock(Subject.of("eve"), organization, repository, service))
              .isEqualTo(new GitDoor.Answer.NotFound());
          assertThat(knock(Subject.ANONYMOUS, organization, repository, service))
              .isEqualTo(new GitDoor.Answer.Unauthorized("authentication required"));
        }
      }
    }
  }

  @Test
  void whoMayUseOneRepositoryIsToldOfThatAlone() {
    Subject bob = Subject.of("bob");
    for (GitService service : GitService.values()) {
      assertThat(knock(bob, "acme", "web", service)).isInstanceOf(GitDoor.Answer.Open.class);
      for (String repository : List.of("vault", "gone", "absent")) {
        assertThat(knock(bob, "acme", repository, service))
            .isEqualTo(new GitDoor.Answer.NotFound());
      }
      assertThat(knock(bob, "nobody", "web", service)).isEqualTo(new GitDoor.Answer.NotFound());
    }
  }
}
