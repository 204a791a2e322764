package ai.a5c.krate.apiserver.kind;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The way to a value in an object, such as {@code status.author.name} or {@code
 * status.conditions[Ready].status}.
 *
 * @param segments member names; {@code [X]} is the item of a list whose {@code type} is X, {@code
 *     [-1]} its last item, {@code [#]} the number of items of a list or members of an object
 */
public record FieldPath(List<String> segments) {
  /** The segment that stands for the last item of a list. */
  static final String LAST = "[-1]";

  /** The segment that stands for the number of items or members. */
  static final String SIZE = "[#]";

  public FieldPath {
    segments = List.copyOf(segments);
  }

  public static FieldPath parse(String path) {
    return new FieldPath(List.of(path.replace("[", ".[").replaceFirst("^\\.", "").split("\\.")));
  }

  /** The value at the end of the way, or nothing if the way breaks off. */
  public Optional<JsonValue> in(JsonObject object) {
    JsonValue at = object;
    for (String segment : segments) {
      JsonValue next = step(at, segment);
      if (next == null) {
        return Optional.empty();
      }
      at = next;
    }
    return at.equals(JsonValue.NULL) ? Optional.empty() : Optional.of(at);
  }

  private static @Nullable JsonValue step(JsonValue at, String segment) {
    if (segment.equals(SIZE)) {
      return size(at);
    }
    if (segment.startsWith("[")) {
      if (!(at instanceof JsonArray items) || items.isEmpty()) {
        return null;
      }
      if (segment.equals(LAST)) {
        return items.getLast();
      }
      String type = segment.substring(1, segment.length() - 1);
      return items.stream()
          .filter(i -> i instanceof JsonObject o && type.equals(o.getString("type", "")))
          .findFirst()
          .orElse(null);
    }
    return at instanceof JsonObject object ? object.get(segment) : null;
  }

  private static @Nullable JsonValue size(JsonValue at) {
    return switch (at) {
      case JsonArray items -> Json.number(items.size());
      case JsonObject members -> Json.number(members.size());
      default -> null;
    };
  }

  @Override
  public String toString() {
    return String.join(".", segments).replace(".[", "[");
  }
}
