package ai.a5c.krate.apiserver.kind;

import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Brings an object into the form of its kind: unknown members and nulls are left out, absent
 * members get their defaults, whole numbers lose their decimal point. Decoding what was decoded
 * changes nothing.
 */
public final class Decoder {
  private final List<String> unknown = new ArrayList<>();

  private Decoder() {}

  /** Decodes a whole object, metadata included. */
  public static Decoded decode(Kind kind, Json.Parsed parsed) {
    return decode(kind, parsed.object(), parsed.duplicates());
  }

  /** Decodes a whole object, metadata included, whose duplicate members are already known. */
  public static Decoded decode(Kind kind, JsonObject object, List<String> duplicates) {
    var decoder = new Decoder();
    JsonObject decoded = decoder.object(MetaSchemas.root(kind), object, Place.of(""));
    return new Decoded(decoded, decoder.unknown, duplicates);
  }

  /** The value with the defaults of its schema, and without what the schema does not know. */
  public static JsonValue defaulted(Schema schema, JsonValue value) {
    return new Decoder().value(schema, value, Place.of(""));
  }

  private JsonValue value(Schema schema, JsonValue value, Place path) {
    return switch (schema) {
      case Schema.ObjectSchema s when value instanceof JsonObject o -> object(s, o, path);
      case Schema.MapSchema s when value instanceof JsonObject o -> map(s, o, path);
      case Schema.ListSchema s when value instanceof JsonArray a -> list(s, a, path);
      case Schema.IntegerSchema s when value instanceof JsonNumber n -> whole(n);
      default -> value;
    };
  }

  private JsonObject object(Schema.ObjectSchema schema, JsonObject object, Place path) {
    for (Map.Entry<String, JsonValue> member : object.entrySet()) {
      if (!schema.properties().containsKey(member.getKey()) && unknown.size() < Decoded.MOST) {
        unknown.add(path.member(member.getKey()).toString());
      }
    }
    JsonObjectBuilder decoded = Json.object();
    schema
        .properties()
        .forEach(
            (name, property) -> {
              JsonValue value = object.getOrDefault(name, JsonValue.NULL);
              JsonValue defaultValue = property.defaultValue();
              if (value.equals(JsonValue.NULL) && defaultValue != null) {
                value = defaultValue;
              }
              if (!value.equals(JsonValue.NULL)) {
                decoded.add(name, value(property.schema(), value, path.member(name)));
              }
            });
    return decoded.build();
  }

  private JsonObject map(Schema.MapSchema schema, JsonObject object, Place path) {
    JsonObjectBuilder decoded = Json.object();
    object.forEach(
        (name, value) -> {
          if (!value.equals(JsonValue.NULL)) {
            decoded.add(name, value(schema.values(), value, path.item(name)));
          }
        });
    return decoded.build();
  }

  private JsonArray list(Schema.ListSchema schema, JsonArray array, Place path) {
    JsonArrayBuilder decoded = Json.array();
    for (int i = 0; i < array.size(); i++) {
      decoded.add(value(schema.items(), array.get(i), path.item(i)));
    }
    return decoded.build();
  }

  private static JsonValue whole(JsonNumber number) {
    BigDecimal value = number.bigDecimalValue();
    if (value.scale() == 0 || value.precision() - (long) value.scale() > 19) {
      return number;
    }
    BigDecimal whole = value.stripTrailingZeros();
    return whole.scale() <= 0 && whole.toBigInteger().bitLength() < Long.SIZE
        ? Json.number(whole.longValueExact())
        : number;
  }
}
