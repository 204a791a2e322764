package ai.a5c.krate.api.admission;

import ai.a5c.krate.api.core.LabelSelector;
import ai.a5c.krate.api.schema.Default;
import ai.a5c.krate.api.schema.Description;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.List;

/** Which requests are meant: those that one rule matches and no other excludes. */
public record MatchResources(
    @Description("Labels that the namespace of the object must have; every one if empty.")
        @Default("{}")
        LabelSelector namespaceSelector,
    @Description("Labels that the old or the new object must have; every one if empty.")
        @Default("{}")
        LabelSelector objectSelector,
    @Description("Requests that are meant, if one of these matches.") List<Rule> resourceRules,
    @Description("Requests that are not meant, even if a resource rule matches.")
        List<Rule> excludeResourceRules,
    @Description("Whether a request through another version of the resource is meant too.")
        @Default("Equivalent")
        MatchPolicy matchPolicy) {
  public MatchResources {
    resourceRules = List.copyOf(resourceRules);
    excludeResourceRules = List.copyOf(excludeResourceRules);
  }

  /** How other versions of a resource are treated; there is one version of each. */
  public enum MatchPolicy {
    EXACT,
    EQUIVALENT
  }

  /** Requests, by what they do to which resource. */
  public record Rule(
      @Description("The names of the objects; every one if empty.")
          List<@Size(max = 253) String> resourceNames,
      @Description("What is done: CREATE, UPDATE, DELETE, or * for all of them.")
          List<@Size(max = 16) String> operations,
      @Description("The groups of the resources, or * for all; the core group is the empty text.")
          List<@Size(max = 253) String> apiGroups,
      @Description("The versions of the resources, or * for all.")
          List<@Size(max = 63) String> apiVersions,
      @Description(
              "The resources in plural, with /subresource for one of theirs; * stands for all.")
          List<@Size(max = 127) String> resources,
      @Description("Whether only Cluster or Namespaced resources are meant, or * for both.")
          @Default("*")
          @Pattern(regexp = "Cluster|Namespaced|\\*")
          String scope) {
    public Rule {
      resourceNames = List.copyOf(resourceNames);
      operations = List.copyOf(operations);
      apiGroups = List.copyOf(apiGroups);
      apiVersions = List.copyOf(apiVersions);
      resources = List.copyOf(resources);
    }
  }
}
