package ai.a5c.krate.core.access;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.rbac.PolicyRule;
import ai.a5c.krate.api.schema.Verb;
import ai.a5c.krate.apiserver.authz.rbac.Coverage;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.RepositoryRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left of a role that is narrowed to the repository web. */
class NarrowedRolesTest {
  private static final String CONFIGURATION = ForgeKinds.REPOSITORY.group();
  private static final String RECORDS = ForgeKinds.ISSUE.group();
  private static final Map<Kind, List<String>> OWNED =
      Map.of(
          ForgeKinds.BRANCH_PROTECTION, List.of("web-main"),
          ForgeKinds.WEBHOOK_SUBSCRIPTION, List.of(),
          ForgeKinds.REPOSITORY_PERMISSION, List.of("web-bob"));
  private static final RoleCatalogue CATALOGUE = RoleCatalogue.of(ForgeKinds.all().all(), false);

  private static List<PolicyRule> narrowed(List<PolicyRule> rules) {
    return new RepositoryRules("web", OWNED).narrow(rules);
  }

  private static List<PolicyRule> narrowed(String role) {
    return narrowed(CATALOGUE.roles().getOrDefault(role, List.of()));
  }

  private static PolicyRule rule(String verb, String group, String resource, String... names) {
    return new PolicyRule(
        List.of(verb), List.of(group), List.of(resource), List.of(names), List.of());
  }

  private static boolean may(List<PolicyRule> held, PolicyRule asked) {
    return Coverage.missing(held, List.of(asked)).isEmpty();
  }

  /** What would be a right to another repository, or to what is of no repository. */
  private static List<PolicyRule> elsewhere() {
    List<PolicyRule> rules = new ArrayList<>();
    List<String> verbs = new ArrayList<>(List.of("merge", "maintain", "use", "bind", "*"));
    for (Verb verb : Verb.values()) {
      verbs.add(verb.wireName());
    }
    for (String verb : verbs) {
      rules.add(rule(verb, CONFIGURATION, "repositories", "api"));
      rules.add(rule(verb, CONFIGURATION, "repositories/git", "api"));
      rules.add(rule(verb, CONFIGURATION, "repositories"));
      for (Kind kind : ForgeKinds.all().all()) {
        if (kind.group().equals(RECORDS)) {
          rules.add(rule(verb, CONFIGURATION, "repositories/" + kind.plural(), "api"));
        } else if (!verb.equals("create")) {
          rules.add(rule(verb, kind.group(), kind.plural(), "api-main"));
        }
        rules.add(rule(verb, kind.group(), kind.plural() + "/status", "api"));
      }
      rules.add(rule(verb, RECORDS, "auditevents"));
      rules.add(rule(verb, "", "secrets"));
      rules.add(rule(verb, CONFIGURATION, "runnerpools"));
      rules.add(rule(verb, CONFIGURATION, "refpolicies"));
      rules.add(rule(verb, "rbac.authorization.k8s.io", "roles"));
      rules.add(rule(verb, "rbac.authorization.k8s.io", "rolebindings"));
    }
    return rules;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cluster-admin",
        "krate:viewer",
        "krate:triage",
        "krate:developer",
        "krate:repo-admin",
        "krate:admin",
        "krate:platform-engineer"
      })
  void noRoleSaysAnythingAboutAnotherRepository(String role) {
    List<PolicyRule> held = narrowed(role);
    assertThat(elsewhere()).noneMatch(asked -> may(held, asked));
  }

  @Test
  void eachRoleKeepsWhatItSaysAboutTheRepository() {
    assertThat(may(narrowed("krate:viewer"), rule("get", CONFIGURATION, "repositories", "web")))
        .isTrue();
    assertThat(may(narrowed("krate:viewer"), rule("update", CONFIGURATION, "repositories", "web")))
        .isFalse();
    assertThat(
            may(
                narrowed("krate:developer"),
                rule("update", CONFIGURATION, "repositories/git", "web")))
        .isTrue();
    assertThat(may(narrowed("krate:developer"), rule("create", RECORDS, "pullrequests"))).isTrue();
    assertThat(
            may(
                narrowed("krate:repo-admin"),
                rule("maintain", CONFIGURATION, "repositories", "web")))
        .isTrue();
    assertThat(
            may(
                narrowed("krate:repo-admin"),
                rule("update", CONFIGURATION, "branchprotections", "web-main")))
        .isTrue();
    assertThat(
            may(narrowed("krate:repo-admin"), rule("create", CONFIGURATION, "branchprotections")))
        .isTrue();
    assertThat(
            may(
                narrowed("krate:repo-admin"),
                rule("create", CONFIGURATION, "repositorypermissions")))
        .isFalse();
    assertThat(
            may(
                narrowed("krate:admin"),
                rule("delete", CONFIGURATION, "repositorypermissions", "web-bob")))
        .isTrue();
  }

  @Test
  void aRuleThatIsLimitedToNamesStaysSo() {
    assertThat(narrowed(List.of(rule("update", CONFIGURATION, "repositories", "playground"))))
        .isEmpty();
    assertThat(
            narrowed(List.of(rule("update", CONFIGURATION, "branchprotections", "web-main", "x"))))
        .containsExactly(rule("update", CONFIGURATION, "branchprotections", "web-main"));
    assertThat(narrowed(List.of(rule("create", CONFIGURATION, "branchprotections", "x"))))
        .isEmpty();
  }

  @Provide
  Arbitrary<List<PolicyRule>> rules() {
    Arbitrary<List<String>> verbs =
        Arbitraries.of("get", "list", "create", "update", "deletecollection", "maintain", "*")
            .list()
            .uniqueElements()
            .ofMinSize(1)
            .ofMaxSize(3);
    Arbitrary<List<String>> groups =
        Arbitraries.of(CONFIGURATION, RECORDS, "", "*", "x")
            .list()
            .uniqueElements()
            .ofMinSize(1)
            .ofMaxSize(2);
    Arbitrary<List<String>> resources =
        Arbitraries.of(
                "repositories",
                "repositories/git",
                "repositories/issues",
                "repositories/auditevents",
                "repositories/*",
                "issues",
                "issues/status",
                "auditevents",
                "branchprotections",
                "repositorypermissions",
                "secrets",
                "*/issues",
                "*")
            .list()
            .uniqueElements()
            .ofMinSize(1)
            .ofMaxSize(4);
    Arbitrary<List<String>> names =
        Arbitraries.of("web", "api", "web-main", "api-main").list().uniqueElements().ofMaxSize(2);
    return Combinators.combine(verbs, groups, resources, names)
        .as((v, g, r, n) -> new PolicyRule(v, g, r, n, List.of()))
        .list()
        .ofMaxSize(4);
  }

  @Property(tries = 2_000)
  void narrowingNeverAddsARightNorKeepsOneElsewhere(@ForAll("rules") List<PolicyRule> rules) {
    List<PolicyRule> held = narrowed(rules);
    assertThat(Coverage.missing(rules, held)).isEmpty();
    for (PolicyRule rule : held) {
      assertThat(rule.apiGroups()).isSubsetOf(CONFIGURATION, RECORDS);
      assertThat(rule.resources()).isNotEmpty().doesNotContain("*", "auditevents", "secrets");
      if (rule.apiGroups().contains(CONFIGURATION)
          && rule.resources().stream().anyMatch(r -> r.startsWith("repositories"))) {
        assertThat(rule.resourceNames()).containsExactly("web");
      } else if (rule.apiGroups().contains(CONFIGURATION)
          && !rule.verbs().equals(List.of("create"))) {
        assertThat(rule.resourceNames()).isNotEmpty().isSubsetOf("web-main", "web-bob");
      }
    }
  }
}
