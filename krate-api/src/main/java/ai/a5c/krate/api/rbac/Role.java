package ai.a5c.krate.api.rbac;

import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.StorageBoundary;
import jakarta.validation.constraints.Size;
import java.util.List;

/** Rules that hold in a namespace. */
@Kind(
    group = RbacGroup.NAME,
    version = RbacGroup.VERSION,
    name = "Role",
    plural = "roles",
    boundary = StorageBoundary.CONFIGURATION,
    core = true,
    freeNames = true)
@Description(
    "A Role is a set of rules that holds in its namespace once a binding gives it to somebody.")
public record Role(@Description("What the role allows.") @Size(max = 4096) List<PolicyRule> rules) {
  public Role {
    rules = List.copyOf(rules);
  }
}
