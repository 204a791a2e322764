package ai.a5c.krate.api.rbac;

import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.api.schema.Verb;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

/** Asks whether the caller may do something; nothing is stored. */
@Kind(
    group = RbacGroup.REVIEWS,
    version = RbacGroup.VERSION,
    name = "SelfSubjectAccessReview",
    plural = "selfsubjectaccessreviews",
    namespaced = false,
    boundary = StorageBoundary.CONFIGURATION,
    verbs = Verb.CREATE,
    core = true)
@Description("A SelfSubjectAccessReview asks whether the caller may do something.")
public record SelfSubjectAccessReview(
    @Description("The question.") @NotNull Spec spec,
    @Description("The answer of the server.") AccessStatus status) {

  /** The question: one of the two. */
  public record Spec(
      @Description("What is asked of a resource.") @Nullable ResourceAttributes resourceAttributes,
      @Description("What is asked of a path that is no resource.")
          @Nullable NonResourceAttributes nonResourceAttributes) {}
}
