package ai.a5c.krate.api.config;

import ai.a5c.krate.api.schema.Description;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

/** Names people and programs, as the subjects of Kubernetes' RBAC do. */
public record SubjectRef(
    @Description("What the name is of.") @NotNull Kind kind,
    @Description("The name of the user, group or service account.") @NotBlank @Size(max = 1024)
        String name,
    @Description("The namespace of a service account; that of the object which names it if empty.")
        @Size(max = 63)
        @Pattern(regexp = "([a-z0-9]([-a-z0-9]*[a-z0-9])?)?")
        String namespace) {

  /** What the name is of. */
  public enum Kind {
    /** A user, by name. */
    USER,
    /** Everybody in a group. */
    GROUP,
    /** A service account of a namespace. */
    SERVICE_ACCOUNT
  }
}
