package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.problem.Status;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.api.schema.Verb;
import ai.a5c.krate.apiserver.kind.FieldPath;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.Schema;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Kinds and objects of these tests. */
final class Samples {
  /** A kind with a column of every type, and two fields to select by. */
  static final Kind WIDGET =
      kind(
          "example.org",
          "Widget",
          false,
          List.of(
              column("TITLE", "string", false, "spec.title"),
              column("SIZE", "integer", false, "spec.size"),
              column("READY", "string", false, "status.conditions[Ready].status"),
              column("DRAFT", "boolean", true, "spec.draft"),
              column("TAGS", "string", true, "spec.tags"),
              column("USED", "date", true, "status.usedTime")),
          List.of(
              new Kind.Selectable("spec.title", FieldPath.parse("spec.title")),
              new Kind.Selectable("status.author", FieldPath.parse("status.author.name")),
              new Kind.Selectable("spec.size", FieldPath.parse("spec.size"))));

  static final Kind CORE = kind("", "Gadget", true, List.of(), List.of());

  private Samples() {}

  private record Body() {}

  private static Kind kind(
      String group,
      String name,
      boolean core,
      List<Kind.Column> columns,
      List<Kind.Selectable> selectable) {
    return new Kind(
        group,
        "v1",
        name,
        name.toLowerCase(Locale.ROOT) + "s",
        List.of(),
        List.of(),
        true,
        StorageBoundary.RECORDS,
        EnumSet.allOf(Verb.class),
        "A kind of these tests.",
        new Schema.ObjectSchema("", Map.of()),
        columns,
        selectable,
        false,
        core,
        Body.class);
  }

  private static Kind.Column column(String name, String type, boolean wide, String path) {
    return new Kind.Column(name, type, "The " + path + ".", wide, FieldPath.parse(path));
  }

  /** JSON written with single quotes. */
  static JsonObject json(String text) {
    return value(text).asJsonObject();
  }

  static JsonValue value(String text) {
    String json = text.replace('\'', '"');
    try (JsonReader reader = Documents.JSON.createReader(new StringReader(json))) {
      return reader.readValue();
    }
  }

  /** Runs what must be refused. */
  static Status refusal(ThrowingCallable refused) {
    return Status.of(problem(refused));
  }

  static Problem problem(ThrowingCallable refused) {
    ApiException exception = Assertions.catchThrowableOfType(ApiException.class, refused);
    Assertions.assertThat(exception).as("a refusal").isNotNull();
    return exception.problem();
  }
}
