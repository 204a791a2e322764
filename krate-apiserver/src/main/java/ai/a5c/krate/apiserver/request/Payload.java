package ai.a5c.krate.apiserver.request;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An object that a client sends, read only once the request is authorized. */
@FunctionalInterface
interface Payload {
  Body read();

  /**
   * A decoded object: pruned, defaults filled in.
   *
   * @param warnings for the client
   * @param firstStatus what a new object's status is; null from clients, who have no say in it
   * @param options of the request, as admission sees them
   */
  record Body(
      JsonObject object,
      List<String> warnings,
      @Nullable JsonValue firstStatus,
      JsonObject options) {
    public Body {
      warnings = List.copyOf(warnings);
    }

    Body(JsonObject object, List<String> warnings) {
      this(object, warnings, null, JsonValue.EMPTY_JSON_OBJECT);
    }

    /** The same for a new object that begins with the status in it. */
    Body withStatus() {
      return new Body(object, warnings, object.get("status"), options);
    }

    /** The same as a request with these options brings it. */
    Body with(JsonObject of) {
      return new Body(object, warnings, firstStatus, of);
    }
  }
}
