package ai.a5c.krate.apiserver.wire;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.spi.JsonProvider;
import java.util.Iterator;
import java.util.Map;

/** How this package makes and compares JSON. The provider is found once. */
final class Documents {
  static final JsonProvider JSON = JsonProvider.provider();

  private Documents() {}

  static JsonObjectBuilder object() {
    return JSON.createObjectBuilder();
  }

  static JsonObject object(Map<String, ? extends JsonValue> members) {
    JsonObjectBuilder builder = JSON.createObjectBuilder();
    members.forEach(builder::add);
    return builder.build();
  }

  static JsonArray array(Iterable<? extends JsonValue> items) {
    JsonArrayBuilder builder = JSON.createArrayBuilder();
    items.forEach(builder::add);
    return builder.build();
  }

  static JsonString text(String value) {
    return JSON.createValue(value);
  }

  static boolean isNull(JsonValue value) {
    return value.getValueType() == JsonValue.ValueType.NULL;
  }

  /** The text of a string member, or empty if there is none. */
  static String textOf(JsonObject object, String member) {
    return object.get(member) instanceof JsonString text ? text.getString() : "";
  }

  static JsonObject metadataOf(JsonObject object) {
    return object.get("metadata") instanceof JsonObject metadata
        ? metadata
        : JsonValue.EMPTY_JSON_OBJECT;
  }

  /** Equality as RFC 6902, section 4.6, has it: of numbers the value counts, not the spelling. */
  static boolean same(JsonValue a, JsonValue b) {
    return switch (a) {
      case JsonNumber x when b instanceof JsonNumber y ->
          x.bigDecimalValue().compareTo(y.bigDecimalValue()) == 0;
      case JsonArray x when b instanceof JsonArray y -> sameItems(x, y);
      case JsonObject x when b instanceof JsonObject y -> sameMembers(x, y);
      default -> a.equals(b);
    };
  }

  private static boolean sameItems(JsonArray a, JsonArray b) {
    if (a.size() != b.size()) {
      return false;
    }
    Iterator<JsonValue> others = b.iterator();
    return a.stream().allMatch(item -> same(item, others.next()));
  }

  private static boolean sameMembers(JsonObject a, JsonObject b) {
    return a.size() == b.size()
        && a.entrySet().stream()
            .allMatch(
                member -> {
                  JsonValue other = b.get(member.getKey());
                  return other != null && same(member.getValue(), other);
                });
  }
}
