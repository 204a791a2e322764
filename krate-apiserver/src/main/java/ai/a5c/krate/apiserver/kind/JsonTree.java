package ai.a5c.krate.apiserver.kind;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads and rewrites immutable JSON documents by the names of their members. */
public final class JsonTree {
  private static final JsonProvider PROVIDER = JsonProvider.provider();

  private JsonTree() {}

  public static JsonArray texts(Collection<String> values) {
    var array = PROVIDER.createArrayBuilder();
    values.forEach(array::add);
    return array.build();
  }

  public static JsonArray array(Collection<? extends JsonValue> values) {
    var array = PROVIDER.createArrayBuilder();
    values.forEach(array::add);
    return array.build();
  }

  /**
   * The value at the end of the path of member names, if every step of it is there and it is not
   * null.
   */
  public static Optional<JsonValue> at(JsonObject object, String... path) {
    JsonValue at = object;
    for (String member : path) {
      JsonValue next = at instanceof JsonObject o ? o.get(member) : null;
      if (next == null || next.equals(JsonValue.NULL)) {
        return Optional.empty();
      }
      at = next;
    }
    return Optional.of(at);
  }

  /** The string at the path, or empty text if there is none. */
  public static String textAt(JsonObject object, String... path) {
    return at(object, path).map(v -> v instanceof JsonString s ? s.getString() : "").orElse("");
  }

  /** About how many characters a document has, without printing it. */
  public static long length(JsonValue value) {
    return switch (value.getValueType()) {
      case OBJECT -> {
        long length = 2;
        for (Map.Entry<String, JsonValue> member : value.asJsonObject().entrySet()) {
          length += member.getKey().length() + 4 + length(member.getValue());
        }
        yield length;
      }
      case ARRAY -> {
        long length = 2;
        for (JsonValue item : value.asJsonArray()) {
          length += length(item) + 1;
        }
        yield length;
      }
      case STRING -> ((JsonString) value).getChars().length() + 2L;
      case NUMBER, TRUE, FALSE, NULL -> 8;
    };
  }

  /** The object at the path, or an empty one. */
  public static JsonObject objectAt(JsonObject object, String... path) {
    return at(object, path)
        .map(v -> v instanceof JsonObject o ? o : JsonValue.EMPTY_JSON_OBJECT)
        .orElse(JsonValue.EMPTY_JSON_OBJECT);
  }

  /** Whether the value at the path is true. */
  public static boolean isTrue(JsonObject object, String... path) {
    return at(object, path).filter(JsonValue.TRUE::equals).isPresent();
  }

  /** The strings of the list at the path, or none. */
  public static List<String> textsAt(JsonObject object, String... path) {
    return at(object, path)
        .map(
            v ->
                v instanceof JsonArray a
                    ? a.stream().map(JsonTree::asText).toList()
                    : List.<String>of())
        .orElse(List.of());
  }

  /**
   * The object with the value at the path, objects on the way made where they are missing; null
   * removes it.
   */
  public static JsonObject with(JsonObject object, @Nullable JsonValue value, String... path) {
    return with(object, value, List.of(path));
  }

  /** Like {@link #with(JsonObject, JsonValue, String...)}. */
  public static JsonObject with(JsonObject object, @Nullable JsonValue value, List<String> path) {
    String member = path.getFirst();
    JsonValue replacement = value;
    if (path.size() > 1) {
      JsonObject inner =
          object.get(member) instanceof JsonObject o ? o : JsonValue.EMPTY_JSON_OBJECT;
      if (value == null && !object.containsKey(member)) {
        return object;
      }
      replacement = with(inner, value, path.subList(1, path.size()));
    }
    if (Objects.equals(object.get(member), replacement)) {
      return object;
    }
    JsonObjectBuilder builder = PROVIDER.createObjectBuilder(object);
    if (replacement == null) {
      builder.remove(member);
    } else {
      builder.add(member, replacement);
    }
    return builder.build();
  }

  private static String asText(JsonValue value) {
    return value instanceof JsonString s ? s.getString() : value.toString();
  }
}
