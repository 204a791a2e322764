package ai.a5c.krate.core.access;

import static ai.a5c.krate.core.access.AccessHouse.ADMIN;
import static ai.a5c.krate.core.access.AccessHouse.bindings;
import static ai.a5c.krate.core.access.AccessHouse.roles;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.rbac.PolicyRule;
import ai.a5c.krate.api.schema.Verb;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Decision;
import ai.a5c.krate.apiserver.authz.rbac.Coverage;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.forge.ForgeKinds;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DefaultRolesTest {
  private static final RoleCatalogue CATALOGUE = RoleCatalogue.of(ForgeKinds.all().all(), false);
  private static final List<String> FORGE_ROLES =
      List.of(
          "krate:viewer",
          "krate:triage",
          "krate:developer",
          "krate:repo-admin",
          "krate:admin",
          "krate:platform-engineer");

  static List<Kind> kinds() {
    return ForgeKinds.all().all();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyKindHasARowInTheTableOfRights(Kind kind) {
    assertThat(KindRights.knows(kind)).as(kind.resource().toString()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void viewersReadEveryRecordInItsRepository(Kind kind) {
    if (kind.group().equals("krate.a5c.ai")) {
      assertThat(may("krate:viewer", "list", kind.resource().toString())).isTrue();
      if (!kind.equals(ForgeKinds.AUDIT_EVENT)) {
        assertThat(may("krate:viewer", "list", "repositories/" + kind.plural())).isTrue();
      }
      assertThat(may("krate:viewer", "create", kind.resource().toString())).isFalse();
    }
  }

  @Test
  void nobodyHoldsAStatus() {
    for (String role : FORGE_ROLES) {
      for (Kind kind : kinds()) {
        for (Verb verb : Verb.values()) {
          assertThat(may(role, verb.wireName(), kind.plural() + "/status." + kind.group()))
              .as(role + " " + verb + " " + kind.plural())
              .isFalse();
        }
      }
    }
  }

  @Test
  void eachRoleHoldsWhatTheOneBeforeHolds() {
    for (int i = 1; i < FORGE_ROLES.size(); i++) {
      assertThat(Coverage.missing(rules(FORGE_ROLES.get(i)), rules(FORGE_ROLES.get(i - 1))))
          .isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "krate:viewer, get, repositories/git, true",
    "krate:viewer, get, repositories, true",
    "krate:viewer, update, repositories/git, false",
    "krate:viewer, list, webhooksubscriptions, false",
    "krate:viewer, get, secrets., false",
    "krate:triage, create, repositories/issues, true",
    "krate:triage, create, issues.krate.a5c.ai, true",
    "krate:triage, create, pullrequests.krate.a5c.ai, false",
    "krate:triage, delete, issues.krate.a5c.ai, false",
    "krate:developer, update, repositories/git, true",
    "krate:developer, merge, repositories, true",
    "krate:developer, create, repositories/pullrequests, true",
    "krate:developer, update, repositories, false",
    "krate:developer, maintain, repositories, false",
    "krate:developer, create, repositories/checks, false",
    "krate:repo-admin, maintain, repositories, true",
    "krate:repo-admin, delete, repositories, true",
    "krate:repo-admin, create, webhooksubscriptions, true",
    "krate:repo-admin, create, repositories/webhookdeliveries, true",
    "krate:repo-admin, use, runnerpools, true",
    "krate:repo-admin, get, secrets., false",
    "krate:repo-admin, create, repositories/checks, false",
    "krate:admin, create, secrets., true",
    "krate:admin, create, repositories/checks, false",
    "krate:admin, create, organizations, false",
    "krate:platform-engineer, create, organizations, true",
    "krate:platform-engineer, escalate, clusterroles.rbac.authorization.k8s.io, false",
    "krate:platform-engineer, bind, clusterroles.rbac.authorization.k8s.io, false",
    "krate:platform-engineer, impersonate, users., false",
    "krate:check-writer, create, repositories/checks, true",
    "krate:check-writer, get, repositories/git, false",
    "krate:ci-job, get, repositories/git, true",
    "krate:ci-job, update, repositories/git, false",
    "krate:ci-job, create, repositories/checks, false",
    "krate:ci-job, list, auditevents.krate.a5c.ai, false",
  })
  void theRolesAreThoseOfTheTable(String role, String verb, String resource, boolean allowed) {
    assertThat(may(role, verb, resource)).isEqualTo(allowed);
  }

  /** A resource without a group is one of the configuration's; with a bare dot, of the core. */
  private static boolean may(String role, String verb, String resource) {
    int dot = resource.indexOf('.');
    String group = dot < 0 ? "config.krate.a5c.ai" : resource.substring(dot + 1);
    String name = dot < 0 ? resource : resource.substring(0, dot);
    return Coverage.missing(
            rules(role),
            List.of(
                new PolicyRule(List.of(verb), List.of(group), List.of(name), List.of(), List.of())))
        .isEmpty();
  }

  private static List<PolicyRule> rules(String role) {
    return CATALOGUE.roles().getOrDefault(role, List.of());
  }

  private static Stream<String> names(AccessHouse house, String target) {
    return house.get(ADMIN, target).body().getJsonArray("items").stream()
        .map(item -> new ApiObject(item.asJsonObject()).name());
  }

  @Test
  void theyAreThereFromTheFirstStart() {
    try (AccessHouse house = new AccessHouse()) {
      assertThat(names(house, roles(""))).containsAll(CATALOGUE.roles().keySet());
      assertThat(names(house, bindings("")))
          .containsExactlyInAnyOrder(
              "cluster-admin",
              "system:basic-user",
              "system:discovery",
              "system:public-info-viewer");
    }
  }

  @Test
  void whatIsMissingComesBackAtTheNextStart() {
    AccessHouse first = new AccessHouse();
    first.send(ADMIN, "DELETE", bindings("") + "/system:discovery", "");
    first.send(ADMIN, "DELETE", roles("") + "/krate:viewer", "");
    first.send(
        ADMIN,
        "PATCH",
        roles("") + "/krate:developer",
        "{'rules': [{'verbs': ['get'], 'apiGroups': ['x'], 'resources': ['y']}]}");
    first.send(
        ADMIN,
        "PATCH",
        roles("") + "/krate:triage",
        "{'metadata': {'annotations': {'rbac.authorization.kubernetes.io/autoupdate': 'false'}},"
            + " 'rules': []}");
    assertThat(first.get(Subject.of("ada"), "/apis").status()).isEqualTo(403);
    try (AccessHouse next = first.restarted(false)) {
      assertThat(next.get(Subject.of("ada"), "/apis").status()).isEqualTo(200);
      assertThat(names(next, roles(""))).contains("krate:viewer");
      String developer = next.get(ADMIN, roles("") + "/krate:developer").body().toString();
      assertThat(developer).contains("\"y\"", "pullrequests", "merge");
      assertThat(next.get(ADMIN, roles("") + "/krate:triage").body().getJsonArray("rules"))
          .isEmpty();
    }
  }

  @Test
  void aStartThatFindsEverythingWritesNothing() {
    AccessHouse first = new AccessHouse();
    try (AccessHouse next = first.restarted(false)) {
      long head = next.storage.configuration().head().value();
      try (AccessHouse again = next.replica()) {
        assertThat(again.storage.configuration().head().value()).isEqualTo(head);
      }
    }
  }

  @Test
  void theGroupsHoldTheirRolesOnlyInASingleOrganization() {
    Attributes asked =
        new Attributes(
            Subject.of("ada", "krate:developers"),
            "create",
            new GroupResource("krate.a5c.ai", "pullrequests"),
            "",
            "anywhere",
            "");
    AccessHouse single = new AccessHouse(true);
    assertThat(single.index.decide(asked)).isInstanceOf(Decision.Allow.class);
    try (AccessHouse next = single.restarted(false)) {
      assertThat(next.index.decide(asked)).isInstanceOf(Decision.NoOpinion.class);
    }
  }
}
