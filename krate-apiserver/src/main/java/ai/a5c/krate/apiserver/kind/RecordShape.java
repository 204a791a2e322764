package ai.a5c.krate.apiserver.kind;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.schema.Default;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the codec must know of a record class, found out once. */
record RecordShape(Constructor<?> constructor, List<Member> members) {
  /**
   * The type of a member or item.
   *
   * @param arguments the item type of a list, the value type of a map; empty otherwise
   * @param constants of an enumeration, by their spelling
   */
  record Type(Class<?> raw, List<Type> arguments, Map<String, Object> constants) {
    Type argument() {
      return arguments.getFirst();
    }
  }

  /**
   * A member of the record.
   *
   * @param zero what it is read as where it is absent, if that is one value of its type
   */
  record Member(
      String name,
      Type type,
      boolean nullable,
      boolean alwaysWritten,
      @Nullable JsonValue defaultValue,
      @Nullable Object zero,
      Method accessor) {
    @Nullable Object value(Record record) {
      try {
        return accessor.invoke(record);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("cannot read " + accessor, e);
      }
    }
  }

  static RecordShape of(Class<?> record) {
    List<Member> members = new ArrayList<>();
    List<Class<?>> types = new ArrayList<>();
    for (RecordComponent component : record.getRecordComponents()) {
      Method accessor = component.getAccessor();
      accessor.setAccessible(true);
      Default annotation = component.getAnnotation(Default.class);
      boolean required =
          accessor.isAnnotationPresent(NotNull.class)
              || accessor.isAnnotationPresent(NotBlank.class);
      boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
      members.add(
          new Member(
              component.getName(),
              type(component.getGenericType()),
              nullable,
              required || annotation != null,
              annotation == null ? null : defaultValue(component.getType(), annotation.value()),
              nullable ? null : zero(component.getType()),
              accessor));
      types.add(component.getType());
    }
    try {
      Constructor<?> constructor = record.getDeclaredConstructor(types.toArray(new Class<?>[0]));
      constructor.setAccessible(true);
      return new RecordShape(constructor, List.copyOf(members));
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException("a record without its constructor: " + record, e);
    }
  }

  Object create(@Nullable Object[] arguments) {
    try {
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          constructor.getDeclaringClass().getName() + " refuses its members", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot create " + constructor, e);
    }
  }

  private static Type type(java.lang.reflect.Type type) {
    return switch (type) {
      case Class<?> raw when raw.isEnum() -> {
        Map<String, Object> constants = new HashMap<>();
        for (Object constant : raw.getEnumConstants()) {
          constants.put(WireNames.of((Enum<?>) constant), constant);
        }
        yield new Type(raw, List.of(), Map.copyOf(constants));
      }
      case Class<?> raw -> new Type(raw, List.of(), Map.of());
      case ParameterizedType p when p.getRawType() instanceof Class<?> raw -> {
        var arguments = p.getActualTypeArguments();
        yield new Type(raw, List.of(type(arguments[arguments.length - 1])), Map.of());
      }
      default -> throw new IllegalArgumentException("a field cannot be of type " + type);
    };
  }

  private static @Nullable Object zero(Class<?> type) {
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

  private static JsonValue defaultValue(Class<?> type, String text) {
    boolean written =
        type == String.class
            || type == Instant.class
            || type == Duration.class
            || type == Bytes.class
            || type.isEnum();
    return written ? Json.text(text) : Json.parseValue(Bytes.utf8(text), Integer.MAX_VALUE);
  }
}
