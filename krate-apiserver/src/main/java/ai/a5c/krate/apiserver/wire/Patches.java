package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.Schema;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.LinkedHashMap;
import java.util.Map;

/** The three ways to change an object by a patch. The object given is never changed. */
public final class Patches {
  private Patches() {}

  /**
   * The object after the operations of a JSON patch (RFC 6902), all or none.
   *
   * <p>Two liberties, which are Kubernetes': {@code replace} of an absent member of an object adds
   * it, and {@code test} for null also holds for one.
   *
   * @throws ApiException BadRequest if the patch is no array; TooLarge if it has more than 10,000
   *     operations, its copies more than 3 MiB or the result more than 1,000 levels; Invalid,
   *     naming the operation, if one is malformed or fails, or what results is no object
   */
  public static JsonObject jsonPatch(Kind kind, JsonObject object, JsonValue patch) {
    if (!(patch instanceof JsonArray operations)) {
      throw new ApiException(new Problem.BadRequest("a JSON patch is an array of operations"));
    }
    return new JsonPatch(kind, object).apply(operations);
  }

  /**
   * The object after a merge patch (RFC 7386): members of the patch replace those of the object,
   * objects are merged, and null removes.
   *
   * @throws ApiException BadRequest if the patch is no object
   */
  public static JsonObject mergePatch(JsonObject object, JsonValue patch) {
    return merged(object, changes(patch));
  }

  /**
   * The object after a strategic merge patch: like a merge patch, but lists of type map or set are
   * merged by their keys or values, and the directives {@code $patch}, {@code $retainKeys}, {@code
   * $deleteFromPrimitiveList/x} and {@code $setElementOrder/x} are obeyed.
   *
   * @param schema of the kind; that of {@code metadata} is known here
   * @throws ApiException BadRequest if the patch is no object or a directive is malformed
   */
  public static JsonObject strategicMerge(
      Schema.ObjectSchema schema, JsonObject object, JsonValue patch) {
    return new StrategicMerge(schema).apply(object, changes(patch));
  }

  private static JsonObject changes(JsonValue patch) {
    if (patch instanceof JsonObject object) {
      return object;
    }
    throw new ApiException(new Problem.BadRequest("a merge patch of an object is an object"));
  }

  private static JsonObject merged(JsonObject target, JsonObject patch) {
    Map<String, JsonValue> members = new LinkedHashMap<>(target);
    patch.forEach(
        (name, value) -> {
          if (Documents.isNull(value)) {
            members.remove(name);
          } else if (value instanceof JsonObject change) {
            JsonObject old =
                members.get(name) instanceof JsonObject o ? o : JsonValue.EMPTY_JSON_OBJECT;
            members.put(name, merged(old, change));
          } else {
            members.put(name, value);
          }
        });
    return Documents.object(members);
  }
}
