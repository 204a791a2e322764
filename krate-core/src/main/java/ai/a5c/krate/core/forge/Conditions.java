package ai.a5c.krate.core.forge;

import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.registry.ApiObject;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Writes the conditions of a status as Kubernetes' API conventions have them. */
public final class Conditions {
  private Conditions() {}

  /**
   * The object with the condition set; its transition time changes only with its status.
   *
   * @param type in CamelCase
   * @param reason one word in CamelCase
   * @param message for a person; may be empty
   */
  public static ApiObject set(
      ApiObject object, String type, boolean holds, String reason, String message, Instant now) {
    return set(object, type, holds ? "True" : "False", reason, message, now);
  }

  /** The object with the condition set to Unknown: it is too early to say. */
  public static ApiObject unknown(
      ApiObject object, String type, String reason, String message, Instant now) {
    return set(object, type, "Unknown", reason, message, now);
  }

  private static ApiObject set(
      ApiObject object, String type, String status, String reason, String message, Instant now) {
    List<JsonValue> conditions = new ArrayList<>();
    String since = ApiObject.seconds(now);
    for (JsonObject condition : of(object)) {
      if (!condition.getString("type", "").equals(type)) {
        conditions.add(condition);
      } else if (condition.getString("status", "").equals(status)) {
        since = condition.getString("lastTransitionTime", since);
      }
    }
    conditions.add(
        Json.object()
            .add("type", type)
            .add("status", status)
            .add("reason", reason)
            .add("message", message)
            .add("lastTransitionTime", since)
            .add("observedGeneration", object.generation())
            .build());
    conditions.sort(
        (a, b) -> a.asJsonObject().getString("type").compareTo(b.asJsonObject().getString("type")));
    return object
        .with(JsonTree.array(conditions), "status", "conditions")
        .with(Json.number(object.generation()), "status", "observedGeneration");
  }

  /** Whether the condition is True. */
  public static boolean holds(ApiObject object, String type) {
    return of(object).stream()
        .anyMatch(
            c -> c.getString("type", "").equals(type) && c.getString("status", "").equals("True"));
  }

  private static List<JsonObject> of(ApiObject object) {
    return object
        .at("status", "conditions")
        .map(
            v -> v instanceof JsonArray a ? a.getValuesAs(JsonObject.class) : List.<JsonObject>of())
        .orElse(List.of());
  }
}
