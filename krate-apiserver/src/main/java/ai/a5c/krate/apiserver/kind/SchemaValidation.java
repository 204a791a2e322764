package ai.a5c.krate.apiserver.kind;

import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.FieldError.Reason;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whether an object is as its schema wants it, in the words and with the reasons of kube-apiserver.
 * At most {@value #MOST_ERRORS} errors are told; values of sealed kinds are never repeated.
 */
public final class SchemaValidation {
  private static final int MOST_ERRORS = 100;
  private static final int LONGEST_SHOWN = 256;

  private final List<FieldError> errors = new ArrayList<>();
  private final boolean secret;

  private SchemaValidation(boolean secret) {
    this.secret = secret;
  }

  /**
   * What is wrong with the members of the object beside apiVersion, kind and metadata; empty if
   * nothing is.
   */
  public static List<FieldError> errors(Kind kind, JsonObject object) {
    var validation = new SchemaValidation(kind.sealed());
    validation.object(kind.schema(), object, Place.of(""));
    return List.copyOf(validation.errors);
  }

  /** What is wrong with a value at the path; empty if nothing is. */
  static List<FieldError> errors(Schema schema, JsonValue value, String path) {
    var validation = new SchemaValidation(false);
    validation.value(schema, value, Place.of(path));
    return List.copyOf(validation.errors);
  }

  /** The immutable fields that differ between the stored object and what is to replace it. */
  public static List<FieldError> changes(Kind kind, JsonObject stored, JsonObject updated) {
    var validation = new SchemaValidation(kind.sealed());
    validation.compare(kind.schema(), stored, updated, Place.of(""), Property.IMMUTABLE);
    return List.copyOf(validation.errors);
  }

  /** The fields that the server alone writes and that differ: what {@code /status} refuses. */
  public static List<FieldError> serverOwnedChanges(
      Kind kind, JsonObject stored, JsonObject updated) {
    var validation = new SchemaValidation(kind.sealed());
    validation.compare(kind.schema(), stored, updated, Place.of(""), Property.SERVER_OWNED);
    return List.copyOf(validation.errors);
  }

  private enum Property {
    IMMUTABLE,
    SERVER_OWNED
  }

  private void compare(
      Schema.ObjectSchema schema,
      JsonObject stored,
      JsonObject updated,
      Place path,
      Property which) {
    schema
        .properties()
        .forEach(
            (name, property) -> {
              JsonValue before = stored.getOrDefault(name, JsonValue.NULL);
              JsonValue after = updated.getOrDefault(name, JsonValue.NULL);
              Place at = path.member(name);
              boolean kept =
                  which == Property.IMMUTABLE ? property.immutable() : property.serverOwned();
              if (kept && !before.equals(after)) {
                add(
                    which == Property.IMMUTABLE
                        ? invalid(at, after, "field is immutable")
                        : FieldError.forbidden(at.toString(), "only the server writes this field"));
              } else if (!kept && property.schema() instanceof Schema.ObjectSchema nested) {
                compare(nested, orEmpty(before), orEmpty(after), at, which);
              }
            });
  }

  private static JsonObject orEmpty(JsonValue value) {
    return value instanceof JsonObject object ? object : JsonValue.EMPTY_JSON_OBJECT;
  }

  private void value(Schema schema, JsonValue value, Place path) {
    switch (schema) {
      case Schema.ObjectSchema s -> {
        if (value instanceof JsonObject object) {
          object(s, object, path);
        } else {
          wrongType(path, "object", value);
        }
      }
      case Schema.MapSchema s -> map(s, value, path);
      case Schema.ListSchema s -> list(s, value, path);
      case Schema.StringSchema s -> string(s, value, path);
      case Schema.IntegerSchema s -> integer(s, value, path);
      case Schema.BooleanSchema s -> {
        if (!value.equals(JsonValue.TRUE) && !value.equals(JsonValue.FALSE)) {
          wrongType(path, "boolean", value);
        }
      }
      case Schema.AnySchema s -> {
        if (!(value instanceof JsonObject)) {
          wrongType(path, "object", value);
        }
      }
    }
  }

  private void object(Schema.ObjectSchema schema, JsonObject object, Place path) {
    schema
        .properties()
        .forEach(
            (name, property) -> {
              Place at = path.member(name);
              JsonValue value = object.get(name);
              if (value != null && !value.equals(JsonValue.NULL)) {
                value(property.schema(), value, at);
              } else if (property.required()) {
                add(FieldError.required(at.toString(), ""));
              }
            });
  }

  private void map(Schema.MapSchema schema, JsonValue value, Place path) {
    if (!(value instanceof JsonObject object)) {
      wrongType(path, "object", value);
      return;
    }
    if (object.size() > schema.maxProperties()) {
      tooMany(path, object.size(), schema.maxProperties());
      return;
    }
    object.forEach((name, item) -> value(schema.values(), item, path.item(name)));
  }

  private void list(Schema.ListSchema schema, JsonValue value, Place path) {
    if (!(value instanceof JsonArray array)) {
      wrongType(path, "array", value);
      return;
    }
    if (array.size() > schema.maxItems()) {
      tooMany(path, array.size(), schema.maxItems());
      return;
    }
    if (array.size() < schema.minItems()) {
      String least = " in body should have at least " + schema.minItems() + " items";
      add(invalid(path, Json.number(array.size()), path + least));
    }
    Set<JsonValue> seen = new HashSet<>();
    for (int i = 0; i < array.size(); i++) {
      JsonValue item = array.get(i);
      Place at = path.item(i);
      value(schema.items(), item, at);
      JsonValue identity = identity(schema, item);
      if (schema.type() != Schema.ListType.ATOMIC && !seen.add(identity)) {
        add(new FieldError(Reason.DUPLICATE, at.toString(), "Duplicate value: " + shown(identity)));
      }
    }
  }

  private static JsonValue identity(Schema.ListSchema schema, JsonValue item) {
    if (schema.type() != Schema.ListType.MAP || !(item instanceof JsonObject object)) {
      return item;
    }
    var identity = Json.object();
    for (String key : schema.keys()) {
      identity.add(key, object.getOrDefault(key, JsonValue.NULL));
    }
    return identity.build();
  }

  private void string(Schema.StringSchema schema, JsonValue value, Place path) {
    if (!(value instanceof JsonString string)) {
      wrongType(path, "string", value);
      return;
    }
    String text = string.getString();
    if (!schema.values().isEmpty()) {
      if (!schema.values().contains(text)) {
        String supported =
            String.join(", ", schema.values().stream().map(v -> "\"" + v + "\"").toList());
        add(
            new FieldError(
                Reason.NOT_SUPPORTED,
                path.toString(),
                "Unsupported value: " + shown(value) + ": supported values: " + supported));
      }
      return;
    }
    int length = text.codePointCount(0, text.length());
    if (length > schema.maxLength()) {
      add(
          new FieldError(
              Reason.TOO_LONG,
              path.toString(),
              "Too long: may not be more than " + schema.maxLength() + " characters"));
      return;
    }
    if (length < schema.minLength()) {
      String least = "should be at least " + schema.minLength() + " chars long";
      add(invalid(path, value, path + " in body " + least));
    } else if (schema.pattern() != null && !Pattern.matches(schema.pattern(), text)) {
      add(invalid(path, value, path + " in body should match '^(" + schema.pattern() + ")$'"));
    }
    if (!Formats.fits(schema.format(), text)) {
      String form = Formats.name(schema.format());
      String of = path + " in body must be of type " + form + ": " + shown(value);
      add(invalid(path, value, of));
    }
  }

  private void integer(Schema.IntegerSchema schema, JsonValue value, Place path) {
    if (!(value instanceof JsonNumber number)
        || !number.isIntegral()
        || number.bigDecimalValue().unscaledValue().bitLength() >= Long.SIZE) {
      wrongType(path, "integer", value);
      return;
    }
    long whole = number.longValue();
    if (whole < schema.minimum()) {
      String least = " in body should be greater than or equal to " + schema.minimum();
      add(invalid(path, value, path + least));
    } else if (whole > schema.maximum()) {
      String most = " in body should be less than or equal to " + schema.maximum();
      add(invalid(path, value, path + most));
    }
  }

  private void wrongType(Place path, String wanted, JsonValue value) {
    String found =
        switch (value.getValueType()) {
          case ARRAY -> "array";
          case OBJECT -> "object";
          case STRING -> "string";
          case NUMBER -> ((JsonNumber) value).isIntegral() ? "integer" : "number";
          case TRUE, FALSE -> "boolean";
          case NULL -> "null";
        };
    String message =
        "Invalid value: \"" + found + "\": " + path + " in body must be of type " + wanted;
    add(new FieldError(Reason.TYPE_INVALID, path.toString(), message + ": \"" + found + "\""));
  }

  private void tooMany(Place path, int size, int most) {
    String message = "Too many: " + size + ": must have at most " + most + " items";
    add(new FieldError(Reason.TOO_MANY, path.toString(), message));
  }

  private FieldError invalid(Place path, JsonValue value, String detail) {
    return new FieldError(
        Reason.INVALID, path.toString(), "Invalid value: " + shown(value) + ": " + detail);
  }

  private String shown(JsonValue value) {
    if (secret) {
      return "\"***\"";
    }
    String text = value.toString();
    return text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "..." : text;
  }

  private void add(FieldError error) {
    if (errors.size() < MOST_ERRORS) {
      errors.add(error);
    }
  }
}
