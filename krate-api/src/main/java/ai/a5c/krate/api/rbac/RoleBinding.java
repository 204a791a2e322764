package ai.a5c.krate.api.rbac;

import ai.a5c.krate.api.schema.Column;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Immutable;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.StorageBoundary;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;

/** Gives a role in a namespace. */
@Kind(
    group = RbacGroup.NAME,
    version = RbacGroup.VERSION,
    name = "RoleBinding",
    plural = "rolebindings",
    boundary = StorageBoundary.CONFIGURATION,
    core = true,
    freeNames = true)
@Description("A RoleBinding gives a role to subjects, in its namespace.")
public record RoleBinding(
    @Description("Who gets the role.") @Size(max = 4096) List<RoleSubject> subjects,
    @Description("The role that is given.") @NotNull @Immutable @Column(value = "ROLE", of = "name")
        RoleRef roleRef) {
  public RoleBinding {
    subjects = List.copyOf(subjects);
  }
}
