package ai.a5c.krate.testkit.api;

import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.io.StringReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Short words for JSON documents; paths are written {@code metadata/labels/app}. */
final class Json {
  private static final JsonProvider PROVIDER = JsonProvider.provider();

  private Json() {}

  static JsonObjectBuilder object() {
    return PROVIDER.createObjectBuilder();
  }

  static JsonObjectBuilder object(JsonObject start) {
    return PROVIDER.createObjectBuilder(start);
  }

  static JsonObject parse(String text) {
    try (var reader = PROVIDER.createReader(new StringReader(text))) {
      return reader.readObject();
    }
  }

  static JsonValue at(JsonValue document, String path) {
    JsonValue at = document;
    for (String member : path.split("/", -1)) {
      JsonValue next =
          switch (at) {
            case JsonObject object -> object.get(member);
            case JsonArray array when member.matches("\\d+") && array.size() > index(member) ->
                array.get(index(member));
            default -> null;
          };
      if (next == null) {
        return JsonValue.NULL;
      }
      at = next;
    }
    return at;
  }

  private static int index(String member) {
    return Integer.parseInt(member);
  }

  /** The string at the path, or the JSON of what is there; empty if nothing is. */
  static String text(JsonValue document, String path) {
    JsonValue value = at(document, path);
    return switch (value) {
      case JsonString string -> string.getString();
      case JsonValue nothing when nothing.equals(JsonValue.NULL) -> "";
      default -> value.toString();
    };
  }

  static long number(JsonValue document, String path) {
    return at(document, path) instanceof JsonNumber number ? number.longValueExact() : -1;
  }

  static List<JsonObject> objects(JsonValue document, String path) {
    return at(document, path) instanceof JsonArray array
        ? array.getValuesAs(JsonObject.class)
        : List.of();
  }

  static JsonObject with(JsonObject document, String path, String value) {
    return with(document, path, PROVIDER.createValue(value));
  }

  /** The document with the value at the path; null removes what is there. */
  static JsonObject with(JsonObject document, String path, @Nullable JsonValue value) {
    int slash = path.indexOf('/');
    String member = slash < 0 ? path : path.substring(0, slash);
    JsonObjectBuilder changed = PROVIDER.createObjectBuilder(document);
    if (slash >= 0) {
      JsonObject inner =
          document.get(member) instanceof JsonObject o ? o : JsonValue.EMPTY_JSON_OBJECT;
      changed.add(member, with(inner, path.substring(slash + 1), value));
    } else if (value == null) {
      changed.remove(member);
    } else {
      changed.add(member, value);
    }
    return changed.build();
  }

  static JsonArray texts(String... values) {
    var array = PROVIDER.createArrayBuilder();
    for (String value : values) {
      array.add(value);
    }
    return array.build();
  }
}
