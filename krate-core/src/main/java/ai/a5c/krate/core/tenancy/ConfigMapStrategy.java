package ai.a5c.krate.core.tenancy;

import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** ConfigMaps as Kubernetes has them: bounded, each key once, and immutable ones stay the same. */
final class ConfigMapStrategy implements Strategy {
  private static final Pattern KEY = Pattern.compile("[-._a-zA-Z0-9]{1,253}");
  private static final int LARGEST = 1024 * 1024;
  private static final List<String> MEMBERS = List.of("data", "binaryData");

  @Override
  public List<FieldError> validate(
      WriteContext context, @Nullable ApiObject old, ApiObject object) {
    long size = 0;
    for (String member : MEMBERS) {
      JsonObject values = JsonTree.objectAt(object.json(), member);
      for (String key : values.keySet()) {
        if (!KEY.matcher(key).matches()) {
          return List.of(
              FieldError.invalid(
                  member, key, "a valid key consists of letters, digits, '-', '_' or '.'"));
        }
      }
      boolean text = member.equals("data");
      size += values.values().stream().mapToLong(value -> length(value, text)).sum();
    }
    for (String key : JsonTree.objectAt(object.json(), "binaryData").keySet()) {
      if (JsonTree.objectAt(object.json(), "data").containsKey(key)) {
        return List.of(FieldError.invalid("data", key, "duplicate of key present in binaryData"));
      }
    }
    if (size > LARGEST) {
      return List.of(
          new FieldError(
              FieldError.Reason.TOO_LONG,
              "data",
              "Too long: may not be more than " + LARGEST + " bytes"));
    }
    if (old != null && old.isTrue("immutable") && !isSame(old, object)) {
      return List.of(FieldError.forbidden("data", "field is immutable when `immutable` is set"));
    }
    return List.of();
  }

  private static boolean isSame(ApiObject old, ApiObject object) {
    return object.isTrue("immutable")
        && MEMBERS.stream()
            .allMatch(
                member ->
                    JsonTree.objectAt(old.json(), member)
                        .equals(JsonTree.objectAt(object.json(), member)));
  }

  private static long length(JsonValue value, boolean text) {
    if (!(value instanceof JsonString s)) {
      return 0;
    }
    return text
        ? s.getString().getBytes(StandardCharsets.UTF_8).length
        : s.getString().length() * 3L / 4;
  }
}
