package ai.a5c.krate.core.permission;

import ai.a5c.krate.api.config.RepositoryPermission.Permission;
import ai.a5c.krate.api.rbac.ClusterRole;
import ai.a5c.krate.api.rbac.PolicyRule;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.forge.ForgeRoles;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the roles are called that permissions come from, and those that are made of them. */
final class PermissionNames {
  private static final String PROJECTED = "krate:permission:";
  private static final String VISIBLE = "krate:visibility:";
  private static final Map<Permission, String> ROLES =
      Map.of(
          Permission.READ, ForgeRoles.VIEWER,
          Permission.TRIAGE, ForgeRoles.TRIAGE,
          Permission.WRITE, ForgeRoles.DEVELOPER,
          Permission.MAINTAIN, ForgeRoles.REPO_ADMIN,
          Permission.ADMIN, ForgeRoles.ADMIN);

  private PermissionNames() {}

  /** The ClusterRole whose rules a permission narrows to a repository. */
  static String role(Permission permission) {
    return Optional.ofNullable(ROLES.get(permission)).orElseThrow();
  }

  static boolean isRole(String name) {
    return ROLES.containsValue(name);
  }

  /** The Role and the RoleBinding of a RepositoryPermission. */
  static String projected(String permission) {
    return PROJECTED + permission;
  }

  /** The RepositoryPermission that a Role or RoleBinding was made of, by its name. */
  static Optional<String> permission(String projected) {
    return rest(projected, PROJECTED);
  }

  /** The Role and the RoleBinding that let everybody read a repository. */
  static String visible(String repository) {
    return VISIBLE + repository;
  }

  /** The repository that a Role or RoleBinding lets everybody read, by its name. */
  static Optional<String> repository(String visible) {
    return rest(visible, VISIBLE);
  }

  static List<PolicyRule> rules(ApiObject role) {
    return RecordCodec.read(ClusterRole.class, role.json()).rules();
  }

  private static Optional<String> rest(String name, String prefix) {
    return name.startsWith(prefix)
        ? Optional.of(name.substring(prefix.length()))
        : Optional.empty();
  }
}
