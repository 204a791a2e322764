package ai.a5c.krate.api.core;

import ai.a5c.krate.api.schema.Description;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;

/** One aspect of what is known of an object, as {@code metav1.Condition} has it. */
public record Condition(
    @Description("What the condition is about, in CamelCase.")
        @NotBlank
        @Size(max = 316)
        @Pattern(regexp = "[A-Za-z][A-Za-z0-9._/-]*")
        String type,
    @Description("Whether the condition holds.") @NotNull Truth status,
    @Description("Why it last changed, one word in CamelCase.")
        @NotBlank
        @Size(max = 1024)
        @Pattern(regexp = "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?")
        String reason,
    @Description("The details, for a person to read.") @Size(max = 32_768) String message,
    @Description("When the status last changed.") @NotNull Instant lastTransitionTime,
    @Description("The generation of the object that this was found out for.")
        long observedGeneration) {
  /** Three-valued truth. */
  public enum Truth {
    TRUE,
    FALSE,
    UNKNOWN
  }
}
