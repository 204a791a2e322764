package ai.a5c.krate.core.forge;

/**
 * The names of the cluster roles that grants, permissions and visibility give; each role has
 * everything of those before it.
 */
public final class ForgeRoles {
  public static final String VIEWER = "krate:viewer";
  public static final String TRIAGE = "krate:triage";
  public static final String DEVELOPER = "krate:developer";
  public static final String REPO_ADMIN = "krate:repo-admin";
  public static final String ADMIN = "krate:admin";

  private ForgeRoles() {}
}
