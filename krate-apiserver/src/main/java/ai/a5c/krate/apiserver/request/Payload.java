package ai.a5c.krate.apiserver.request;

import jakarta.json.JsonObject;
import java.util.List;

/** An object that a client sends, read only once the request is authorized. */
@FunctionalInterface
interface Payload {
  Body read();

  /**
   * A decoded object: pruned, defaults filled in.
   *
   * @param warnings for the client
   */
  record Body(JsonObject object, List<String> warnings) {
    public Body {
      warnings = List.copyOf(warnings);
    }
  }
}
