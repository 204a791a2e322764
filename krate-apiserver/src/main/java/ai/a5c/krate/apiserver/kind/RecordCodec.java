package ai.a5c.krate.apiserver.kind;

import ai.a5c.krate.api.meta.Bytes;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Objects as the records that declare their kinds, and back. Absence is read and written as {@link
 * ai.a5c.krate.api.schema.Kind} says; times are written in whole seconds of UTC.
 *
 * <p>Members that a record does not have, such as metadata, are passed over when reading and not
 * written.
 */
public final class RecordCodec {
  private static final ClassValue<RecordShape> SHAPES =
      new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
          return RecordShape.of(type);
        }
      };

  private RecordCodec() {}

  /**
   * The typed view of an object, or of a part such as its spec.
   *
   * @throws IllegalArgumentException if the object is not as the schema wants it; the message names
   *     the field
   */
  public static <T extends Record> T read(Class<T> type, JsonObject object) {
    return type.cast(record(type, object, ""));
  }

  /** The members of the record, absent ones left out. */
  public static JsonObject write(Record record) {
    JsonObjectBuilder object = Json.object();
    for (RecordShape.Member member : SHAPES.get(record.getClass()).members()) {
      Object value = member.value(record);
      if (value == null) {
        continue;
      }
      if (member.alwaysWritten() || !value.equals(zero(member))) {
        JsonValue json = json(value);
        if (member.alwaysWritten() || !(value instanceof Record) || !isEmpty(json)) {
          object.add(member.name(), json);
        }
      }
    }
    return object.build();
  }

  private static boolean isEmpty(JsonValue json) {
    return json instanceof JsonObject object && object.isEmpty();
  }

  private static Object record(Class<?> type, JsonObject object, String path) {
    RecordShape shape = SHAPES.get(type);
    List<@Nullable Object> arguments = new ArrayList<>();
    for (RecordShape.Member member : shape.members()) {
      String at = path.isEmpty() ? member.name() : path + "." + member.name();
      JsonValue value = object.getOrDefault(member.name(), JsonValue.NULL);
      if (value.equals(JsonValue.NULL) && member.defaultValue() != null) {
        value = member.defaultValue();
      }
      arguments.add(
          value.equals(JsonValue.NULL) ? absent(member, at) : value(member.type(), value, at));
    }
    return shape.create(arguments);
  }

  private static @Nullable Object absent(RecordShape.Member member, String path) {
    if (member.nullable()) {
      return null;
    }
    Object zero = zero(member);
    if (zero != null) {
      return zero;
    }
    if (member.type().raw().isRecord()) {
      return record(member.type().raw(), JsonValue.EMPTY_JSON_OBJECT, path);
    }
    throw new IllegalArgumentException(path + " is absent");
  }

  /** What an absent member is read as, where that is one value of its type. */
  private static @Nullable Object zero(RecordShape.Member member) {
    if (member.nullable()) {
      return null;
    }
    Class<?> type = member.type().raw();
    if (type == String.class) {
      return "";
    }
    if (type == List.class) {
      return List.of();
    }
    if (type == Map.class) {
      return Map.of();
    }
    if (type == Bytes.class) {
      return Bytes.EMPTY;
    }
    if (type == boolean.class) {
      return false;
    }
    if (type == int.class) {
      return 0;
    }
    if (type == long.class) {
      return 0L;
    }
    return type == JsonObject.class ? JsonValue.EMPTY_JSON_OBJECT : null;
  }

  private static Object value(RecordShape.Type type, JsonValue value, String path) {
    return switch (value) {
      case JsonString string -> text(type.raw(), string.getString(), path);
      case JsonNumber number -> number(type.raw(), number, path);
      case JsonArray array when type.raw() == List.class -> list(type.argument(), array, path);
      case JsonObject object when type.raw() == Map.class -> map(type.argument(), object, path);
      case JsonObject object when type.raw() == JsonObject.class -> object;
      case JsonObject object when type.raw().isRecord() -> record(type.raw(), object, path);
      default -> {
        boolean truth = type.raw() == boolean.class || type.raw() == Boolean.class;
        if (truth && (value.equals(JsonValue.TRUE) || value.equals(JsonValue.FALSE))) {
          yield value.equals(JsonValue.TRUE);
        }
        throw wrong(type.raw(), path);
      }
    };
  }

  private static Object text(Class<?> type, String text, String path) {
    if (type == String.class) {
      return text;
    }
    if (type == Instant.class) {
      return Formats.time(text).orElseThrow(() -> wrong(type, path));
    }
    if (type == Duration.class) {
      return GoDuration.parse(text).orElseThrow(() -> wrong(type, path));
    }
    if (type == Bytes.class) {
      return Bytes.owning(Formats.bytes(text).orElseThrow(() -> wrong(type, path)));
    }
    if (type.isEnum()) {
      for (Object constant : type.getEnumConstants()) {
        if (WireNames.of((Enum<?>) constant).equals(text)) {
          return constant;
        }
      }
    }
    throw wrong(type, path);
  }

  private static Object number(Class<?> type, JsonNumber number, String path) {
    try {
      if (type == int.class || type == Integer.class) {
        return number.intValueExact();
      }
      if (type == long.class || type == Long.class) {
        return number.longValueExact();
      }
    } catch (ArithmeticException e) {
      throw wrong(type, path);
    }
    throw wrong(type, path);
  }

  private static List<Object> list(RecordShape.Type items, JsonArray array, String path) {
    List<Object> list = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      list.add(value(items, array.get(i), path + "[" + i + "]"));
    }
    return Collections.unmodifiableList(list);
  }

  private static Map<String, Object> map(RecordShape.Type values, JsonObject object, String path) {
    Map<String, Object> map = new LinkedHashMap<>();
    object.forEach((key, value) -> map.put(key, value(values, value, path + "[" + key + "]")));
    return Collections.unmodifiableMap(map);
  }

  private static JsonValue json(Object value) {
    return switch (value) {
      case String text -> Json.text(text);
      case Integer number -> Json.number(number);
      case Long number -> Json.number(number);
      case Boolean truth -> truth ? JsonValue.TRUE : JsonValue.FALSE;
      case Instant time -> Json.text(time.truncatedTo(ChronoUnit.SECONDS).toString());
      case Duration duration -> Json.text(GoDuration.print(duration));
      case Bytes bytes -> Json.text(Base64.getEncoder().encodeToString(bytes.toArray()));
      case Enum<?> constant -> Json.text(WireNames.of(constant));
      case JsonObject object -> object;
      case Record record -> write(record);
      case List<?> list -> {
        JsonArrayBuilder array = Json.array();
        list.forEach(item -> array.add(json(Objects.requireNonNull(item))));
        yield array.build();
      }
      case Map<?, ?> map -> {
        JsonObjectBuilder object = Json.object();
        map.forEach((key, item) -> object.add((String) key, json(Objects.requireNonNull(item))));
        yield object.build();
      }
      default -> throw new IllegalArgumentException("no field is of type " + value.getClass());
    };
  }

  private static IllegalArgumentException wrong(Class<?> type, String path) {
    return new IllegalArgumentException(path + " is no " + type.getSimpleName());
  }
}
