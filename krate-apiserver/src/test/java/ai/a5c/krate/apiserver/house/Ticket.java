package ai.a5c.krate.apiserver.house;

import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.ServerOwned;
import ai.a5c.krate.api.schema.StorageBoundary;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

/** A numbered record. */
@Kind(
    group = "toys.example.org",
    version = "v1",
    name = "Ticket",
    plural = "tickets",
    boundary = StorageBoundary.RECORDS)
@Description("A Ticket has a number.")
public record Ticket(
    @Description("What is wanted.") @NotNull Spec spec,
    @Description("What is known.") Status status) {
  public record Spec(@Description("The queue.") @NotBlank @Size(max = 20) String queue) {}

  public record Status(
      @Description("The number in the queue.") @ServerOwned long number,
      @Description("What is called out.") @Size(max = 40) String call) {}
}
