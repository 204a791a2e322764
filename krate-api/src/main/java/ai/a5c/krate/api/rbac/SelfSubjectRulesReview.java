package ai.a5c.krate.api.rbac;

import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.api.schema.Verb;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;

/** Asks what the caller may do in a namespace; nothing is stored. */
@Kind(
    group = RbacGroup.REVIEWS,
    version = RbacGroup.VERSION,
    name = "SelfSubjectRulesReview",
    plural = "selfsubjectrulesreviews",
    namespaced = false,
    boundary = StorageBoundary.CONFIGURATION,
    verbs = Verb.CREATE,
    core = true)
@Description("A SelfSubjectRulesReview asks what the caller may do in a namespace.")
public record SelfSubjectRulesReview(
    @Description("The question.") @NotNull Spec spec,
    @Description("The answer of the server.") Status status) {

  /** The question. */
  public record Spec(
      @Description("The namespace that is asked about.") @Size(max = 63) String namespace) {}

  /** The answer. */
  public record Status(
      @Description("What the caller may do with resources.") List<ResourceRule> resourceRules,
      @Description("What the caller may do with paths that are no resources.")
          List<NonResourceRule> nonResourceRules,
      @Description("Whether there may be more than what is listed.") boolean incomplete,
      @Description("What went wrong while looking.") String evaluationError) {
    public Status {
      resourceRules = List.copyOf(resourceRules);
      nonResourceRules = List.copyOf(nonResourceRules);
    }
  }

  /** Verbs on resources. */
  public record ResourceRule(
      @Description("The verbs; * stands for all.") List<String> verbs,
      @Description("The API groups; * stands for all.") List<String> apiGroups,
      @Description("The resources; * stands for all.") List<String> resources,
      @Description("The names that the rule is limited to; none means all.")
          List<String> resourceNames) {
    public ResourceRule {
      verbs = List.copyOf(verbs);
      apiGroups = List.copyOf(apiGroups);
      resources = List.copyOf(resources);
      resourceNames = List.copyOf(resourceNames);
    }
  }

  /** Verbs on paths. */
  public record NonResourceRule(
      @Description("The verbs; * stands for all.") List<String> verbs,
      @Description("The paths; * at the end stands for any rest.") List<String> nonResourceURLs) {
    public NonResourceRule {
      verbs = List.copyOf(verbs);
      nonResourceURLs = List.copyOf(nonResourceURLs);
    }
  }
}
