package ai.a5c.krate.core.tenancy;

import ai.a5c.krate.api.config.Organization;
import ai.a5c.krate.api.config.Organization.Role;
import ai.a5c.krate.api.config.SubjectRef;
import ai.a5c.krate.core.forge.ForgeRoles;
import ai.a5c.krate.core.forge.Projection;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Binds an organization's owners and the subjects of its grants to roles in its namespace. */
final class OrganizationAccess {
  private static final String OWNERS = "krate:owners";

  /** What a grant's role is called in RBAC. */
  private static final Map<Role, String> ROLES =
      Map.of(
          Role.VIEWER, ForgeRoles.VIEWER,
          Role.DEVELOPER, ForgeRoles.DEVELOPER,
          Role.REPO_ADMIN, ForgeRoles.REPO_ADMIN);

  private final Projection projection;

  OrganizationAccess(Projection projection) {
    this.projection = projection;
  }

  /** The ClusterRoles that the organization gives to anybody. */
  static List<String> roles(Organization.Spec spec) {
    List<String> roles = new ArrayList<>();
    if (!spec.owners().isEmpty()) {
      roles.add(ForgeRoles.ADMIN);
    }
    for (Role role : Role.values()) {
      if (!granted(spec, role).isEmpty()) {
        roles.add(nameOf(role));
      }
    }
    return roles;
  }

  /** Makes the bindings what the organization says. */
  void project(String namespace, Organization.Spec spec) {
    projection.clusterRole(namespace, OWNERS, ForgeRoles.ADMIN, subjects(namespace, spec.owners()));
    for (Role role : Role.values()) {
      projection.clusterRole(
          namespace, binding(role), nameOf(role), subjects(namespace, granted(spec, role)));
    }
  }

  /** Takes all of them away. */
  void withdraw(String namespace) {
    projection.clusterRole(namespace, OWNERS, ForgeRoles.ADMIN, List.of());
    for (Role role : Role.values()) {
      projection.clusterRole(namespace, binding(role), nameOf(role), List.of());
    }
  }

  /** Whether a RoleBinding of this name is one of ours. */
  static boolean isBinding(String name) {
    return name.equals(OWNERS)
        || List.of(Role.values()).stream().anyMatch(role -> binding(role).equals(name));
  }

  private static String binding(Role role) {
    return nameOf(role) + "s";
  }

  private static String nameOf(Role role) {
    String name = ROLES.get(role);
    if (name == null) {
      throw new IllegalStateException("a role without a name: " + role);
    }
    return name;
  }

  private static List<SubjectRef> granted(Organization.Spec spec, Role role) {
    return spec.grants().stream()
        .filter(grant -> grant.role() == role)
        .flatMap(grant -> grant.subjects().stream())
        .distinct()
        .toList();
  }

  private static List<JsonValue> subjects(String namespace, List<SubjectRef> named) {
    return named.stream().map(ref -> Projection.subject(ref, namespace)).toList();
  }
}
