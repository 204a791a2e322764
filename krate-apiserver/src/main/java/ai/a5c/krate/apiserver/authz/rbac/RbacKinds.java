package ai.a5c.krate.apiserver.authz.rbac;

import ai.a5c.krate.api.rbac.ClusterRole;
import ai.a5c.krate.api.rbac.ClusterRoleBinding;
import ai.a5c.krate.api.rbac.Role;
import ai.a5c.krate.api.rbac.RoleBinding;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.KindReader;
import java.util.List;

/** The kinds that decide who may do what. */
public final class RbacKinds {
  public static final Kind ROLE = KindReader.read(Role.class);
  public static final Kind ROLE_BINDING = KindReader.read(RoleBinding.class);
  public static final Kind CLUSTER_ROLE = KindReader.read(ClusterRole.class);
  public static final Kind CLUSTER_ROLE_BINDING = KindReader.read(ClusterRoleBinding.class);

  static final List<Kind> ALL = List.of(ROLE, CLUSTER_ROLE, ROLE_BINDING, CLUSTER_ROLE_BINDING);

  private RbacKinds() {}
}
