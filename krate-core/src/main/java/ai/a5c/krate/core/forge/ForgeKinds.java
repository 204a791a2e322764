package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.admission.ValidatingAdmissionPolicy;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicyBinding;
import ai.a5c.krate.api.authentication.TokenRequest;
import ai.a5c.krate.api.config.BranchProtection;
import ai.a5c.krate.api.config.Organization;
import ai.a5c.krate.api.config.Repository;
import ai.a5c.krate.api.config.RepositoryPermission;
import ai.a5c.krate.api.config.RunnerPool;
import ai.a5c.krate.api.config.WebhookSubscription;
import ai.a5c.krate.api.core.ConfigMap;
import ai.a5c.krate.api.core.Namespace;
import ai.a5c.krate.api.core.Secret;
import ai.a5c.krate.api.core.SelfSubjectReview;
import ai.a5c.krate.api.rbac.LocalSubjectAccessReview;
import ai.a5c.krate.api.rbac.SelfSubjectAccessReview;
import ai.a5c.krate.api.rbac.SelfSubjectRulesReview;
import ai.a5c.krate.api.rbac.SubjectAccessReview;
import ai.a5c.krate.api.records.AuditEvent;
import ai.a5c.krate.api.records.Check;
import ai.a5c.krate.api.records.Issue;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.api.records.Pipeline;
import ai.a5c.krate.api.records.PullRequest;
import ai.a5c.krate.api.records.Review;
import ai.a5c.krate.api.records.WebhookDelivery;
import ai.a5c.krate.apiserver.authz.rbac.RbacKinds;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.KindReader;
import ai.a5c.krate.apiserver.kind.Kinds;
import ai.a5c.krate.apiserver.kind.Subresource;
import java.util.List;

/** The kinds of the forge, read from their declarations. */
public final class ForgeKinds {
  public static final Kind NAMESPACE = KindReader.read(Namespace.class);
  public static final Kind SECRET = KindReader.read(Secret.class);
  public static final Kind CONFIG_MAP = KindReader.read(ConfigMap.class);
  public static final Kind SELF_SUBJECT_REVIEW = KindReader.read(SelfSubjectReview.class);
  public static final Kind TOKEN_REQUEST = KindReader.read(TokenRequest.class);
  public static final Kind ROLE = RbacKinds.ROLE;
  public static final Kind ROLE_BINDING = RbacKinds.ROLE_BINDING;
  public static final Kind CLUSTER_ROLE = RbacKinds.CLUSTER_ROLE;
  public static final Kind CLUSTER_ROLE_BINDING = RbacKinds.CLUSTER_ROLE_BINDING;
  public static final Kind SELF_SUBJECT_ACCESS_REVIEW =
      KindReader.read(SelfSubjectAccessReview.class);
  public static final Kind SELF_SUBJECT_RULES_REVIEW =
      KindReader.read(SelfSubjectRulesReview.class);
  public static final Kind SUBJECT_ACCESS_REVIEW = KindReader.read(SubjectAccessReview.class);
  public static final Kind LOCAL_SUBJECT_ACCESS_REVIEW =
      KindReader.read(LocalSubjectAccessReview.class);
  public static final Kind ORGANIZATION = KindReader.read(Organization.class);
  public static final Kind REPOSITORY = KindReader.read(Repository.class);
  public static final Kind REPOSITORY_PERMISSION = KindReader.read(RepositoryPermission.class);
  public static final Kind BRANCH_PROTECTION = KindReader.read(BranchProtection.class);
  public static final Kind RUNNER_POOL = KindReader.read(RunnerPool.class);
  public static final Kind WEBHOOK_SUBSCRIPTION = KindReader.read(WebhookSubscription.class);
  public static final Kind PULL_REQUEST = KindReader.read(PullRequest.class);
  public static final Kind REVIEW = KindReader.read(Review.class);
  public static final Kind CHECK = KindReader.read(Check.class);
  public static final Kind ISSUE = KindReader.read(Issue.class);
  public static final Kind PIPELINE = KindReader.read(Pipeline.class);
  public static final Kind JOB = KindReader.read(Job.class);
  public static final Kind WEBHOOK_DELIVERY = KindReader.read(WebhookDelivery.class);
  public static final Kind AUDIT_EVENT = KindReader.read(AuditEvent.class);
  public static final Kind VALIDATING_ADMISSION_POLICY =
      KindReader.read(ValidatingAdmissionPolicy.class);
  public static final Kind VALIDATING_ADMISSION_POLICY_BINDING =
      KindReader.read(ValidatingAdmissionPolicyBinding.class);

  /** What a job prints. */
  public static final Subresource JOB_LOG =
      new Subresource(
          "log",
          "text/plain",
          "What an attempt of the job has printed.",
          List.of(
              new Subresource.Parameter(
                  "follow", "boolean", "Whether to go on until the attempt has ended."),
              new Subresource.Parameter(
                  "attempt", "integer", "Which attempt, from 1; the last one if absent."),
              new Subresource.Parameter(
                  "sinceBytes", "integer", "How many bytes to leave out at the beginning."),
              new Subresource.Parameter(
                  "tailLines", "integer", "How many lines to begin with at the end.")));

  /** Kinds that only a forge with an expression language serves. */
  public static final List<Kind> POLICIES =
      List.of(VALIDATING_ADMISSION_POLICY, VALIDATING_ADMISSION_POLICY_BINDING);

  /** The API groups whose objects live on the records' side of the storage boundary. */
  public static final List<String> RECORD_GROUPS =
      List.of(PULL_REQUEST.group(), SourceBranch.KIND.group());

  private ForgeKinds() {}

  /** What of the objects of a kind is read as bytes. */
  public static List<Subresource> readouts(Kind kind) {
    return kind.equals(JOB) ? List.of(JOB_LOG) : List.of();
  }

  /** Everything that is served. */
  public static Kinds all() {
    return Kinds.of(
        List.of(
            NAMESPACE,
            SECRET,
            CONFIG_MAP,
            SELF_SUBJECT_REVIEW,
            TOKEN_REQUEST,
            ROLE,
            ROLE_BINDING,
            CLUSTER_ROLE,
            CLUSTER_ROLE_BINDING,
            SELF_SUBJECT_ACCESS_REVIEW,
            SELF_SUBJECT_RULES_REVIEW,
            SUBJECT_ACCESS_REVIEW,
            LOCAL_SUBJECT_ACCESS_REVIEW,
            ORGANIZATION,
            REPOSITORY,
            REPOSITORY_PERMISSION,
            BRANCH_PROTECTION,
            RUNNER_POOL,
            WEBHOOK_SUBSCRIPTION,
            PULL_REQUEST,
            REVIEW,
            CHECK,
            ISSUE,
            PIPELINE,
            JOB,
            WEBHOOK_DELIVERY,
            AUDIT_EVENT,
            VALIDATING_ADMISSION_POLICY,
            VALIDATING_ADMISSION_POLICY_BINDING));
  }
}
