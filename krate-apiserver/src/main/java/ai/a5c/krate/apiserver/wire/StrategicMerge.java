package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.kind.Schema;
import ai.a5c.krate.apiserver.kind.Schema.ListType;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Merges by schema, as Kubernetes' strategic merge patch does. */
final class StrategicMerge {
  private static final String PATCH = "$patch";
  private static final String RETAIN_KEYS = "$retainKeys";
  private static final String DELETE_VALUES = "$deleteFromPrimitiveList/";
  private static final String ORDER = "$setElementOrder/";

  private static final Schema ANY = new Schema.AnySchema("");
  private static final Schema METADATA =
      object(
          Map.of(
              "finalizers", list(ListType.SET, List.of()),
              "ownerReferences", list(ListType.MAP, List.of("uid"))));

  private final Schema schema;

  /**
   * Merges objects of a kind.
   *
   * @param schema of the members beside {@code metadata}, whose schema is known here
   */
  StrategicMerge(Schema.ObjectSchema schema) {
    Map<String, Schema.Property> members = new LinkedHashMap<>(schema.properties());
    members.put("metadata", new Schema.Property(METADATA, true, null, false, false));
    this.schema = new Schema.ObjectSchema("", members);
  }

  private static Schema object(Map<String, Schema> members) {
    Map<String, Schema.Property> properties = new LinkedHashMap<>();
    members.forEach(
        (name, member) ->
            properties.put(name, new Schema.Property(member, false, null, false, false)));
    return new Schema.ObjectSchema("", properties);
  }

  private static Schema list(ListType type, List<String> keys) {
    return new Schema.ListSchema("", ANY, type, keys, 0, Integer.MAX_VALUE);
  }

  JsonObject apply(JsonObject object, JsonObject patch) {
    return merged(schema, object, patch, "");
  }

  private static JsonObject merged(
      Schema schema, JsonObject target, JsonObject patch, String where) {
    switch (directive(patch, where)) {
      case "replace" -> {
        return plain(schema, without(patch, PATCH), where);
      }
      case "delete" -> {
        return JsonValue.EMPTY_JSON_OBJECT;
      }
      default -> {}
    }
    Map<String, JsonValue> members = new LinkedHashMap<>(target);
    Set<String> listed = new LinkedHashSet<>();
    for (Map.Entry<String, JsonValue> change : patch.entrySet()) {
      String name = change.getKey();
      if (name.startsWith(DELETE_VALUES)) {
        listed.add(name.substring(DELETE_VALUES.length()));
      } else if (name.startsWith(ORDER)) {
        listed.add(name.substring(ORDER.length()));
      } else if (!name.equals(PATCH) && !name.equals(RETAIN_KEYS)) {
        merge(members, schema, name, change.getValue(), patch, where);
      }
    }
    for (String name : listed) {
      if (!patch.containsKey(name) && members.get(name) instanceof JsonArray) {
        merge(members, schema, name, JsonValue.EMPTY_JSON_ARRAY, patch, where);
      }
    }
    retain(members, patch, where);
    return Documents.object(members);
  }

  private static void merge(
      Map<String, JsonValue> members,
      Schema schema,
      String name,
      JsonValue change,
      JsonObject patch,
      String where) {
    String at = where.isEmpty() ? name : where + "." + name;
    Schema of = member(schema, name);
    JsonValue old = members.getOrDefault(name, JsonValue.NULL);
    switch (change) {
      case JsonObject object -> {
        JsonObject base = old instanceof JsonObject o ? o : JsonValue.EMPTY_JSON_OBJECT;
        members.put(name, merged(of, base, object, at));
      }
      case JsonArray array
          when of instanceof Schema.ListSchema list && list.type() != ListType.ATOMIC -> {
        JsonArray base = old instanceof JsonArray a ? a : JsonValue.EMPTY_JSON_ARRAY;
        members.put(name, mergedList(list, base, array, patch, name, at));
      }
      case JsonArray array when directives(patch, name) -> {
        throw refusal(at, "the list is replaced as a whole, so no directive can speak of it");
      }
      default -> {
        if (Documents.isNull(change)) {
          members.remove(name);
        } else {
          members.put(name, change);
        }
      }
    }
  }

  private static boolean directives(JsonObject patch, String name) {
    return patch.containsKey(DELETE_VALUES + name) || patch.containsKey(ORDER + name);
  }

  private static JsonArray mergedList(
      Schema.ListSchema list,
      JsonArray target,
      JsonArray changes,
      JsonObject patch,
      String name,
      String where) {
    JsonArray order = arrayOf(patch, ORDER + name, where);
    if (list.type() == ListType.SET) {
      JsonArray deleted = arrayOf(patch, DELETE_VALUES + name, where);
      return new MergedList(target, value -> value)
          .add(changes)
          .deleteAll(deleted)
          .inOrder(order, patch.containsKey(ORDER + name));
    }
    if (patch.containsKey(DELETE_VALUES + name)) {
      throw refusal(where, "$deleteFromPrimitiveList is for lists of plain values");
    }
    MergedList result = new MergedList(target, item -> key(list.keys(), item, where));
    List<JsonObject> items = new ArrayList<>();
    for (JsonValue change : changes) {
      if (!(change instanceof JsonObject item)) {
        throw refusal(where, "each item is an object");
      }
      if (directive(item, where).equals("replace")) {
        result = new MergedList(JsonValue.EMPTY_JSON_ARRAY, i -> key(list.keys(), i, where));
      }
      items.add(item);
    }
    for (JsonObject item : items) {
      mergeItem(result, list, item, where);
    }
    return result.inOrder(order, patch.containsKey(ORDER + name));
  }

  private static void mergeItem(
      MergedList result, Schema.ListSchema list, JsonObject item, String where) {
    String directive = directive(item, where);
    JsonObject content = without(item, PATCH);
    if (directive.equals("delete")) {
      result.delete(content);
    } else if (!directive.equals("replace") || !content.isEmpty()) {
      JsonObject old =
          result.find(content) instanceof JsonObject found ? found : JsonValue.EMPTY_JSON_OBJECT;
      result.put(merged(list.items(), old, content, where + "[]"));
    }
  }

  /** What tells an item apart from the others: its key members. */
  private static JsonValue key(List<String> keys, JsonValue item, String where) {
    Map<String, JsonValue> key = new LinkedHashMap<>();
    for (String name : keys) {
      JsonValue value = item instanceof JsonObject object ? object.get(name) : null;
      if (value == null) {
        throw refusal(where, "an item has no " + name + ", which is its merge key");
      }
      key.put(name, value);
    }
    return Documents.object(key);
  }

  /** The patch as a value: no directive remains in it, and no null. */
  private static JsonObject plain(Schema schema, JsonObject patch, String where) {
    return merged(schema, JsonValue.EMPTY_JSON_OBJECT, patch, where);
  }

  private static void retain(Map<String, JsonValue> members, JsonObject patch, String where) {
    if (!patch.containsKey(RETAIN_KEYS)) {
      return;
    }
    Set<String> kept = new LinkedHashSet<>();
    for (JsonValue name : arrayOf(patch, RETAIN_KEYS, where)) {
      if (!(name instanceof JsonString text)) {
        throw refusal(where, "$retainKeys is a list of names");
      }
      kept.add(text.getString());
    }
    for (Map.Entry<String, JsonValue> change : patch.entrySet()) {
      String name = change.getKey();
      if (!name.startsWith("$") && !Documents.isNull(change.getValue()) && !kept.contains(name)) {
        throw refusal(where, "$retainKeys does not name " + name + ", which the patch sets");
      }
    }
    members.keySet().retainAll(kept);
  }

  private static String directive(JsonObject patch, String where) {
    JsonValue value = patch.get(PATCH);
    if (value == null) {
      return "merge";
    }
    String directive = value instanceof JsonString text ? text.getString() : "";
    return switch (directive) {
      case "merge", "replace", "delete" -> directive;
      default -> throw refusal(where, "$patch is one of merge, replace and delete");
    };
  }

  private static JsonArray arrayOf(JsonObject patch, String member, String where) {
    return switch (patch.get(member)) {
      case null -> JsonValue.EMPTY_JSON_ARRAY;
      case JsonArray array -> array;
      case JsonValue other -> throw refusal(where, member + " is a list");
    };
  }

  private static JsonObject without(JsonObject object, String member) {
    Map<String, JsonValue> members = new LinkedHashMap<>(object);
    members.remove(member);
    return Documents.object(members);
  }

  private static Schema member(Schema schema, String name) {
    return switch (schema) {
      case Schema.ObjectSchema object -> {
        Schema.Property property = object.properties().get(name);
        yield property == null ? ANY : property.schema();
      }
      case Schema.MapSchema map -> map.values();
      default -> ANY;
    };
  }

  static ApiException refusal(String where, String why) {
    return new ApiException(
        new Problem.BadRequest(
            "invalid strategic merge patch"
                + (where.isEmpty() ? "" : " at " + where)
                + ": "
                + why));
  }
}
