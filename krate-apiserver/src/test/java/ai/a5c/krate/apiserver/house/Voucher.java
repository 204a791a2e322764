package ai.a5c.krate.apiserver.house;

import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.api.schema.Verb;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/** A question whose answer is worth something. */
@Kind(
    group = "toys.example.org",
    version = "v1",
    name = "Voucher",
    plural = "vouchers",
    namespaced = false,
    boundary = StorageBoundary.RECORDS,
    verbs = Verb.CREATE)
@Description("A Voucher asks for a code.")
public record Voucher(
    @Description("What is wanted.") @NotNull Spec spec,
    @Description("What is answered.") Status status) {
  /** What is wanted. */
  public record Spec(@Description("Who gets it.") @NotBlank @Size(max = 20) String holder) {}

  /** What is answered. */
  public record Status(@Description("The code.") @Nullable String code) {}
}
