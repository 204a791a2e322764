package ai.a5c.krate.api.rbac;

import ai.a5c.krate.api.schema.Description;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;

/** Who gets a role. */
public record RoleSubject(
    @Description("User, Group or ServiceAccount.") @NotBlank @Size(max = 63) String kind,
    @Description("The API group of the subject; empty for a ServiceAccount.") @Size(max = 253)
        String apiGroup,
    @Description("The name of the subject.") String name,
    @Description("The namespace of a ServiceAccount.") @Size(max = 63) String namespace) {}
