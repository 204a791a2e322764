package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.problem.Status;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;

/** {@code v1 Status} documents. Empty members are left out, except {@code metadata}. */
public final class StatusJson {
  private StatusJson() {}

  /** The failure; of an expired list also the token with which to go on, in its metadata. */
  public static JsonObject of(Problem problem) {
    JsonObject metadata =
        problem instanceof Problem.Expired expired && !expired.continueToken().isEmpty()
            ? Documents.object().add("continue", expired.continueToken()).build()
            : JsonValue.EMPTY_JSON_OBJECT;
    return failure(Status.of(problem), metadata);
  }

  /** The failure. */
  public static JsonObject of(Status status) {
    return failure(status, JsonValue.EMPTY_JSON_OBJECT);
  }

  /**
   * What a deletion answers when nothing of the object remains.
   *
   * @param uid of the object that is gone, empty if it had none
   */
  public static JsonObject deleted(GroupResource resource, String name, String uid) {
    JsonObjectBuilder details = Documents.object();
    addText(details, "name", name);
    addText(details, "group", resource.group());
    addText(details, "kind", resource.resource());
    addText(details, "uid", uid);
    return Documents.object()
        .add("kind", "Status")
        .add("apiVersion", "v1")
        .add("metadata", JsonValue.EMPTY_JSON_OBJECT)
        .add("status", "Success")
        .add("details", details)
        .build();
  }

  private static JsonObject failure(Status status, JsonObject metadata) {
    JsonObjectBuilder json =
        Documents.object()
            .add("kind", "Status")
            .add("apiVersion", "v1")
            .add("metadata", metadata)
            .add("status", "Failure");
    addText(json, "message", status.message());
    addText(json, "reason", status.reason());
    Status.Details details = status.details();
    if (details != null) {
      json.add("details", details(details));
    }
    return json.add("code", status.code()).build();
  }

  private static JsonObjectBuilder details(Status.Details details) {
    JsonObjectBuilder json = Documents.object();
    addText(json, "name", details.name());
    addText(json, "group", details.group());
    addText(json, "kind", details.kind());
    if (!details.causes().isEmpty()) {
      JsonArrayBuilder causes = Documents.JSON.createArrayBuilder();
      for (Status.Cause cause : details.causes()) {
        JsonObjectBuilder one = Documents.object();
        addText(one, "reason", cause.reason());
        addText(one, "message", cause.message());
        addText(one, "field", cause.field());
        causes.add(one);
      }
      json.add("causes", causes);
    }
    if (details.retryAfterSeconds() > 0) {
      json.add("retryAfterSeconds", details.retryAfterSeconds());
    }
    return json;
  }

  private static void addText(JsonObjectBuilder json, String member, String value) {
    if (!value.isEmpty()) {
      json.add(member, value);
    }
  }
}
