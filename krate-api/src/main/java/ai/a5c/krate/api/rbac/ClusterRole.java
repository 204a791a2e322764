package ai.a5c.krate.api.rbac;

import ai.a5c.krate.api.core.LabelSelector;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.StorageBoundary;
import jakarta.validation.constraints.Size;
import java.util.List;

/** Rules that hold wherever they are bound. */
@Kind(
    group = RbacGroup.NAME,
    version = RbacGroup.VERSION,
    name = "ClusterRole",
    plural = "clusterroles",
    namespaced = false,
    boundary = StorageBoundary.CONFIGURATION,
    core = true,
    freeNames = true)
@Description("A ClusterRole is a set of rules that a binding gives, in one namespace or in all.")
public record ClusterRole(
    @Description("What the role allows.") @Size(max = 4096) List<PolicyRule> rules,
    @Description("Which roles' rules are gathered into this one; the server then writes the rules.")
        AggregationRule aggregationRule) {
  public ClusterRole {
    rules = List.copyOf(rules);
  }

  /** Where the rules of an aggregated role come from. */
  public record AggregationRule(
      @Description("The cluster roles that are gathered: those that any selector matches.")
          @Size(max = 64)
          List<LabelSelector> clusterRoleSelectors) {
    public AggregationRule {
      clusterRoleSelectors = List.copyOf(clusterRoleSelectors);
    }
  }
}
