package ai.a5c.krate.api.rbac;

import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.api.schema.Verb;
import jakarta.validation.constraints.NotNull;

/** Asks whether somebody may do something; nothing is stored. */
@Kind(
    group = RbacGroup.REVIEWS,
    version = RbacGroup.VERSION,
    name = "SubjectAccessReview",
    plural = "subjectaccessreviews",
    namespaced = false,
    boundary = StorageBoundary.CONFIGURATION,
    verbs = Verb.CREATE,
    core = true)
@Description("A SubjectAccessReview asks whether somebody may do something.")
public record SubjectAccessReview(
    @Description("The question.") @NotNull ReviewedSubject spec,
    @Description("The answer of the server.") AccessStatus status) {}
