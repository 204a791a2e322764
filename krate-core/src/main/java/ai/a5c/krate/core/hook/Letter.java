package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import jakarta.json.JsonObject;
import java.util.List;

/**
 * What an event says to every subscription that wants it; only the id differs.
 *
 * @param rest of the body, after the id
 */
record Letter(
    EventType type,
    Revision revision,
    int ordinal,
    String namespace,
    String repository,
    String rest) {
  /** The longest body, in characters. */
  static final int LONGEST_BODY = 512 * 1024;

  private static final int LONGEST_ID = 256;

  /** Writes it down; what an object is too large for is left out. */
  static Letter of(Event event, String organization) {
    return new Letter(
        event.type(),
        event.revision(),
        event.ordinal(),
        event.namespace(),
        event.repository(),
        rest(event, organization));
  }

  /** The exact text that is sent. */
  String body(String id) {
    return "{\"id\":" + Json.write(Json.text(id)).utf8() + "," + rest;
  }

  /** An object by name and version, and nothing of what it says. */
  static JsonObject identity(JsonObject object) {
    var metadata = Json.object();
    for (String member : List.of("name", "namespace", "uid", "resourceVersion")) {
      metadata.add(member, JsonTree.textAt(object, "metadata", member));
    }
    return Json.object()
        .add("apiVersion", JsonTree.textAt(object, "apiVersion"))
        .add("kind", JsonTree.textAt(object, "kind"))
        .add("metadata", metadata)
        .build();
  }

  private static String rest(Event event, String organization) {
    String whole = rest(event, organization, event.data());
    if (whole.length() <= LONGEST_BODY - LONGEST_ID) {
      return whole;
    }
    String without = rest(event, organization, JsonTree.with(event.data(), null, "old"));
    if (without.length() <= LONGEST_BODY - LONGEST_ID) {
      return without;
    }
    JsonObject bare =
        Json.object()
            .add("object", identity(JsonTree.objectAt(event.data(), "object")))
            .add("truncated", true)
            .build();
    return rest(event, organization, bare);
  }

  private static String rest(Event event, String organization, JsonObject data) {
    return Json.write(
            Json.object()
                .add("type", event.type().wireName())
                .add("timestamp", event.time().toString())
                .add("organization", organization)
                .add("repository", event.repository())
                .add("actor", Json.object().add("name", event.actor()))
                .add("revision", event.revision().value())
                .add("data", data)
                .build())
        .utf8()
        .substring(1);
  }
}
