package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.kind.FieldPath;
import ai.a5c.krate.apiserver.kind.Kind;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * {@code Table} documents of the group {@code meta.k8s.io} for the objects of one kind: the name,
 * the columns of the kind, the age.
 *
 * @param version v1 or v1beta1
 * @param include what each row carries of its object
 */
public record Tables(Kind kind, String version, IncludeObject include) {
  private static final Kind.Column NAME =
      new Kind.Column(
          "Name",
          "string",
          "The name of the object, unique among its kind and namespace.",
          false,
          FieldPath.parse("metadata.name"));
  private static final Kind.Column AGE =
      new Kind.Column(
          "Age",
          "date",
          "The time since the object was created.",
          false,
          FieldPath.parse("metadata.creationTimestamp"));

  /** What a row carries of its object. */
  public enum IncludeObject {
    NONE,
    METADATA,
    OBJECT;

    /**
     * Reads {@code includeObject}; absent means the metadata.
     *
     * @throws ApiException BadRequest if it is none of None, Metadata and Object
     */
    public static IncludeObject parse(Query query) {
      String value = query.text("includeObject");
      return switch (value) {
        case "", "Metadata" -> METADATA;
        case "None" -> NONE;
        case "Object" -> OBJECT;
        default ->
            throw new ApiException(
                new Problem.BadRequest(
                    "includeObject is one of None, Metadata and Object, not \"" + value + "\""));
      };
    }
  }

  /** One table of one object; its resourceVersion is the object's. */
  public JsonObject of(JsonObject object, Instant now) {
    return table(metadataOf(object), List.of(object), now, true);
  }

  /** One table of a list's objects. */
  public JsonObject of(List<JsonObject> objects, ListMeta meta, Instant now) {
    return table(meta.toJson(), objects, now, true);
  }

  /**
   * The table that stands for an object, or a bookmark, in an event of a watch.
   *
   * @param first whether it is the first of the stream, the only one that says its columns
   */
  public JsonObject ofEvent(JsonObject object, Instant now, boolean first) {
    return table(metadataOf(object), List.of(object), now, first);
  }

  private JsonObject table(
      JsonObject metadata, List<JsonObject> objects, Instant now, boolean withColumns) {
    JsonObjectBuilder table =
        Documents.object()
            .add("kind", "Table")
            .add("apiVersion", "meta.k8s.io/" + version)
            .add("metadata", metadata)
            .add(
                "columnDefinitions",
                withColumns ? columnDefinitions() : JsonValue.EMPTY_JSON_ARRAY);
    JsonArrayBuilder rows = Documents.JSON.createArrayBuilder();
    objects.forEach(object -> rows.add(row(object, now)));
    return table.add("rows", rows).build();
  }

  private static JsonObject metadataOf(JsonObject object) {
    String resourceVersion = Documents.textOf(Documents.metadataOf(object), "resourceVersion");
    return ListMeta.at(resourceVersion).toJson();
  }

  /** What the cells of every row are, in order. */
  public JsonArray columnDefinitions() {
    JsonArrayBuilder definitions = Documents.JSON.createArrayBuilder();
    definitions.add(definition(NAME, "name"));
    kind.columns().forEach(column -> definitions.add(definition(column, "")));
    definitions.add(definition(AGE, ""));
    return definitions.build();
  }

  private static JsonObjectBuilder definition(Kind.Column column, String format) {
    return Documents.object()
        .add("name", column.name())
        .add("type", column.type())
        .add("format", format)
        .add("description", column.description())
        .add("priority", column.wide() ? 1 : 0);
  }

  /**
   * The row of one object.
   *
   * @param now from which ages are counted
   */
  public JsonObject row(JsonObject object, Instant now) {
    JsonArrayBuilder cells = Documents.JSON.createArrayBuilder();
    cells.add(cell(NAME, object, now));
    kind.columns().forEach(column -> cells.add(cell(column, object, now)));
    cells.add(cell(AGE, object, now));
    JsonObjectBuilder row = Documents.object().add("cells", cells);
    return switch (include) {
      case NONE -> row.addNull("object").build();
      case METADATA -> row.add("object", PartialMetadata.of(object, version)).build();
      case OBJECT -> row.add("object", object).build();
    };
  }

  static JsonValue cell(Kind.Column column, JsonObject object, Instant now) {
    Optional<JsonValue> found = column.path().in(object);
    if (found.isEmpty()) {
      return JsonValue.NULL;
    }
    JsonValue value = found.get();
    FieldPath until = column.until();
    if (until != null) {
      String end = until.in(object).map(Tables::text).orElse(now.toString());
      return Documents.text(Ages.between(text(value), end));
    }
    return switch (column.type()) {
      case "integer" -> value instanceof JsonNumber ? value : Documents.text(text(value));
      case "boolean" -> isBoolean(value) ? value : Documents.text(text(value));
      case "date" -> Documents.text(Ages.since(text(value), now));
      default -> Documents.text(beginning(text(value), column.first()));
    };
  }

  private static String beginning(String text, int length) {
    return length == 0 || text.length() <= length ? text : text.substring(0, length);
  }

  private static boolean isBoolean(JsonValue value) {
    return switch (value.getValueType()) {
      case TRUE, FALSE -> true;
      case ARRAY, OBJECT, STRING, NUMBER, NULL -> false;
    };
  }

  private static String text(JsonValue value) {
    return switch (value) {
      case JsonString text -> text.getString();
      case JsonArray items -> items.stream().map(Tables::text).collect(Collectors.joining(","));
      default -> value.toString();
    };
  }
}
