package ai.a5c.krate.apiserver.house;

import ai.a5c.krate.api.schema.Column;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Immutable;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.Selectable;
import ai.a5c.krate.api.schema.ServerOwned;
import ai.a5c.krate.api.schema.StorageBoundary;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;

/** A plain record. */
@Kind(
    group = "toys.example.org",
    version = "v1",
    name = "Note",
    plural = "notes",
    boundary = StorageBoundary.RECORDS)
@Description("A Note is something to write down.")
public record Note(
    @Description("What is wanted.") @NotNull Spec spec,
    @Description("What is known.") Status status) {
  public record Spec(
      @Description("One line.") @NotBlank @Size(max = 40) @Column("TITLE") String title,
      @Description("Where it belongs.") @Immutable @Selectable @Size(max = 20) String book,
      @Description("Whether it is to be prepared.") boolean prepare) {}

  public record Status(
      @Description("Whether it was read.") @Selectable @Size(max = 20) @Column("PHASE")
          String phase,
      @Description("Who wrote it.") @ServerOwned @Size(max = 100) String writer,
      @Description("What was prepared.") @Size(max = 100) String prepared) {}
}
