package ai.a5c.krate.api.config;

import ai.a5c.krate.api.schema.Description;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/** Names a person, a group of the identity provider, or a service account. */
public record SubjectReference(
    @Description("What kind of subject it is.") @NotNull Kind kind,
    @Description("The name of the user, group or service account.") @NotBlank @Size(max = 1024)
        String name,
    @Description("The namespace of a service account; this one if empty.") @Size(min = 1, max = 63)
        @Nullable String namespace) {
  /** What kind of subject it is. */
  public enum Kind {
    USER,
    GROUP,
    SERVICE_ACCOUNT
  }
}
