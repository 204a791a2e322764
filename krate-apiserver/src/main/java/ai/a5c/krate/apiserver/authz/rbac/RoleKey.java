package ai.a5c.krate.apiserver.authz.rbac;

/**
 * Names a role.
 *
 * @param namespace empty for a ClusterRole
 */
record RoleKey(String namespace, String name) {}
