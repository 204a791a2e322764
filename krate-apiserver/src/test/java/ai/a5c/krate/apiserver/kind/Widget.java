package ai.a5c.krate.apiserver.kind;

import ai.a5c.krate.api.core.Condition;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.schema.Column;
import ai.a5c.krate.api.schema.Default;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Immutable;
import ai.a5c.krate.api.schema.ListKeys;
import ai.a5c.krate.api.schema.Selectable;
import ai.a5c.krate.api.schema.ServerOwned;
import ai.a5c.krate.api.schema.SetOfValues;
import ai.a5c.krate.api.schema.StorageBoundary;
import jakarta.json.JsonObject;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A kind that uses every type and annotation a declaration may have. */
@ai.a5c.krate.api.schema.Kind(
    group = "toys.example.org",
    version = "v1alpha1",
    name = "Widget",
    plural = "widgets",
    shortNames = {"wi", "kwi"},
    categories = "toys",
    boundary = StorageBoundary.RECORDS)
@Description("A Widget is something to test with.")
record Widget(
    @Description("What is wanted of the widget.") @NotNull Spec spec,
    @Description("What is known of the widget.") Status status) {

  record Spec(
      @Description("One line that says what it is.")
          @NotBlank
          @Size(max = 20)
          @Column(value = "TITLE", order = 20)
          String title,
      @Description("The box that it came in.") @Immutable @Selectable @Size(max = 10) String box,
      @Description("Its colour.") @Default("DarkRed") @Column(value = "COLOUR", order = 10)
          Colour colour,
      @Description("How many there are.") @Default("1") @Min(1) @Max(9) int count,
      @Description("How heavy it is, in grams.") @Nullable Long weight,
      @Description("Whether it is broken.") boolean broken,
      @Description("How long it lasts.") @Default("1m30s") Duration lasts,
      @Description("When it was made.") @Column(value = "MADE", order = 30, wide = true)
          @Nullable Instant made,
      @Description("The words it is found by.") @SetOfValues @Size(max = 3)
          List<@Size(min = 1, max = 8) @Pattern(regexp = "[a-z]+") String> words,
      @Description("Its parts by name.") @ListKeys("name") List<Part> parts,
      @Description("Notes by author.") @Size(max = 2) Map<String, @Size(max = 5) String> notes,
      @Description("A picture.") @Size(max = 400) Bytes picture,
      @Description("What nothing is known about.") @Nullable JsonObject extra,
      @Description("Where it is kept.") @Default("{}") Place place) {
    Spec {
      words = List.copyOf(words);
      parts = List.copyOf(parts);
    }
  }

  enum Colour {
    DARK_RED,
    BLUE
  }

  record Part(
      @Description("The name of the part.") @NotBlank @Size(max = 8) String name,
      @Description("How many of it.") @Default("1") int count) {}

  record Place(@Description("The shelf.") @Default("7") int shelf) {}

  record Status(
      @Description("Its number.") @ServerOwned @Selectable @Column(value = "NUMBER", order = 5)
          long number,
      @Description("Who made it.") @ServerOwned @Selectable @Nullable Maker maker,
      @Description("What was tried.") @Column(value = "LAST", order = 50, of = "[-1].code")
          List<Try> tries,
      @Description("What is known of it.")
          @ListKeys("type")
          @Column(value = "READY", order = 40, of = "[Ready].status")
          List<Condition> conditions) {
    Status {
      tries = List.copyOf(tries);
      conditions = List.copyOf(conditions);
    }
  }

  record Maker(@Description("The name of the maker.") @NotBlank String name) {}

  record Try(@Description("What came of it.") int code) {}
}
