package ai.a5c.krate.core.access;

import static ai.a5c.krate.core.access.AccessHouse.ADMIN;
import static ai.a5c.krate.core.access.AccessHouse.binding;
import static ai.a5c.krate.core.access.AccessHouse.bindings;
import static ai.a5c.krate.core.access.AccessHouse.role;
import static ai.a5c.krate.core.access.AccessHouse.roles;
import static ai.a5c.krate.core.access.AccessHouse.rule;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.core.access.AccessHouse.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EscalationTest {
  private static final Subject ADA = Subject.of("ada", "dev");
  private static final String WRITE_ROLES =
      rule(
          "'get', 'list', 'create', 'update', 'patch', 'delete'",
          "rbac.authorization.k8s.io",
          "'roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'");
  private static final String READ = rule("'get', 'list'", "krate.a5c.ai", "'issues'");
  private static final String SECRETS = rule("'get', 'list'", "", "'secrets'");

  private final AccessHouse house = new AccessHouse();

  @BeforeEach
  void ada() {
    house.namespace("a");
    house.grant("a", "writer", "ada", WRITE_ROLES + ", " + READ);
  }

  @AfterEach
  void close() {
    house.close();
  }

  private Answer create(String target, String body) {
    return house.send(ADA, "POST", target, body);
  }

  @Test
  void whatOneHoldsMayBeGiven() {
    assertThat(create(roles("a"), role("a", "readers", READ)).status()).isEqualTo(201);
    assertThat(create(bindings("a"), binding("a", "x", "Role/readers", "bob")).status())
        .isEqualTo(201);
  }

  @Test
  void aRuleThatOneDoesNotHoldIsRefusedInKubernetesWords() {
    Answer answer = create(roles("a"), role("a", "thief", READ + ", " + SECRETS));
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.message())
        .isEqualTo(
            "roles.rbac.authorization.k8s.io \"thief\" is forbidden: user \"ada\" (groups=[\"dev\""
                + " \"system:authenticated\"]) is attempting to grant RBAC permissions not"
                + " currently held:\n"
                + "{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"get\" \"list\"]}");
    assertThat(house.get(ADMIN, roles("a") + "/thief").status()).isEqualTo(404);
  }

  @Test
  void aRuleIsNotAddedLaterEither() {
    create(roles("a"), role("a", "readers", READ));
    assertThat(
            house
                .send(ADA, "PATCH", roles("a") + "/readers", "{'rules': [" + SECRETS + "]}")
                .status())
        .isEqualTo(403);
  }

  @Test
  void aRoleWithRulesThatOneDoesNotHoldIsNotBound() {
    house.must(ADMIN, roles("a"), role("a", "secrets", SECRETS));
    assertThat(create(bindings("a"), binding("a", "x", "Role/secrets", "ada")).status())
        .isEqualTo(403);
    assertThat(
            create(bindings("a"), binding("a", "x", "ClusterRole/cluster-admin", "ada")).status())
        .isEqualTo(403);
    assertThat(create(bindings("a"), binding("a", "x", "Role/missing", "ada")).status())
        .isEqualTo(404);
  }

  @Test
  void subjectsAreNotAddedToABindingOfSuchARoleEither() {
    house.must(ADMIN, roles("a"), role("a", "secrets", SECRETS));
    house.must(ADMIN, bindings("a"), binding("a", "x", "Role/secrets", "bob"));
    assertThat(
            house
                .send(
                    ADA,
                    "PATCH",
                    bindings("a") + "/x",
                    "{'subjects': [{'kind': 'User', 'name': 'ada'}]}")
                .status())
        .isEqualTo(403);
    assertThat(house.send(ADA, "DELETE", bindings("a") + "/x", "").status()).isEqualTo(200);
  }

  @Test
  void whatOneHoldsInANamespaceIsNotGivenEverywhere() {
    house.grant("", "writer", "ada", WRITE_ROLES);
    assertThat(create(roles(""), role("", "readers", READ)).status()).isEqualTo(403);
    house.must(ADMIN, roles(""), role("", "readers", READ));
    assertThat(create(bindings(""), binding("", "x", "ClusterRole/readers", "ada")).status())
        .isEqualTo(403);
    assertThat(create(bindings("a"), binding("a", "x", "ClusterRole/readers", "ada")).status())
        .isEqualTo(201);
  }

  @Test
  void bindAndEscalateLetOneGiveMore() {
    house.must(ADMIN, roles("a"), role("a", "secrets", SECRETS));
    house.grant(
        "a",
        "binder",
        "ada",
        "{'verbs': ['bind'], 'apiGroups': ['rbac.authorization.k8s.io'], 'resources': ['roles'],"
            + " 'resourceNames': ['secrets']}");
    assertThat(create(bindings("a"), binding("a", "x", "Role/secrets", "bob")).status())
        .isEqualTo(201);
    assertThat(create(roles("a"), role("a", "more", SECRETS)).status()).isEqualTo(403);
    house.grant(
        "a", "escalator", "ada", rule("'escalate'", "rbac.authorization.k8s.io", "'roles'"));
    assertThat(create(roles("a"), role("a", "more", SECRETS)).status()).isEqualTo(201);
  }

  @Test
  void onlyWhoHoldsEverythingMakesAnAggregatedRole() {
    house.grant("", "writer", "ada", WRITE_ROLES);
    String body =
        role("", "all", "")
            .replace(
                "'rules'",
                "'aggregationRule': {'clusterRoleSelectors': [{'matchLabels': {'to': 'all'}}]},"
                    + " 'rules'");
    Answer answer = create(roles(""), body);
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.message())
        .endsWith("must have cluster-admin privileges to use the aggregationRule");
    house.must(ADMIN, bindings(""), binding("", "boss", "ClusterRole/cluster-admin", "ada"));
    assertThat(create(roles(""), body).status()).isEqualTo(201);
  }

  @Test
  void anEmptyNameIsNotTheRightToAllNames() {
    house.grant(
        "a",
        "odd",
        "ada",
        "{'verbs': ['get'], 'apiGroups': [''], 'resources': ['secrets'], 'resourceNames': ['']}");
    assertThat(create(roles("a"), role("a", "all", rule("'get'", "", "'secrets'"))).status())
        .isEqualTo(403);
  }

  @Test
  void aDryRunIsRefusedToo() {
    assertThat(create(roles("a") + "?dryRun=All", role("a", "thief", SECRETS)).status())
        .isEqualTo(403);
  }
}
