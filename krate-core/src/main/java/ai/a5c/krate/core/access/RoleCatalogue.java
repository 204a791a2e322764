package ai.a5c.krate.core.access;

import ai.a5c.krate.api.config.ConfigurationGroup;
import ai.a5c.krate.api.rbac.PolicyRule;
import ai.a5c.krate.api.rbac.RbacGroup;
import ai.a5c.krate.api.records.RecordsGroup;
import ai.a5c.krate.api.schema.Verb;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.core.access.KindRights.Level;
import ai.a5c.krate.core.forge.ForgeKinds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The cluster roles and bindings that a server has from its first start: Kubernetes' own, and the
 * forge's, whose rules follow from the kinds that are served.
 *
 * @param roles rules by name
 * @param bindings the groups by the name of the role, which is the binding's name, too
 * @param groups the roles of Krate's groups: by the name of the group, which is the binding's name
 * @param grouped whether those of Krate's groups are wanted; else they are not
 */
record RoleCatalogue(
    Map<String, List<PolicyRule>> roles,
    Map<String, List<String>> bindings,
    Map<String, String> groups,
    boolean grouped) {
  private static final String REPOSITORIES = "repositories";
  private static final List<String> LOOKING = List.of("get", "list", "watch");
  private static final List<String> WRITING = List.of("create", "update", "patch");
  private static final List<String> DELETING = List.of("delete", "deletecollection");
  private static final String AUTHENTICATED = "system:authenticated";
  private static final String UNAUTHENTICATED = "system:unauthenticated";

  RoleCatalogue {
    roles = Collections.unmodifiableMap(new LinkedHashMap<>(roles));
    bindings = Collections.unmodifiableMap(new LinkedHashMap<>(bindings));
    groups = Collections.unmodifiableMap(new LinkedHashMap<>(groups));
  }

  /**
   * What a server of these kinds has.
   *
   * @param singleOrganization whether Krate's groups hold their roles everywhere
   */
  static RoleCatalogue of(List<Kind> kinds, boolean singleOrganization) {
    Map<String, List<PolicyRule>> roles = new LinkedHashMap<>(kubernetes());
    for (Level level : Level.values()) {
      if (level != Level.NOBODY) {
        roles.put(level.role(), rules(kinds, level));
      }
    }
    roles.put("krate:check-writer", checkWriter());
    roles.put("krate:ci-job", job(kinds));
    return new RoleCatalogue(
        roles,
        Map.of(
            "cluster-admin", List.of("system:masters"),
            "system:discovery", List.of(AUTHENTICATED),
            "system:basic-user", List.of(AUTHENTICATED),
            "system:public-info-viewer", List.of(AUTHENTICATED, UNAUTHENTICATED)),
        Map.of(
            "krate:developers", Level.DEVELOPER.role(),
            "krate:repo-admins", Level.REPO_ADMIN.role(),
            "krate:platform-engineers", Level.PLATFORM_ENGINEER.role(),
            "krate:ci-jobs", "krate:ci-job"),
        singleOrganization);
  }

  private static Map<String, List<PolicyRule>> kubernetes() {
    List<String> pages =
        List.of(
            "/api",
            "/api/*",
            "/apis",
            "/apis/*",
            "/healthz",
            "/livez",
            "/openapi",
            "/openapi/*",
            "/readyz",
            "/version",
            "/version/");
    List<String> open = List.of("/healthz", "/livez", "/readyz", "/version", "/version/");
    Map<String, List<PolicyRule>> roles = new LinkedHashMap<>();
    roles.put(
        "cluster-admin",
        List.of(rule(List.of("*"), "*", List.of("*")), paths(List.of("*"), List.of("*"))));
    roles.put("system:discovery", List.of(paths(List.of("get"), pages)));
    roles.put(
        "system:basic-user",
        List.of(
            rule(
                List.of("create"),
                RbacGroup.REVIEWS,
                List.of("selfsubjectaccessreviews", "selfsubjectrulesreviews")),
            rule(List.of("create"), "authentication.k8s.io", List.of("selfsubjectreviews"))));
    roles.put("system:public-info-viewer", List.of(paths(List.of("get"), open)));
    return roles;
  }

  private static List<PolicyRule> rules(List<Kind> kinds, Level level) {
    Gathered gathered = new Gathered();
    for (Kind kind : kinds) {
      KindRights rights = KindRights.of(kind);
      List<String> verbs = new ArrayList<>();
      if (level.includes(rights.reads())) {
        verbs.addAll(LOOKING);
      }
      if (level.includes(rights.writes())) {
        verbs.addAll(WRITING);
        if (level.includes(Level.REPO_ADMIN)) {
          verbs.addAll(DELETING);
        }
      }
      gathered.add(kind, verbs, rights.inRepository());
      if (level.includes(rights.reads())) {
        ForgeKinds.readouts(kind)
            .forEach(
                part ->
                    gathered.add(kind.group(), kind.plural() + "/" + part.name(), List.of("get")));
      }
    }
    gathered.add(ConfigurationGroup.NAME, REPOSITORIES + "/git", List.of("get"));
    if (level.includes(Level.DEVELOPER)) {
      gathered.add(ConfigurationGroup.NAME, REPOSITORIES + "/git", List.of("get", "update"));
      gathered.add(ConfigurationGroup.NAME, REPOSITORIES, List.of("merge"));
    }
    if (level.includes(Level.REPO_ADMIN)) {
      gathered.add(ConfigurationGroup.NAME, REPOSITORIES, List.of("maintain"));
      gathered.add(ConfigurationGroup.NAME, "runnerpools", List.of("use"));
    }
    return gathered.rules();
  }

  /** What an outside CI needs to report on commits, and nothing else. */
  private static List<PolicyRule> checkWriter() {
    List<String> verbs = List.of("get", "create", "update", "patch");
    return List.of(
        rule(verbs, ConfigurationGroup.NAME, List.of(REPOSITORIES + "/checks")),
        rule(verbs, RecordsGroup.NAME, List.of("checks")));
  }

  /** What a job reads: code and what is said of it, but neither the audit trail nor deliveries. */
  private static List<PolicyRule> job(List<Kind> kinds) {
    Gathered gathered = new Gathered();
    for (Kind kind : kinds) {
      KindRights rights = KindRights.of(kind);
      if (rights.inRepository() && !Level.REPO_ADMIN.equals(rights.writes())) {
        gathered.add(kind, LOOKING, true);
      }
    }
    gathered.add(ConfigurationGroup.NAME, REPOSITORIES, LOOKING);
    gathered.add(ConfigurationGroup.NAME, REPOSITORIES + "/git", List.of("get"));
    return gathered.rules();
  }

  private static PolicyRule rule(List<String> verbs, String group, List<String> resources) {
    return new PolicyRule(verbs, List.of(group), resources, List.of(), List.of());
  }

  private static PolicyRule paths(List<String> verbs, List<String> paths) {
    return new PolicyRule(verbs, List.of(), List.of(), List.of(), paths);
  }

  /** Verbs by resource, written as few rules. */
  private static final class Gathered {
    private final Map<String, Map<String, Set<String>>> verbs = new TreeMap<>();

    /** What of the verbs the kind can be used with; in its repository, too. */
    void add(Kind kind, List<String> wanted, boolean inRepository) {
      List<String> served = kind.verbs().stream().map(Verb::wireName).toList();
      List<String> possible = wanted.stream().filter(served::contains).toList();
      if (!possible.isEmpty()) {
        add(kind.group(), kind.plural(), possible);
        if (inRepository) {
          add(ConfigurationGroup.NAME, REPOSITORIES + "/" + kind.plural(), possible);
        }
      }
    }

    void add(String group, String resource, List<String> more) {
      verbs
          .computeIfAbsent(group, g -> new TreeMap<>())
          .computeIfAbsent(resource, r -> new TreeSet<>())
          .addAll(more);
    }

    List<PolicyRule> rules() {
      List<PolicyRule> rules = new ArrayList<>();
      verbs.forEach(
          (group, resources) -> {
            Map<Set<String>, List<String>> byVerbs = new LinkedHashMap<>();
            resources.forEach(
                (resource, of) ->
                    byVerbs.computeIfAbsent(of, v -> new ArrayList<>()).add(resource));
            byVerbs.forEach((of, named) -> rules.add(rule(List.copyOf(of), group, named)));
          });
      return rules;
    }
  }
}
