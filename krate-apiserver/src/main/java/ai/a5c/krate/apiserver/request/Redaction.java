package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.Kind;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.Map;
import java.util.Set;

/**
 * Documents of sealed kinds without their values: what tells objects apart stays, with the names of
 * the members, and each value is replaced by a {@linkplain #LEFT_OUT placeholder} that no schema of
 * a value allows, so that a command with it is refused until somebody puts the values in.
 */
final class Redaction {
  /** A list where a value is expected. */
  static final JsonArray LEFT_OUT = Json.array().add("(left out)").build();

  /** What an object is called is never secret. */
  private static final Set<String> IDENTITY =
      Set.of("name", "generateName", "namespace", "labels", "finalizers", "ownerReferences");

  /** A copy of the whole object, which {@code kubectl apply} makes anew. */
  private static final String APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  private Redaction() {}

  /** An object of the kind, or a change of one that has its form. */
  static JsonObject object(Kind kind, JsonObject object) {
    JsonObjectBuilder left = Json.object();
    for (Map.Entry<String, JsonValue> member : object.entrySet()) {
      left.add(member.getKey(), member(kind, member.getKey(), member.getValue()));
    }
    return left.build();
  }

  /** Whether {@code kubectl apply} has made it. */
  static boolean isApplied(JsonObject object) {
    return JsonTree.at(object, "metadata", "annotations", APPLIED).isPresent();
  }

  /** The object before {@code kubectl apply} put a copy of it into it. */
  static JsonObject unapplied(JsonObject object) {
    JsonObject annotations = JsonTree.objectAt(object, "metadata", "annotations");
    JsonObject others = JsonTree.with(annotations, null, APPLIED);
    return JsonTree.with(object, others.isEmpty() ? null : others, "metadata", "annotations");
  }

  /** The operations of a JSON patch. */
  static JsonArray operations(JsonArray patch) {
    var left = Json.array();
    for (JsonValue operation : patch) {
      left.add(
          operation instanceof JsonObject o && o.containsKey("value")
              ? JsonTree.with(o, leftOut(o.getOrDefault("value", JsonValue.NULL)), "value")
              : operation);
    }
    return left.build();
  }

  private static JsonValue member(Kind kind, String name, JsonValue value) {
    return switch (name) {
      case "apiVersion", "kind" -> value;
      case "metadata" -> value instanceof JsonObject object ? metadata(object) : leftOut(value);
      default -> isShown(kind, name, value) ? value : leftOut(value);
    };
  }

  private static JsonObject metadata(JsonObject metadata) {
    JsonObjectBuilder left = Json.object();
    for (Map.Entry<String, JsonValue> member : metadata.entrySet()) {
      JsonValue value = member.getValue();
      left.add(member.getKey(), IDENTITY.contains(member.getKey()) ? value : leftOut(value));
    }
    return left.build();
  }

  /** Selectors may name it, or it is only true or false. */
  private static boolean isShown(Kind kind, String name, JsonValue value) {
    boolean selectable = kind.selectable().stream().anyMatch(s -> s.name().equals(name));
    return switch (value.getValueType()) {
      case TRUE, FALSE, NULL -> true;
      case STRING, NUMBER -> selectable;
      default -> false;
    };
  }

  private static JsonValue leftOut(JsonValue value) {
    return switch (value) {
      case JsonObject object -> {
        JsonObjectBuilder left = Json.object();
        object.forEach((name, inner) -> left.add(name, leftOut(inner)));
        yield left.build();
      }
      // What a change removes is nobody's value.
      case JsonValue gone when gone.getValueType() == JsonValue.ValueType.NULL -> gone;
      default -> LEFT_OUT;
    };
  }
}
