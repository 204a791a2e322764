package ai.a5c.krate.api.rbac;

/** The API group of Kubernetes' role-based access control. */
public final class RbacGroup {
  public static final String NAME = "rbac.authorization.k8s.io";
  public static final String VERSION = "v1";

  /** The group of the access reviews. */
  public static final String REVIEWS = "authorization.k8s.io";

  private RbacGroup() {}
}
