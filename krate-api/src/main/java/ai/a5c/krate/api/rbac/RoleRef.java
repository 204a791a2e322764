package ai.a5c.krate.api.rbac;

import ai.a5c.krate.api.schema.Default;
import ai.a5c.krate.api.schema.Description;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;

/** The role that a binding gives. */
public record RoleRef(
    @Description("The API group of the role.") @Default(RbacGroup.NAME) @Size(max = 253)
        String apiGroup,
    @Description("Role or ClusterRole.") @NotBlank @Size(max = 63) String kind,
    @Description("The name of the role.") @Size(max = 253) String name) {}
