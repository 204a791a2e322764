package ai.a5c.krate.core.access;

import ai.a5c.krate.api.config.ConfigurationGroup;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.rbac.RbacGroup;
import ai.a5c.krate.api.records.RecordsGroup;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.core.forge.ForgeRoles;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which of the forge's roles reads and writes the objects of a kind: the one table that a new kind
 * needs a row in. A record kind without one is read by everybody who may read, and written by
 * nobody.
 *
 * @param reads the least role that may get, list and watch
 * @param writes the least role that may create, update and patch; from {@link Level#REPO_ADMIN} on
 *     delete, too
 * @param inRepository whether each object belongs to a repository, and the right to it, too
 */
record KindRights(Level reads, Level writes, boolean inRepository) {
  /** The roles, each with everything of those before it. */
  enum Level {
    VIEWER(ForgeRoles.VIEWER),
    TRIAGE(ForgeRoles.TRIAGE),
    DEVELOPER(ForgeRoles.DEVELOPER),
    REPO_ADMIN(ForgeRoles.REPO_ADMIN),
    ADMIN(ForgeRoles.ADMIN),
    PLATFORM_ENGINEER("krate:platform-engineer"),

    /** No role: only controllers, or who is given the right by a role of another author. */
    NOBODY("");

    private final String role;

    Level(String role) {
      this.role = role;
    }

    /** The name of the cluster role. */
    String role() {
      return role;
    }

    /** Whether who has this role may do what the least role is given. */
    boolean includes(Level least) {
      return least != NOBODY && compareTo(least) >= 0;
    }
  }

  private static final Map<GroupResource, KindRights> TABLE = table();

  private static Map<GroupResource, KindRights> table() {
    Map<GroupResource, KindRights> table = new LinkedHashMap<>();
    record(table, "pullrequests", Level.DEVELOPER);
    record(table, "issues", Level.TRIAGE);
    record(table, "comments", Level.TRIAGE);
    record(table, "reviews", Level.TRIAGE);
    record(table, "pipelines", Level.DEVELOPER);
    record(table, "jobs", Level.NOBODY);
    record(table, "checks", Level.NOBODY);
    record(table, "webhookdeliveries", Level.REPO_ADMIN);
    row(table, RecordsGroup.NAME, "auditevents", Level.VIEWER, Level.NOBODY);

    configuration(table, "repositories", Level.VIEWER, Level.REPO_ADMIN);
    configuration(table, "branchprotections", Level.VIEWER, Level.REPO_ADMIN);
    configuration(table, "refpolicies", Level.VIEWER, Level.REPO_ADMIN);
    configuration(table, "webhooksubscriptions", Level.REPO_ADMIN, Level.REPO_ADMIN);
    configuration(table, "runnerpools", Level.VIEWER, Level.PLATFORM_ENGINEER);
    configuration(table, "teams", Level.VIEWER, Level.ADMIN);
    configuration(table, "repositorypermissions", Level.ADMIN, Level.ADMIN);
    configuration(table, "organizations", Level.PLATFORM_ENGINEER, Level.PLATFORM_ENGINEER);

    // Who administers an organization makes the secrets that its webhooks are signed with.
    row(table, "", "secrets", Level.ADMIN, Level.ADMIN);
    row(table, "", "configmaps", Level.ADMIN, Level.ADMIN);
    row(table, "", "namespaces", Level.PLATFORM_ENGINEER, Level.PLATFORM_ENGINEER);
    row(table, RbacGroup.NAME, "roles", Level.ADMIN, Level.PLATFORM_ENGINEER);
    row(table, RbacGroup.NAME, "rolebindings", Level.ADMIN, Level.PLATFORM_ENGINEER);
    row(table, RbacGroup.NAME, "clusterroles", Level.PLATFORM_ENGINEER, Level.PLATFORM_ENGINEER);
    row(
        table,
        RbacGroup.NAME,
        "clusterrolebindings",
        Level.PLATFORM_ENGINEER,
        Level.PLATFORM_ENGINEER);
    row(table, RbacGroup.REVIEWS, "localsubjectaccessreviews", Level.NOBODY, Level.ADMIN);
    row(table, RbacGroup.REVIEWS, "subjectaccessreviews", Level.NOBODY, Level.PLATFORM_ENGINEER);
    for (String policy :
        new String[] {"validatingadmissionpolicies", "validatingadmissionpolicybindings"}) {
      row(
          table,
          "admissionregistration.k8s.io",
          policy,
          Level.PLATFORM_ENGINEER,
          Level.PLATFORM_ENGINEER);
    }

    // Operators with the data folder ask for tokens, and nobody else.
    row(table, "authentication.krate.a5c.ai", "tokenrequests", Level.NOBODY, Level.NOBODY);

    // Everybody who is authenticated may ask about himself: system:basic-user.
    row(table, RbacGroup.REVIEWS, "selfsubjectaccessreviews", Level.NOBODY, Level.NOBODY);
    row(table, RbacGroup.REVIEWS, "selfsubjectrulesreviews", Level.NOBODY, Level.NOBODY);
    row(table, "authentication.k8s.io", "selfsubjectreviews", Level.NOBODY, Level.NOBODY);
    return Collections.unmodifiableMap(table);
  }

  private static void record(Map<GroupResource, KindRights> table, String plural, Level writes) {
    table.put(
        new GroupResource(RecordsGroup.NAME, plural), new KindRights(Level.VIEWER, writes, true));
  }

  private static void configuration(
      Map<GroupResource, KindRights> table, String plural, Level reads, Level writes) {
    row(table, ConfigurationGroup.NAME, plural, reads, writes);
  }

  private static void row(
      Map<GroupResource, KindRights> table,
      String group,
      String plural,
      Level reads,
      Level writes) {
    table.put(new GroupResource(group, plural), new KindRights(reads, writes, false));
  }

  /** Whether the table has a row for the kind. */
  static boolean knows(Kind kind) {
    return TABLE.containsKey(kind.resource());
  }

  /** The rights to the objects of a kind. */
  static KindRights of(Kind kind) {
    KindRights otherwise =
        kind.group().equals(RecordsGroup.NAME)
            ? new KindRights(Level.VIEWER, Level.NOBODY, true)
            : new KindRights(Level.NOBODY, Level.NOBODY, false);
    return TABLE.getOrDefault(kind.resource(), otherwise);
  }
}
