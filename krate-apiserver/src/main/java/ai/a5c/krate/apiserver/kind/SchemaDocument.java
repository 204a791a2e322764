package ai.a5c.krate.apiserver.kind;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Schemas as OpenAPI 3.0 documents with Kubernetes' extensions. */
final class SchemaDocument {
  private final Function<Schema.ObjectSchema, @Nullable String> references;

  /**
   * A writer of schemas.
   *
   * @param references the name of a shared schema, or null to write it out where it stands
   */
  SchemaDocument(Function<Schema.ObjectSchema, @Nullable String> references) {
    this.references = references;
  }

  /** A reference to a schema of the components. */
  static JsonObject reference(String name) {
    return Json.object().add("$ref", "#/components/schemas/" + name).build();
  }

  /** The document of an object's schema, written out. */
  JsonObjectBuilder object(Schema.ObjectSchema schema) {
    JsonObjectBuilder document = typed("object", schema.description());
    JsonObjectBuilder properties = Json.object();
    JsonArrayBuilder required = Json.array();
    schema
        .properties()
        .forEach(
            (name, property) -> {
              properties.add(name, property(property));
              if (property.required()) {
                required.add(name);
              }
            });
    JsonObject members = properties.build();
    if (!members.isEmpty()) {
      document.add("properties", members);
    }
    var names = required.build();
    if (!names.isEmpty()) {
      document.add("required", names);
    }
    return document;
  }

  private JsonObject property(Schema.Property property) {
    String shared = property.schema() instanceof Schema.ObjectSchema o ? references.apply(o) : null;
    JsonObjectBuilder document =
        shared == null
            ? value(property.schema())
            : Json.object()
                .add("description", property.schema().description())
                .add("allOf", Json.array().add(reference(shared)));
    if (property.defaultValue() != null) {
      document.add("default", property.defaultValue());
    } else if (shared != null) {
      document.add("default", Json.object());
    }
    if (property.immutable()) {
      JsonObjectBuilder rule =
          Json.object().add("rule", "self == oldSelf").add("message", "field is immutable");
      document.add("x-kubernetes-validations", Json.array().add(rule));
    }
    return document.build();
  }

  private JsonObjectBuilder value(Schema schema) {
    return switch (schema) {
      case Schema.ObjectSchema s -> object(s);
      case Schema.MapSchema s -> {
        JsonObjectBuilder map = typed("object", s.description());
        map.add("additionalProperties", item(s.values()));
        bound(map, "maxProperties", s.maxProperties());
        yield map;
      }
      case Schema.ListSchema s -> list(s);
      case Schema.StringSchema s -> string(s);
      case Schema.IntegerSchema s -> integer(s);
      case Schema.BooleanSchema s -> typed("boolean", s.description());
      case Schema.AnySchema s ->
          typed("object", s.description()).add("x-kubernetes-preserve-unknown-fields", true);
    };
  }

  private JsonObject item(Schema schema) {
    String shared = schema instanceof Schema.ObjectSchema o ? references.apply(o) : null;
    return shared == null ? value(schema).build() : reference(shared);
  }

  private JsonObjectBuilder list(Schema.ListSchema schema) {
    JsonObjectBuilder list = typed("array", schema.description());
    list.add("items", item(schema.items()));
    if (schema.minItems() > 0) {
      list.add("minItems", schema.minItems());
    }
    bound(list, "maxItems", schema.maxItems());
    list.add(
        "x-kubernetes-list-type",
        switch (schema.type()) {
          case ATOMIC -> "atomic";
          case SET -> "set";
          case MAP -> "map";
        });
    if (schema.type() == Schema.ListType.MAP) {
      list.add("x-kubernetes-list-map-keys", Json.array(schema.keys()));
    }
    return list;
  }

  private static JsonObjectBuilder string(Schema.StringSchema schema) {
    JsonObjectBuilder string = typed("string", schema.description());
    if (schema.format() != Schema.Format.TEXT) {
      string.add("format", Formats.name(schema.format()));
    }
    if (!schema.values().isEmpty()) {
      return string.add("enum", Json.array(schema.values()));
    }
    if (schema.minLength() > 0) {
      string.add("minLength", schema.minLength());
    }
    bound(string, "maxLength", schema.maxLength());
    if (schema.pattern() != null) {
      string.add("pattern", "^(" + schema.pattern() + ")$");
    }
    return string;
  }

  private static JsonObjectBuilder integer(Schema.IntegerSchema schema) {
    boolean small = schema.minimum() >= Integer.MIN_VALUE && schema.maximum() <= Integer.MAX_VALUE;
    JsonObjectBuilder integer = typed("integer", schema.description());
    integer.add("format", small ? "int32" : "int64");
    if (schema.minimum() != (small ? Integer.MIN_VALUE : Long.MIN_VALUE)) {
      integer.add("minimum", schema.minimum());
    }
    if (schema.maximum() != (small ? Integer.MAX_VALUE : Long.MAX_VALUE)) {
      integer.add("maximum", schema.maximum());
    }
    return integer;
  }

  private static void bound(JsonObjectBuilder document, String name, int bound) {
    if (bound < Integer.MAX_VALUE) {
      document.add(name, bound);
    }
  }

  private static JsonObjectBuilder typed(String type, String description) {
    JsonObjectBuilder document = Json.object();
    if (!description.isEmpty()) {
      document.add("description", description);
    }
    return document.add("type", type);
  }
}
