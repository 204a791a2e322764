package ai.a5c.krate.core.access;

import static ai.a5c.krate.core.access.AccessHouse.ADMIN;
import static ai.a5c.krate.core.access.AccessHouse.RBAC;
import static ai.a5c.krate.core.access.AccessHouse.binding;
import static ai.a5c.krate.core.access.AccessHouse.bindings;
import static ai.a5c.krate.core.access.AccessHouse.role;
import static ai.a5c.krate.core.access.AccessHouse.roles;
import static ai.a5c.krate.core.access.AccessHouse.rule;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.core.access.AccessHouse.Answer;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RbacTest {
  private static final Subject ADA = Subject.of("ada", "team-a");
  private static final String ISSUES = "/apis/krate.a5c.ai/v1alpha1/namespaces/a/issues";
  private static final String READ = rule("'get', 'list', 'watch'", "krate.a5c.ai", "'issues'");

  private final AccessHouse house = new AccessHouse();

  @BeforeEach
  void namespaces() {
    house.namespace("a");
    house.namespace("b");
  }

  @AfterEach
  void close() {
    house.close();
  }

  private int list(String namespace) {
    return house.get(ADA, ISSUES.replace("/a/", "/" + namespace + "/")).status();
  }

  @Test
  void aRoleHoldsInItsNamespaceFromTheAnswerToItsBindingOn() {
    assertThat(list("a")).isEqualTo(403);
    house.grant("a", "readers", "ada", READ);
    assertThat(list("a")).isEqualTo(200);
    assertThat(list("b")).isEqualTo(403);
  }

  @Test
  void aRightEndsWithTheAnswerToItsRemoval() {
    house.grant("a", "readers", "ada", READ);
    for (int i = 0; i < 20; i++) {
      assertThat(house.send(ADMIN, "DELETE", bindings("a") + "/readers", "").status())
          .isEqualTo(200);
      assertThat(list("a")).isEqualTo(403);
      house.must(ADMIN, bindings("a"), binding("a", "readers", "Role/readers", "ada"));
      assertThat(list("a")).isEqualTo(200);
    }
    house.send(ADMIN, "PATCH", roles("a") + "/readers", "{'rules': []}");
    assertThat(list("a")).isEqualTo(403);
  }

  @Test
  void anotherServerKnowsWithinASecond() {
    try (AccessHouse other = house.replica()) {
      house.grant("a", "readers", "ada", READ);
      Awaitility.await()
          .atMost(Duration.ofSeconds(1))
          .until(() -> other.get(ADA, ISSUES).status() == 200);
    }
  }

  @Test
  void refusalsAreKubernetesSentences() {
    assertThat(house.get(ADA, ISSUES).message())
        .isEqualTo(
            "issues.krate.a5c.ai is forbidden: User \"ada\" cannot list resource \"issues\" in API"
                + " group \"krate.a5c.ai\" in the namespace \"a\"");
    assertThat(house.get(ADA, "/api/v1/namespaces/a").message())
        .isEqualTo(
            "namespaces \"a\" is forbidden: User \"ada\" cannot get resource \"namespaces\" in API"
                + " group \"\" at the cluster scope");
    Answer path = house.get(Subject.ANONYMOUS, "/apis");
    assertThat(path.status()).isEqualTo(403);
    assertThat(path.message())
        .isEqualTo("forbidden: User \"system:anonymous\" cannot get path \"/apis\"");
    assertThat(path.body().getJsonObject("details")).isEmpty();
  }

  @Test
  void everybodyWhoIsAuthenticatedMayLookAroundAndEverybodyMaySeeTheVersion() {
    for (String path : new String[] {"/api", "/apis", "/openapi/v3", "/version"}) {
      assertThat(house.get(ADA, path).status()).as(path).isEqualTo(200);
    }
    assertThat(house.get(Subject.ANONYMOUS, "/version").status()).isEqualTo(200);
    assertThat(house.get(Subject.ANONYMOUS, "/openapi/v3").status()).isEqualTo(403);
    assertThat(house.get(ADA, "/").status()).isEqualTo(403);
  }

  @Test
  void aSelectorOfOneNameAsksForThatName() {
    house.grant(
        "a",
        "one",
        "ada",
        "{'verbs': ['get', 'list'], 'apiGroups': ['krate.a5c.ai'], 'resources': ['issues'],"
            + " 'resourceNames': ['web-1']}");
    assertThat(list("a")).isEqualTo(403);
    assertThat(house.get(ADA, ISSUES + "?fieldSelector=metadata.name%3Dweb-1").status())
        .isEqualTo(200);
    assertThat(house.get(ADA, ISSUES + "?fieldSelector=metadata.name%3Dweb-2").status())
        .isEqualTo(403);
    assertThat(house.get(ADA, ISSUES + "?fieldSelector=metadata.name%21%3Dweb-1").status())
        .isEqualTo(403);
    assertThat(house.get(ADA, ISSUES + "/web-1").status()).isEqualTo(404);
    assertThat(house.get(ADA, ISSUES + "/web-2").status()).isEqualTo(403);
  }

  @Test
  void groupsAndServiceAccountsHoldRolesToo() {
    house.must(ADMIN, roles(""), role("", "readers", READ));
    house.must(
        ADMIN,
        bindings("a"),
        binding("a", "team", "ClusterRole/readers", "x")
            .replace("'kind': 'User', 'name': 'x'", "'kind': 'Group', 'name': 'team-a'"));
    house.must(
        ADMIN,
        bindings("a"),
        binding("a", "bot", "ClusterRole/readers", "x")
            .replace("'kind': 'User', 'name': 'x'", "'kind': 'ServiceAccount', 'name': 'bot'"));
    assertThat(list("a")).isEqualTo(200);
    Subject bot = Subject.of("system:serviceaccount:a:bot");
    assertThat(house.get(bot, ISSUES).status()).isEqualTo(200);
    assertThat(house.get(Subject.of("system:serviceaccount:b:bot"), ISSUES).status())
        .isEqualTo(403);
  }

  @Test
  void aRoleReferenceIsNeverChanged() {
    house.grant("a", "readers", "ada", READ);
    house.must(ADMIN, roles("a"), role("a", "others", READ));
    Answer changed =
        house.send(ADMIN, "PATCH", bindings("a") + "/readers", "{'roleRef': {'name': 'others'}}");
    assertThat(changed.status()).isEqualTo(422);
    assertThat(changed.message()).contains("roleRef");
  }

  @Test
  void usersAndGroupsAreOfTheGroupOfRolesUnlessSaidOtherwise() {
    house.must(ADMIN, roles("a"), role("a", "readers", READ));
    Answer created =
        house.must(ADMIN, bindings("a"), binding("a", "readers", "Role/readers", "ada"));
    assertThat(created.body().getJsonArray("subjects").getJsonObject(0).getString("apiGroup"))
        .isEqualTo("rbac.authorization.k8s.io");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "roles | Role | \"rules\": [{\"verbs\": [\"get\"], \"nonResourceURLs\": [\"/x\"]}] |"
            + " namespaced rules cannot apply to non-resource URLs",
        "roles | Role | \"rules\": [{\"verbs\": [], \"apiGroups\": [\"\"], \"resources\": [\"x\"]}] |"
            + " verbs must contain at least one value",
        "roles | Role | \"rules\": [{\"verbs\": [\"get\"], \"resources\": [\"x\"]}] |"
            + " resource rules must supply at least one api group",
        "roles | Role | \"rules\": [{\"verbs\": [\"get\"], \"apiGroups\": [\"\"]}] |"
            + " resource rules must supply at least one resource",
        "rolebindings | RoleBinding | \"roleRef\": {\"kind\": \"Group\", \"name\": \"x\"} |"
            + " roleRef.kind: Unsupported value: \"Group\"",
        "rolebindings | RoleBinding | \"roleRef\": {\"kind\": \"Role\", \"name\": \"\"} |"
            + " roleRef.name: Required value",
        "rolebindings | RoleBinding | \"subjects\": [{\"kind\": \"Team\", \"name\": \"x\"}],"
            + " \"roleRef\": {\"kind\": \"Role\", \"name\": \"r\"} |"
            + " subjects[0].kind: Unsupported value: \"Team\"",
        "rolebindings | RoleBinding | \"subjects\": [{\"kind\": \"ServiceAccount\", \"name\": \"x\","
            + " \"apiGroup\": \"y\"}], \"roleRef\": {\"kind\": \"Role\", \"name\": \"r\"} |"
            + " subjects[0].apiGroup: Unsupported value: \"y\"",
      })
  void whatIsNoRoleOrBindingIsRefused(String plural, String kind, String members, String message) {
    Answer answer =
        house.send(
            ADMIN,
            "POST",
            RBAC + "/namespaces/a/" + plural.strip(),
            "{\"apiVersion\": \"rbac.authorization.k8s.io/v1\", \"kind\": \""
                + kind.strip()
                + "\", \"metadata\": {\"name\": \"x\"}, "
                + members.strip()
                + "}");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.message()).contains(message.strip());
  }

  @Test
  void namesOfRolesMayHoldColonsButNoSlash() {
    house.must(ADMIN, roles("a"), role("a", "team:Readers one", READ));
    assertThat(house.get(ADMIN, roles("a") + "/team:Readers%20one").status()).isEqualTo(200);
    assertThat(house.send(ADMIN, "POST", roles("a"), role("a", "a/b", READ)).status())
        .isEqualTo(422);
    assertThat(house.send(ADMIN, "POST", roles("a"), role("a", "..", READ)).status())
        .isEqualTo(422);
  }

  @Test
  void aggregatedRolesGatherTheRulesOfTheRolesThatTheySelect() {
    house.must(
        ADMIN,
        roles(""),
        role("", "all", "")
            .replace(
                "'rules'",
                "'aggregationRule': {'clusterRoleSelectors': [{'matchLabels': {'to': 'all'}}]},"
                    + " 'rules'"));
    house.must(ADMIN, bindings("a"), binding("a", "ada", "ClusterRole/all", "ada"));
    assertThat(list("a")).isEqualTo(403);
    house.must(
        ADMIN,
        roles(""),
        role("", "part", READ).replace("'metadata': {", "'metadata': {'labels': {'to': 'all'}, "));
    Awaitility.await().until(() -> list("a") == 200);
    house.send(ADMIN, "DELETE", roles("") + "/part", "");
    Awaitility.await().until(() -> list("a") == 403);
  }

  @Test
  void whatTheStoreCannotSayIsNotAllowed() {
    house.grant("a", "readers", "ada", READ);
    assertThat(list("a")).isEqualTo(200);
    AccessHouse next = house.replica();
    next.close();
    assertThat(next.get(ADA, ISSUES).status()).isGreaterThanOrEqualTo(500);
  }
}
