package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.config.BranchProtection;
import ai.a5c.krate.api.config.Organization;
import ai.a5c.krate.api.config.Repository;
import ai.a5c.krate.api.config.RepositoryPermission;
import ai.a5c.krate.api.config.WebhookSubscription;
import ai.a5c.krate.api.core.Namespace;
import ai.a5c.krate.api.core.Secret;
import ai.a5c.krate.api.core.SelfSubjectReview;
import ai.a5c.krate.api.rbac.ClusterRole;
import ai.a5c.krate.api.rbac.ClusterRoleBinding;
import ai.a5c.krate.api.rbac.Role;
import ai.a5c.krate.api.rbac.RoleBinding;
import ai.a5c.krate.api.records.AuditEvent;
import ai.a5c.krate.api.records.Issue;
import ai.a5c.krate.api.records.PullRequest;
import ai.a5c.krate.api.records.WebhookDelivery;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.KindReader;
import ai.a5c.krate.apiserver.kind.Kinds;
import java.util.List;

/** The kinds of the forge, read from their declarations. */
public final class ForgeKinds {
  public static final Kind NAMESPACE = KindReader.read(Namespace.class);
  public static final Kind SECRET = KindReader.read(Secret.class);
  public static final Kind SELF_SUBJECT_REVIEW = KindReader.read(SelfSubjectReview.class);
  public static final Kind ROLE = KindReader.read(Role.class);
  public static final Kind ROLE_BINDING = KindReader.read(RoleBinding.class);
  public static final Kind CLUSTER_ROLE = KindReader.read(ClusterRole.class);
  public static final Kind CLUSTER_ROLE_BINDING = KindReader.read(ClusterRoleBinding.class);
  public static final Kind ORGANIZATION = KindReader.read(Organization.class);
  public static final Kind REPOSITORY = KindReader.read(Repository.class);
  public static final Kind REPOSITORY_PERMISSION = KindReader.read(RepositoryPermission.class);
  public static final Kind BRANCH_PROTECTION = KindReader.read(BranchProtection.class);
  public static final Kind WEBHOOK_SUBSCRIPTION = KindReader.read(WebhookSubscription.class);
  public static final Kind PULL_REQUEST = KindReader.read(PullRequest.class);
  public static final Kind ISSUE = KindReader.read(Issue.class);
  public static final Kind WEBHOOK_DELIVERY = KindReader.read(WebhookDelivery.class);
  public static final Kind AUDIT_EVENT = KindReader.read(AuditEvent.class);

  /** The API groups whose objects live on the records' side of the storage boundary. */
  public static final List<String> RECORD_GROUPS =
      List.of(PULL_REQUEST.group(), SourceBranch.KIND.group());

  private ForgeKinds() {}

  /** Everything that is served. */
  public static Kinds all() {
    return Kinds.of(
        List.of(
            NAMESPACE,
            SECRET,
            SELF_SUBJECT_REVIEW,
            ROLE,
            ROLE_BINDING,
            CLUSTER_ROLE,
            CLUSTER_ROLE_BINDING,
            ORGANIZATION,
            REPOSITORY,
            REPOSITORY_PERMISSION,
            BRANCH_PROTECTION,
            WEBHOOK_SUBSCRIPTION,
            PULL_REQUEST,
            ISSUE,
            WEBHOOK_DELIVERY,
            AUDIT_EVENT));
  }
}
