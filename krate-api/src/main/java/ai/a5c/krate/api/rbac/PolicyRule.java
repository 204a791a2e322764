package ai.a5c.krate.api.rbac;

import ai.a5c.krate.api.schema.Description;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;

/** Verbs that may be used on resources, or on paths that are no resources. */
public record PolicyRule(
    @Description("The verbs that are allowed; * stands for all of them.") @NotNull
        List<@Size(max = 256) String> verbs,
    @Description("The API groups of the resources; * stands for all, an empty one for the core.")
        List<@Size(max = 256) String> apiGroups,
    @Description(
            "The resources, subresources written as resource/subresource; * stands for all,"
                + " */subresource for that of any resource.")
        List<@Size(max = 256) String> resources,
    @Description("The names that the rule is limited to; none means all.") @Size(max = 4096)
        List<@Size(max = 256) String> resourceNames,
    @Description("Paths that are no resources; * at the end stands for any rest.")
        List<@Size(max = 1024) String> nonResourceURLs) {
  public PolicyRule {
    verbs = List.copyOf(verbs);
    apiGroups = List.copyOf(apiGroups);
    resources = List.copyOf(resources);
    resourceNames = List.copyOf(resourceNames);
    nonResourceURLs = List.copyOf(nonResourceURLs);
  }
}
