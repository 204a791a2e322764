package ai.a5c.krate.apiserver.kind;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.schema.Column;
import ai.a5c.krate.api.schema.Default;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Immutable;
import ai.a5c.krate.api.schema.ListKeys;
import ai.a5c.krate.api.schema.Selectable;
import ai.a5c.krate.api.schema.ServerOwned;
import ai.a5c.krate.api.schema.SetOfValues;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the schema of one declaration, and the columns and selectable fields on the way. */
final class SchemaReader {
  private static final int DEEPEST = 16;

  private record Ordered(int order, Kind.Column column) {}

  private final Class<?> declaration;
  private final List<String> path = new ArrayList<>();
  private final List<Ordered> columns = new ArrayList<>();
  private final List<Kind.Selectable> selectable = new ArrayList<>();

  SchemaReader(Class<?> declaration) {
    this.declaration = declaration;
  }

  /** The columns in their order. */
  List<Kind.Column> columns() {
    return columns.stream()
        .sorted(Comparator.comparingInt(Ordered::order))
        .map(Ordered::column)
        .toList();
  }

  List<Kind.Selectable> selectable() {
    return selectable;
  }

  Schema.ObjectSchema object(Class<?> type, String description) {
    if (path.size() > DEEPEST) {
      throw wrong("records are nested deeper than " + DEEPEST + " levels, or contain themselves");
    }
    Map<String, Schema.Property> properties = new LinkedHashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      path.add(component.getName());
      properties.put(component.getName(), property(component));
      path.removeLast();
    }
    return new Schema.ObjectSchema(description, properties);
  }

  private Schema.Property property(RecordComponent component) {
    Description description = component.getAnnotation(Description.class);
    if (description == null || !description.value().endsWith(".")) {
      throw wrong("it needs a @Description of one sentence, with its full stop");
    }
    boolean immutable = component.isAnnotationPresent(Immutable.class);
    boolean serverOwned = component.isAnnotationPresent(ServerOwned.class);
    if ((immutable || serverOwned) && inCollection()) {
      throw wrong("@Immutable and @ServerOwned cannot stand within a list or map");
    }
    if (serverOwned && !path.getFirst().equals("status")) {
      throw wrong("@ServerOwned is for members of status");
    }
    if (immutable && path.getFirst().equals("status")) {
      throw wrong("@Immutable is not for members of status");
    }
    AnnotatedElement constraints = component.getAccessor();
    Schema schema =
        schema(component.getAnnotatedType(), constraints, component, description.value());
    boolean required =
        constraints.isAnnotationPresent(NotNull.class)
            || constraints.isAnnotationPresent(NotBlank.class);
    JsonValue defaultValue = defaultValue(component, schema);
    if (required && defaultValue != null) {
      throw wrong("a field with a default is never missing: it cannot be required");
    }
    checkAbsence(component, required, defaultValue);
    collectColumns(component, schema);
    collectSelectable(component, schema);
    return new Schema.Property(schema, required, defaultValue, immutable, serverOwned);
  }

  /** Refuses types whose absence no Java value stands for. */
  private void checkAbsence(
      RecordComponent component, boolean required, @Nullable JsonValue defaultValue) {
    Class<?> type = component.getType();
    boolean hasNoZero =
        type.isEnum()
            || type == Instant.class
            || type == Duration.class
            || type == Integer.class
            || type == Long.class
            || type == Boolean.class;
    boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    if (nullable && type.isPrimitive()) {
      throw wrong("a primitive is not @Nullable: use its box");
    }
    if (hasNoZero && !nullable && !required && defaultValue == null) {
      throw wrong("it may be absent: make it @Nullable, required, or give it a @Default");
    }
  }

  private Schema schema(
      AnnotatedType annotated,
      AnnotatedElement constraints,
      @Nullable AnnotatedElement declared,
      String description) {
    Class<?> type = raw(annotated);
    var bounds = new Constraints(constraints, this::wrong);
    if (type == List.class) {
      return list(annotated, bounds, declared, description);
    }
    if (declared != null && (has(declared, ListKeys.class) || has(declared, SetOfValues.class))) {
      throw wrong("@ListKeys and @SetOfValues are for lists");
    }
    if (type == Map.class) {
      return map(annotated, bounds, description);
    }
    if (type.isRecord()) {
      bounds.refuseAll(type);
      return object(type, description);
    }
    return scalar(type, bounds, description);
  }

  private Schema scalar(Class<?> type, Constraints bounds, String description) {
    if (type == String.class) {
      return bounds.string(description, Schema.Format.TEXT);
    }
    if (type == Bytes.class) {
      return bounds.string(description, Schema.Format.BYTE);
    }
    if (type == int.class || type == Integer.class) {
      return bounds.integer(description, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    if (type == long.class || type == Long.class) {
      return bounds.integer(description, Long.MIN_VALUE, Long.MAX_VALUE);
    }
    bounds.refuseAll(type);
    if (type == boolean.class || type == Boolean.class) {
      return new Schema.BooleanSchema(description);
    }
    if (type == Instant.class) {
      return new Schema.StringSchema(description, Schema.Format.DATE_TIME, List.of(), 0, 64, null);
    }
    if (type == Duration.class) {
      return new Schema.StringSchema(description, Schema.Format.DURATION, List.of(), 0, 64, null);
    }
    if (type.isEnum()) {
      return new Schema.StringSchema(
          description, Schema.Format.TEXT, WireNames.of(type), 0, Constraints.LONGEST_TEXT, null);
    }
    if (type == JsonObject.class) {
      return new Schema.AnySchema(description);
    }
    throw wrong("a field cannot be of type " + type.getName());
  }

  private Schema list(
      AnnotatedType annotated,
      Constraints bounds,
      @Nullable AnnotatedElement declared,
      String description) {
    AnnotatedType itemType = argument(annotated, 0);
    path.add("[]");
    Schema items = schema(itemType, itemType, null, "");
    path.removeLast();
    ListKeys keys = declared == null ? null : declared.getAnnotation(ListKeys.class);
    boolean set = declared != null && has(declared, SetOfValues.class);
    if (keys != null && set) {
      throw wrong("a list has @ListKeys or @SetOfValues, not both");
    }
    if (set && !(items instanceof Schema.StringSchema || items instanceof Schema.IntegerSchema)) {
      throw wrong("only strings and numbers are told apart by their value");
    }
    List<String> names = keys == null ? List.of() : List.of(keys.value());
    for (String key : names) {
      if (!(items instanceof Schema.ObjectSchema object)
          || !object.properties().containsKey(key)
          || !scalar(object.properties().get(key).schema())
          || !(object.properties().get(key).required()
              || object.properties().get(key).defaultValue() != null)) {
        throw wrong("its items have no required scalar field " + key + " to be told apart by");
      }
    }
    var type =
        keys != null ? Schema.ListType.MAP : set ? Schema.ListType.SET : Schema.ListType.ATOMIC;
    return bounds.list(description, items, type, names);
  }

  private Schema map(AnnotatedType annotated, Constraints bounds, String description) {
    if (raw(argument(annotated, 0)) != String.class) {
      throw wrong("the keys of a map are strings");
    }
    AnnotatedType valueType = argument(annotated, 1);
    path.add("{}");
    Schema values = schema(valueType, valueType, null, "");
    path.removeLast();
    return bounds.map(description, values);
  }

  private @Nullable JsonValue defaultValue(RecordComponent component, Schema schema) {
    Default annotation = component.getAnnotation(Default.class);
    if (annotation == null) {
      return null;
    }
    JsonValue value;
    try {
      value =
          schema instanceof Schema.StringSchema
              ? Json.text(annotation.value())
              : Json.parseValue(Bytes.utf8(annotation.value()), Integer.MAX_VALUE);
    } catch (RuntimeException e) {
      throw wrong("its default is not JSON: " + annotation.value());
    }
    var errors =
        SchemaValidation.errors(schema, Decoder.defaulted(schema, value), component.getName());
    if (!errors.isEmpty()) {
      throw wrong("its default is refused: " + errors.getFirst().message());
    }
    return value;
  }

  private void collectColumns(RecordComponent component, Schema schema) {
    for (Column column : component.getAnnotationsByType(Column.class)) {
      if (inCollection()) {
        throw wrong("a column cannot stand within a list or map: use of() at the list");
      }
      if (!column.value().equals(column.value().toUpperCase(java.util.Locale.ROOT))) {
        throw wrong("the heading of a column stands in capitals: " + column.value());
      }
      List<String> to = new ArrayList<>(path);
      Schema shown = schema;
      if (!column.of().isEmpty()) {
        List<String> further = FieldPath.parse(column.of()).segments();
        to.addAll(further);
        shown = follow(schema, further);
      }
      if (counted(shown)) {
        to.add(FieldPath.SIZE);
      }
      columns.add(
          new Ordered(
              column.order(),
              new Kind.Column(
                  column.value(),
                  column.until().isEmpty() ? columnType(shown) : "string",
                  component.getAnnotation(Description.class).value(),
                  column.wide(),
                  new FieldPath(to),
                  column.until().isEmpty() ? null : FieldPath.parse(column.until()),
                  column.first())));
    }
  }

  private void collectSelectable(RecordComponent component, Schema schema) {
    if (!component.isAnnotationPresent(Selectable.class)) {
      return;
    }
    if (inCollection()) {
      throw wrong("a selectable field cannot stand within a list or map");
    }
    List<String> to = new ArrayList<>(path);
    Schema compared = schema;
    if (schema instanceof Schema.ObjectSchema) {
      to.add("name");
      compared = follow(schema, List.of("name"));
    }
    if (!scalar(compared)) {
      throw wrong("only a scalar field is selectable, or an object by its name");
    }
    selectable.add(new Kind.Selectable(String.join(".", path), new FieldPath(to)));
  }

  private Schema follow(Schema from, List<String> segments) {
    Schema at = from;
    for (String segment : segments) {
      at =
          switch (at) {
            case Schema.ObjectSchema o when o.properties().containsKey(segment) ->
                o.properties().get(segment).schema();
            case Schema.ListSchema l when segment.startsWith("[") -> l.items();
            default -> throw wrong("it has no " + new FieldPath(segments));
          };
    }
    return at;
  }

  private String columnType(Schema shown) {
    return switch (shown) {
      case Schema.StringSchema s -> s.format() == Schema.Format.DATE_TIME ? "date" : "string";
      case Schema.IntegerSchema i -> "integer";
      case Schema.BooleanSchema b -> "boolean";
      case Schema.ListSchema l -> counted(l) ? "integer" : "string";
      case Schema.MapSchema m -> "integer";
      case Schema.ObjectSchema o -> throw wrong("a column of an object says which member: of()");
      case Schema.AnySchema a -> throw wrong("a column of an object says which member: of()");
    };
  }

  /** Whether a column shows how many there are, rather than what they are. */
  private static boolean counted(Schema shown) {
    return shown instanceof Schema.MapSchema
        || (shown instanceof Schema.ListSchema list
            && !(list.items() instanceof Schema.StringSchema));
  }

  private static boolean scalar(Schema schema) {
    return schema instanceof Schema.StringSchema
        || schema instanceof Schema.IntegerSchema
        || schema instanceof Schema.BooleanSchema;
  }

  private boolean inCollection() {
    return path.contains("[]") || path.contains("{}");
  }

  private AnnotatedType argument(AnnotatedType annotated, int index) {
    if (annotated instanceof AnnotatedParameterizedType parameterized) {
      return parameterized.getAnnotatedActualTypeArguments()[index];
    }
    throw wrong("a raw list or map says nothing of what it contains");
  }

  private Class<?> raw(AnnotatedType annotated) {
    return switch (annotated.getType()) {
      case Class<?> type -> type;
      case java.lang.reflect.ParameterizedType p when p.getRawType() instanceof Class<?> type ->
          type;
      default -> throw wrong("a field cannot be of type " + annotated.getType());
    };
  }

  private static boolean has(AnnotatedElement element, Class<? extends Annotation> annotation) {
    return element.isAnnotationPresent(annotation);
  }

  private IllegalArgumentException wrong(String fault) {
    String field = String.join(".", path).replace(".[]", "[]").replace(".{}", "{}");
    return new IllegalArgumentException(
        declaration.getName() + (field.isEmpty() ? "" : " " + field) + ": " + fault);
  }
}
