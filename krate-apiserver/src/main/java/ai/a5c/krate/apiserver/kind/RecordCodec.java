package ai.a5c.krate.apiserver.kind;

import ai.a5c.krate.api.meta.Bytes;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.json.JsonValue.ValueType;
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
import java.util.Optional;
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
    try {
      return type.cast(record(type, object));
    } catch (Misfit e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** The members of the record, absent ones left out. */
  public static JsonObject write(Record record) {
    JsonObjectBuilder object = Json.object();
    for (RecordShape.Member member : SHAPES.get(record.getClass()).members()) {
      Object value = member.value(record);
      if (value == null) {
        continue;
      }
      if (member.alwaysWritten() || !value.equals(member.zero())) {
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

  private static Object record(Class<?> type, JsonObject object) {
    RecordShape shape = SHAPES.get(type);
    List<RecordShape.Member> members = shape.members();
    @Nullable Object[] arguments = new Object[members.size()];
    for (int i = 0; i < arguments.length; i++) {
      RecordShape.Member member = members.get(i);
      try {
        arguments[i] = member(member, object.get(member.name()));
      } catch (Misfit e) {
        throw e.at(member.name());
      }
    }
    return shape.create(arguments);
  }

  private static @Nullable Object member(RecordShape.Member member, @Nullable JsonValue value) {
    if (value != null && value.getValueType() != ValueType.NULL) {
      return value(member.type(), value);
    }
    if (member.defaultValue() != null) {
      return value(member.type(), member.defaultValue());
    }
    if (member.nullable() || member.zero() != null) {
      return member.zero();
    }
    if (member.type().raw().isRecord()) {
      return record(member.type().raw(), JsonValue.EMPTY_JSON_OBJECT);
    }
    throw new Misfit(" is absent");
  }

  private static Object value(RecordShape.Type type, JsonValue value) {
    Class<?> raw = type.raw();
    ValueType form = value.getValueType();
    if (form == ValueType.STRING) {
      return text(type, ((JsonString) value).getString());
    }
    if (form == ValueType.NUMBER) {
      return number(raw, (JsonNumber) value);
    }
    if (form == ValueType.ARRAY && raw == List.class) {
      return list(type.argument(), value.asJsonArray());
    }
    if (form == ValueType.OBJECT && raw == Map.class) {
      return map(type.argument(), value.asJsonObject());
    }
    if (form == ValueType.OBJECT && raw == JsonObject.class) {
      return value;
    }
    if (form == ValueType.OBJECT && raw.isRecord()) {
      return record(raw, value.asJsonObject());
    }
    if ((raw == boolean.class || raw == Boolean.class)
        && (form == ValueType.TRUE || form == ValueType.FALSE)) {
      return form == ValueType.TRUE;
    }
    throw Misfit.no(raw);
  }

  private static Object text(RecordShape.Type type, String text) {
    Class<?> raw = type.raw();
    if (raw == String.class) {
      return text;
    }
    Object constant = type.constants().get(text);
    if (constant != null) {
      return constant;
    }
    Optional<?> read = Optional.empty();
    if (raw == Instant.class) {
      read = Formats.time(text);
    } else if (raw == Duration.class) {
      read = GoDuration.parse(text);
    } else if (raw == Bytes.class) {
      read = Formats.bytes(text).map(Bytes::owning);
    }
    if (read.isEmpty()) {
      throw Misfit.no(raw);
    }
    return read.get();
  }

  private static Object number(Class<?> type, JsonNumber number) {
    try {
      if (type == int.class || type == Integer.class) {
        return number.intValueExact();
      }
      if (type == long.class || type == Long.class) {
        return number.longValueExact();
      }
    } catch (ArithmeticException e) {
      throw Misfit.no(type);
    }
    throw Misfit.no(type);
  }

  private static List<Object> list(RecordShape.Type items, JsonArray array) {
    List<Object> list = new ArrayList<>(array.size());
    for (JsonValue item : array) {
      try {
        list.add(value(items, item));
      } catch (Misfit e) {
        throw e.at("[" + list.size() + "]");
      }
    }
    return Collections.unmodifiableList(list);
  }

  private static Map<String, Object> map(RecordShape.Type values, JsonObject object) {
    Map<String, Object> map = new LinkedHashMap<>();
    object.forEach(
        (key, value) -> {
          try {
            map.put(key, value(values, value));
          } catch (Misfit e) {
            throw e.at("[" + key + "]");
          }
        });
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

  /** A value that is not as its type wants it; learns where it stands on the way out. */
  private static final class Misfit extends RuntimeException {
    private static final long serialVersionUID = 1;

    Misfit(String message) {
      super(message, null, false, false);
    }

    static Misfit no(Class<?> type) {
      return new Misfit(" is no " + type.getSimpleName());
    }

    Misfit at(String place) {
      String inside = String.valueOf(getMessage());
      boolean joined = inside.startsWith(" ") || inside.startsWith("[");
      return new Misfit(place + (joined ? "" : ".") + inside);
    }
  }
}
