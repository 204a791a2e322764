package ai.a5c.krate.apiserver.kind;

import ai.a5c.krate.api.schema.Verb;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonWriter;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonGenerator;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The reference of all kinds, field by field, as a Markdown page. The same catalogue gives the same
 * page.
 */
public final class Reference {
  private final StringBuilder page = new StringBuilder();

  private Reference() {}

  /** The page, from its heading on. */
  public static String page(Kinds kinds) {
    var reference = new Reference();
    reference.line("# Kinds");
    reference.line("");
    reference.line(
        "Made from the declarations of the kinds. `*` required, `=` immutable, `!` written by the");
    reference.line(
        "server alone, `[fs]` a field selector. Durations are Go durations such as `1m30s`.");
    for (String group : kinds.groups()) {
      for (Kind kind : kinds.inGroup(group)) {
        reference.kind(kind);
      }
    }
    return reference.page.toString();
  }

  /**
   * The page of a kind that is not served but is a file of somebody's.
   *
   * @param introduction what a reader has to know first; paragraphs of Markdown
   */
  public static String filePage(Kind kind, String introduction) {
    var reference = new Reference();
    reference.line("# " + kind.name());
    reference.line("");
    reference.line(kind.description() + " " + introduction);
    reference.line("");
    reference.line("| field | type | constraints | meaning |");
    reference.line("|---|---|---|---|");
    reference.cells(code("apiVersion") + " \\*", code(kind.apiVersion()), "", "The version.");
    reference.cells(code("kind") + " \\*", code(kind.name()), "", "The kind.");
    reference.cells(code("metadata.name") + " \\*", "string", "", "The name; nothing else.");
    reference.fields(kind, kind.schema(), "");
    return reference.page.toString();
  }

  /** The JSON schema of such a file, for editors. */
  public static String fileSchema(Kind kind) {
    JsonObject content = new SchemaDocument(shared -> null).object(kind.schema()).build();
    JsonObjectBuilder properties =
        Json.object()
            .add("apiVersion", Json.object().add("enum", Json.array(List.of(kind.apiVersion()))))
            .add("kind", Json.object().add("enum", Json.array(List.of(kind.name()))))
            .add(
                "metadata",
                Json.object()
                    .add("type", "object")
                    .add(
                        "properties",
                        Json.object().add("name", Json.object().add("type", "string")))
                    .add("required", Json.array(List.of("name"))));
    JsonTree.objectAt(content, "properties").forEach(properties::add);
    JsonArrayBuilder required = Json.array(List.of("apiVersion", "kind", "metadata"));
    JsonTree.textsAt(content, "required").forEach(required::add);
    JsonObject schema =
        Json.object()
            .add("$schema", "http://json-schema.org/draft-07/schema#")
            .add("title", kind.name())
            .add("description", kind.description())
            .add("type", "object")
            .add("properties", properties)
            .add("required", required)
            .build();
    var text = new StringWriter();
    try (JsonWriter writer =
        JsonProvider.provider()
            .createWriterFactory(Map.of(JsonGenerator.PRETTY_PRINTING, true))
            .createWriter(text)) {
      writer.write(schema);
    }
    return text.toString().strip() + "\n";
  }

  private void kind(Kind kind) {
    line("");
    line("## " + kind.name());
    line("");
    line(kind.description());
    line("");
    line("| | |");
    line("|---|---|");
    row("apiVersion", code(kind.apiVersion()));
    row("resource", code(kind.resource().toString()));
    row("short names", codes(kind.shortNames()));
    row("categories", codes(kind.categories()));
    row("scope", kind.namespaced() ? "a namespace" : "the cluster");
    row("verbs", codes(kind.verbs().stream().map(Verb::wireName).toList()));
    row("subresources", kind.hasStatus() ? code("status") : "");
    row("columns", columns(kind, false));
    row("columns with `-o wide`", columns(kind, true));
    List<String> selectors = new ArrayList<>(List.of("metadata.name"));
    if (kind.namespaced()) {
      selectors.add("metadata.namespace");
    }
    kind.selectable().forEach(s -> selectors.add(s.name()));
    row("field selectors", codes(selectors));
    line("");
    line("| field | type | constraints | meaning |");
    line("|---|---|---|---|");
    fields(kind, kind.schema(), "");
  }

  private void fields(Kind kind, Schema.ObjectSchema schema, String path) {
    for (Map.Entry<String, Schema.Property> member : schema.properties().entrySet()) {
      Schema.Property property = member.getValue();
      String at = path + member.getKey();
      boolean selectable = kind.selectable().stream().anyMatch(s -> s.name().equals(at));
      String marks =
          (property.required() ? "*" : "")
              + (property.immutable() ? "=" : "")
              + (property.serverOwned() ? "!" : "")
              + (selectable ? " [fs]" : "");
      List<String> constraints = new ArrayList<>();
      if (property.defaultValue() != null) {
        constraints.add("default " + code(property.defaultValue().toString()));
      }
      constraints(property.schema(), constraints);
      cells(
          code(at) + (marks.isEmpty() ? "" : " " + escaped(marks.strip())),
          type(property.schema()),
          String.join("; ", constraints),
          escaped(property.schema().description()));
      nested(kind, property.schema(), at);
    }
  }

  private void nested(Kind kind, Schema schema, String path) {
    switch (schema) {
      case Schema.ObjectSchema object -> fields(kind, object, path + ".");
      case Schema.ListSchema list -> nested(kind, list.items(), path + "[]");
      case Schema.MapSchema map -> nested(kind, map.values(), path + "{}");
      case Schema.StringSchema s -> {}
      case Schema.IntegerSchema s -> {}
      case Schema.BooleanSchema s -> {}
      case Schema.AnySchema s -> {}
    }
  }

  private static String type(Schema schema) {
    return switch (schema) {
      case Schema.ObjectSchema s -> "object";
      case Schema.AnySchema s -> "any object";
      case Schema.MapSchema s -> "map of " + type(s.values());
      case Schema.ListSchema s -> "list of " + type(s.items());
      case Schema.IntegerSchema s -> "integer";
      case Schema.BooleanSchema s -> "boolean";
      case Schema.StringSchema s ->
          s.values().isEmpty()
              ? switch (s.format()) {
                case TEXT -> "string";
                case DATE_TIME -> "time";
                case DURATION -> "duration";
                case BYTE -> "base64";
              }
              : codes(s.values());
    };
  }

  private static void constraints(Schema schema, List<String> constraints) {
    switch (schema) {
      case Schema.StringSchema s when s.values().isEmpty() -> text(s, constraints);
      case Schema.IntegerSchema s -> {
        if (s.minimum() != Integer.MIN_VALUE && s.minimum() != Long.MIN_VALUE) {
          constraints.add("at least " + s.minimum());
        }
        if (s.maximum() != Integer.MAX_VALUE && s.maximum() != Long.MAX_VALUE) {
          constraints.add("at most " + s.maximum());
        }
      }
      case Schema.ListSchema s -> {
        constraints.add(range(s.minItems(), s.maxItems(), "items"));
        if (s.type() == Schema.ListType.SET) {
          constraints.add("none twice");
        } else if (s.type() == Schema.ListType.MAP) {
          constraints.add("one for each " + codes(s.keys()));
        }
        items(s.items(), constraints);
      }
      case Schema.MapSchema s -> {
        constraints.add(range(0, s.maxProperties(), "entries"));
        items(s.values(), constraints);
      }
      case Schema.ObjectSchema s -> {}
      case Schema.StringSchema s -> {}
      case Schema.BooleanSchema s -> {}
      case Schema.AnySchema s -> {}
    }
  }

  private static void items(Schema items, List<String> constraints) {
    List<String> each = new ArrayList<>();
    constraints(items, each);
    if (!each.isEmpty()) {
      constraints.add("each " + String.join(", ", each));
    }
  }

  private static void text(Schema.StringSchema schema, List<String> constraints) {
    if (schema.format() == Schema.Format.TEXT || schema.format() == Schema.Format.BYTE) {
      constraints.add(range(schema.minLength(), schema.maxLength(), "characters"));
    }
    if (schema.pattern() != null && !schema.pattern().equals(Constraints.NOT_BLANK)) {
      constraints.add("matches " + code(schema.pattern()));
    }
  }

  private static String range(int least, int most, String what) {
    return (least == 0 ? "at most " + most : least + " to " + most) + " " + what;
  }

  private static String columns(Kind kind, boolean wide) {
    return codes(
        kind.columns().stream().filter(c -> c.wide() == wide).map(Kind.Column::name).toList());
  }

  private void row(String name, String value) {
    if (!value.isEmpty()) {
      cells(name, value);
    }
  }

  private void cells(String... cells) {
    line("| " + String.join(" | ", cells) + " |");
  }

  private void line(String line) {
    page.append(line.stripTrailing()).append('\n');
  }

  private static String codes(List<String> words) {
    return words.stream().map(Reference::code).collect(Collectors.joining(", "));
  }

  private static String code(String text) {
    return "`" + text.replace("|", "\\|") + "`";
  }

  private static String escaped(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*");
  }
}
