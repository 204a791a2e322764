package ai.a5c.krate.core.forge;

/** The labels, finalizers and names that Krate itself sets. */
public final class Marks {
  /** On a record: the repository that it belongs to. */
  public static final String REPOSITORY = "krate.a5c.ai/repository";

  /** On a namespace: the organization that owns it. */
  public static final String ORGANIZATION = "krate.a5c.ai/organization";

  /** On what Krate has to clear up after before it goes, such as repositories. */
  public static final String FINALIZER = "krate.a5c.ai/cleanup";

  /** On Roles and RoleBindings that Krate writes; its value is {@link #MANAGER}. */
  public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

  public static final String MANAGER = "krate";

  /** Where the audit entries of cluster-scoped objects are. */
  public static final String SYSTEM_NAMESPACE = "krate-system";

  private Marks() {}
}
