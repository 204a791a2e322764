package ai.a5c.krate.core.tenants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Environment;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.core.PlainKeys;
import ai.a5c.krate.testkit.storage.FakeStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Who may do what in the organization acme, whose namespace team holds the repositories web and
 * api, as organizations, permissions and visibility say. JSON is written with single quotes.
 */
@Timeout(60)
class PermissionsTest {
  private static final Subject ROOT = Subject.of("root", Subject.MASTERS);
  private static final Subject BOB = Subject.of("bob");
  private static final Subject CAROL = Subject.of("carol");
  private static final Subject DAVE = Subject.of("dave");
  private static final String CONFIG = "/apis/config.krate.a5c.ai/v1alpha1";
  private static final String TEAM = CONFIG + "/namespaces/team";
  private static final String PERMISSIONS = TEAM + "/repositorypermissions";
  private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces/team";
  private static final String ORGANIZATION = CONFIG + "/organizations/acme";

  private volatile Duration ahead = Duration.ZERO;
  private final InstantSource clock = () -> InstantSource.system().instant().plus(ahead);
  private final FakeStorage storage = new FakeStorage(Set.copyOf(Krate.recordGroups()), clock);
  private final Krate krate =
      Krate.builder(storage, NoGit.backend(), new PlainKeys())
          .environment(new Environment(clock, System::nanoTime, UUID::randomUUID, new Random(1)))
          .build();

  @BeforeEach
  void found() {
    must(
        "POST",
        CONFIG + "/organizations",
        config("Organization", "acme", "'displayName': 'Acme', 'namespace': 'team'"));
    await().until(() -> get(ORGANIZATION).text("status", "namespace").equals("team"));
    for (String name : List.of("web", "api")) {
      must("POST", TEAM + "/repositories", config("Repository", name, ""));
    }
  }

  @AfterEach
  void close() {
    krate.close();
    storage.close();
  }

  private record Answer(int status, ApiObject body) {}

  private Answer send(Subject subject, String method, String target, String body) {
    String type = method.equals("PATCH") ? "application/merge-patch+json" : "application/json";
    ApiRequest request = ApiRequest.of(method, target, type, body.replace('\'', '"'));
    try (ApiResponse response = krate.endpoint(subject).call(request)) {
      Bytes text = Bytes.owning(response.body().readAllBytes());
      return new Answer(response.status(), new ApiObject(Json.parse(text, 1 << 20).object()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ApiObject must(String method, String target, String body) {
    Answer answer = send(ROOT, method, target, body);
    assertThat(answer.status()).as(answer.body().toString()).isLessThan(300);
    return answer.body();
  }

  private ApiObject get(String target) {
    return send(ROOT, "GET", target, "").body();
  }

  private static String config(String kind, String name, String spec) {
    return ("{'apiVersion': 'config.krate.a5c.ai/v1alpha1', 'kind': '%s',"
            + " 'metadata': {'name': '%s'}, 'spec': {%s}}")
        .formatted(kind, name, spec);
  }

  private static String permission(String name, String repository, String user, String level) {
    return config(
        "RepositoryPermission",
        name,
        "'repository': '%s', 'subject': {'kind': 'User', 'name': '%s'}, 'permission': '%s'"
            .formatted(repository, user, level));
  }

  /** The answer to one who gives a permission. */
  private Answer give(Subject giver, String name, String repository, Subject to, String level) {
    return send(giver, "POST", PERMISSIONS, permission(name, repository, to.name(), level));
  }

  /** Whether the subject may use the verb on repositories, or what belongs to them. */
  private boolean may(Subject subject, String verb, String subresource, String repository) {
    String groups = "'" + String.join("', '", subject.groups()) + "'";
    return must(
            "POST",
            "/apis/authorization.k8s.io/v1/subjectaccessreviews",
            ("{'apiVersion': 'authorization.k8s.io/v1', 'kind': 'SubjectAccessReview', 'spec':"
                    + " {'user': '%s', 'groups': [%s], 'resourceAttributes': {'namespace': 'team',"
                    + " 'verb': '%s', 'group': 'config.krate.a5c.ai', 'resource': 'repositories',"
                    + " 'subresource': '%s', 'name': '%s'}}}")
                .formatted(subject.name(), groups, verb, subresource, repository))
        .isTrue("status", "allowed");
  }

  private boolean reads(Subject subject, String repository) {
    return may(subject, "get", "git", repository);
  }

  private boolean writes(Subject subject, String repository) {
    return may(subject, "update", "git", repository);
  }

  private int status(String target) {
    return send(ROOT, "GET", target, "").status();
  }

  @Test
  void ownersAndGrantsOfAnOrganizationHoldUntilTheyAreTaken() {
    must(
        "PATCH",
        ORGANIZATION,
        "{'spec': {'owners': [{'kind': 'User', 'name': 'carol'}],"
            + " 'grants': [{'role': 'Developer', 'subjects': [{'kind': 'User', 'name': 'bob'}]}]}}");

    await().until(() -> writes(BOB, "web") && writes(BOB, "api"));
    await().until(() -> may(CAROL, "maintain", "", "web"));
    assertThat(may(BOB, "maintain", "", "web")).isFalse();
    assertThat(reads(DAVE, "web")).isFalse();

    must("PATCH", ORGANIZATION, "{'spec': {'owners': [], 'grants': []}}");
    await().until(() -> !reads(BOB, "web") && !reads(CAROL, "web"));
    await().until(() -> status(RBAC + "/rolebindings/krate:owners") == 404);
  }

  @Test
  void theBindingsOfAnOrganizationComeBackWhenSomebodyTakesThem() {
    must("PATCH", ORGANIZATION, "{'spec': {'owners': [{'kind': 'User', 'name': 'carol'}]}}");
    await().until(() -> reads(CAROL, "web"));

    must(
        "PATCH",
        RBAC + "/rolebindings/krate:owners",
        "{'subjects': [{'kind': 'User', 'name': 'dave',"
            + " 'apiGroup': 'rbac.authorization.k8s.io'}]}");

    await().until(() -> reads(CAROL, "web") && !reads(DAVE, "web"));
  }

  @Test
  void whatAnOrganizationGaveGoesWithItsClaimToTheNamespace() {
    must("PATCH", ORGANIZATION, "{'spec': {'owners': [{'kind': 'User', 'name': 'carol'}]}}");
    await().until(() -> reads(CAROL, "web"));

    must(
        "PATCH",
        "/api/v1/namespaces/team",
        "{'metadata': {'labels': {'krate.a5c.ai/organization': null}}}");

    await().until(() -> !reads(CAROL, "web"));
  }

  @Test
  void aGrantIsTakenBackWhileTheOrganizationWaitsForItsRepositories() {
    must("PATCH", ORGANIZATION, "{'spec': {'owners': [{'kind': 'User', 'name': 'carol'}]}}");
    await().until(() -> reads(CAROL, "web"));
    must("DELETE", ORGANIZATION, "");

    must("PATCH", ORGANIZATION, "{'spec': {'owners': []}}");

    await().until(() -> !reads(CAROL, "web"));
    assertThat(status(ORGANIZATION)).isEqualTo(200);
  }

  @Test
  void aPermissionIsOfOneRepositoryAndGoesWhenItIsDeleted() {
    assertThat(give(ROOT, "bob-web", "web", BOB, "Write").status()).isEqualTo(201);
    await().until(() -> writes(BOB, "web"));
    assertThat(reads(BOB, "api")).isFalse();
    assertThat(may(BOB, "maintain", "", "web")).isFalse();
    assertThat(status(RBAC + "/roles/krate:permission:bob-web")).isEqualTo(200);

    must("DELETE", PERMISSIONS + "/bob-web", "");

    await().until(() -> !reads(BOB, "web"));
    await().until(() -> status(RBAC + "/roles/krate:permission:bob-web") == 404);
    await().until(() -> status(PERMISSIONS + "/bob-web") == 404);
  }

  @Test
  void aPermissionThatIsDeletedWithoutCleaningUpLeavesNothing() {
    assertThat(give(ROOT, "bob-web", "web", BOB, "Write").status()).isEqualTo(201);
    await().until(() -> writes(BOB, "web"));

    must("PATCH", PERMISSIONS + "/bob-web", "{'metadata': {'finalizers': []}}");
    must("DELETE", PERMISSIONS + "/bob-web", "");

    await().until(() -> !reads(BOB, "web"));
    await().until(() -> status(RBAC + "/roles/krate:permission:bob-web") == 404);
  }

  @Test
  void aPermissionEndsWhenItsTimeIsOver() {
    Instant end = clock.instant().plusSeconds(3_600);
    assertThat(give(ROOT, "bob-web", "web", BOB, "Read").status()).isEqualTo(201);
    must(
        "PATCH",
        PERMISSIONS + "/bob-web",
        "{'spec': {'expirationTime': '%s'}}".formatted(ApiObject.seconds(end)));
    await().until(() -> reads(BOB, "web"));

    ahead = Duration.ofHours(2);
    must("PATCH", PERMISSIONS + "/bob-web", "{'metadata': {'labels': {'looked': 'again'}}}");

    await().until(() -> !reads(BOB, "web"));
    await()
        .until(
            () ->
                get(PERMISSIONS + "/bob-web").json().toString().contains("\"reason\":\"Expired\""));
  }

  @Test
  void aPermissionEndsWithoutAnybodyTouchingIt() {
    String end = ApiObject.seconds(clock.instant().plusSeconds(2));
    must(
        "POST",
        PERMISSIONS,
        config(
            "RepositoryPermission",
            "bob-web",
            "'repository': 'web', 'subject': {'kind': 'User', 'name': 'bob'},"
                + " 'permission': 'Read', 'expirationTime': '"
                + end
                + "'"));
    await()
        .until(
            () ->
                get(PERMISSIONS + "/bob-web").json().toString().contains("\"reason\":\"Expired\""));
    assertThat(reads(BOB, "web")).isFalse();
    assertThat(status(RBAC + "/rolebindings/krate:permission:bob-web")).isEqualTo(404);
  }

  @Test
  void aDeveloperGivesNoPermissions() {
    assertThat(give(ROOT, "bob-web", "web", BOB, "Write").status()).isEqualTo(201);
    await().until(() -> writes(BOB, "web"));

    assertThat(give(BOB, "dave-web", "web", DAVE, "Admin").status()).isEqualTo(403);
    assertThat(give(BOB, "dave-web", "web", DAVE, "Read").status()).isEqualTo(403);
  }

  @Test
  void whoAdministersARepositoryGivesThatOneAndNoOther() {
    assertThat(give(ROOT, "bob-web", "web", BOB, "Admin").status()).isEqualTo(201);
    await().until(() -> may(BOB, "maintain", "", "web"));

    assertThat(give(BOB, "dave-web", "web", DAVE, "Write").status()).isEqualTo(201);
    assertThat(give(BOB, "carol-web", "web", CAROL, "Admin").status()).isEqualTo(201);
    await().until(() -> writes(DAVE, "web"));
    Answer hidden = give(BOB, "dave-api", "api", DAVE, "Read");
    Answer missing = give(BOB, "dave-api", "nil", DAVE, "Read");
    assertThat(hidden.status()).isEqualTo(403);
    assertThat(hidden.body().toString().replace("\"api\"", "\"nil\"").replace("\\\"api", "\\\"nil"))
        .isEqualTo(missing.body().toString());
    assertThat(reads(BOB, "api")).isFalse();

    // What he has given he takes back; what another gives for api he does not.
    assertThat(give(ROOT, "carol-api", "api", CAROL, "Read").status()).isEqualTo(201);
    await().until(() -> send(BOB, "DELETE", PERMISSIONS + "/dave-web", "").status() == 200);
    await().until(() -> !reads(DAVE, "web"));
    assertThat(send(BOB, "DELETE", PERMISSIONS + "/carol-api", "").status()).isEqualTo(403);
  }

  @Test
  void aRepositoryIsSeenByThoseWhomItsVisibilityNames() {
    assertThat(reads(BOB, "web")).isFalse();

    must("PATCH", TEAM + "/repositories/web", "{'spec': {'visibility': 'Internal'}}");
    await().until(() -> reads(BOB, "web"));
    assertThat(reads(Subject.ANONYMOUS, "web")).isFalse();

    must("PATCH", TEAM + "/repositories/web", "{'spec': {'visibility': 'Public'}}");
    await().until(() -> reads(Subject.ANONYMOUS, "web") && reads(BOB, "web"));
    assertThat(writes(BOB, "web")).isFalse();
    assertThat(reads(BOB, "api")).isFalse();
    assertThat(send(BOB, "GET", TEAM + "/repositories/web", "").status()).isEqualTo(200);

    must("PATCH", TEAM + "/repositories/web", "{'spec': {'visibility': 'Private'}}");
    await().until(() -> !reads(BOB, "web") && !reads(Subject.ANONYMOUS, "web"));
  }

  @Test
  void aRoleThatSomebodyTampersWithIsRestoredAndThenLeftAlone() {
    assertThat(give(ROOT, "bob-web", "web", BOB, "Read").status()).isEqualTo(201);
    await().until(() -> reads(BOB, "web"));

    must(
        "PATCH",
        RBAC + "/roles/krate:permission:bob-web",
        "{'rules': [{'verbs': ['*'], 'apiGroups': ['*'], 'resources': ['*']}],"
            + " 'metadata': {'labels': {'app.kubernetes.io/managed-by': null}}}");
    await().until(() -> reads(BOB, "web") && !writes(BOB, "web") && !reads(BOB, "api"));

    must("DELETE", RBAC + "/rolebindings/krate:permission:bob-web", "");
    await().until(() -> reads(BOB, "web"));

    long settled = storage.configuration().head().value();
    must("PATCH", PERMISSIONS + "/bob-web", "{'metadata': {'labels': {'looked': 'again'}}}");
    await()
        .during(Duration.ofMillis(500))
        .until(() -> storage.configuration().head().value() <= settled + 2);
  }
}
