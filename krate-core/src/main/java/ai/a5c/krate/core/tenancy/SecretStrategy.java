package ai.a5c.krate.core.tenancy;

import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Secrets as Kubernetes has them: plain text goes into the data, and immutable ones stay as they
 * are.
 */
final class SecretStrategy implements Strategy {
  private static final Pattern KEY = Pattern.compile("[-._a-zA-Z0-9]{1,253}");
  private static final int LARGEST = 1024 * 1024;

  @Override
  public ApiObject prepareCreate(WriteContext context, ApiObject object) {
    return encoded(object);
  }

  @Override
  public ApiObject prepareUpdate(WriteContext context, ApiObject old, ApiObject object) {
    return encoded(object);
  }

  @Override
  public List<FieldError> validate(
      WriteContext context, @Nullable ApiObject old, ApiObject object) {
    JsonObject data = JsonTree.objectAt(object.json(), "data");
    for (String key : data.keySet()) {
      if (!KEY.matcher(key).matches()) {
        return List.of(
            FieldError.invalid(
                "data", key, "a valid key consists of letters, digits, '-', '_' or '.'"));
      }
    }
    long size = data.values().stream().mapToLong(SecretStrategy::length).sum();
    if (size > LARGEST) {
      return List.of(
          new FieldError(
              FieldError.Reason.TOO_LONG,
              "data",
              "Too long: may not be more than " + LARGEST + " bytes"));
    }
    if (old != null && old.isTrue("immutable") && !sameData(old, object)) {
      return List.of(FieldError.forbidden("data", "field is immutable when `immutable` is set"));
    }
    return List.of();
  }

  private static boolean sameData(ApiObject old, ApiObject object) {
    return JsonTree.objectAt(old.json(), "data").equals(JsonTree.objectAt(object.json(), "data"))
        && object.isTrue("immutable");
  }

  private static ApiObject encoded(ApiObject object) {
    JsonObject plain = JsonTree.objectAt(object.json(), "stringData");
    if (!object.json().containsKey("stringData")) {
      return object;
    }
    var data = Json.object(JsonTree.objectAt(object.json(), "data"));
    plain.forEach((key, value) -> data.add(key, base64(value)));
    return object.with(data.build(), "data").with(null, "stringData");
  }

  private static JsonString base64(JsonValue value) {
    String text = value instanceof JsonString s ? s.getString() : value.toString();
    return Json.text(Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static long length(JsonValue value) {
    return value instanceof JsonString s ? s.getString().length() * 3L / 4 : 0;
  }
}
