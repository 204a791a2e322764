package ai.a5c.krate.server;

import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.problem.Status;
import jakarta.json.Json;
import jakarta.json.JsonBuilderFactory;
import jakarta.json.JsonObjectBuilder;
import java.util.Map;

/** The listener's own refusals as Kubernetes Status objects: clients show anything else raw. */
final class StatusBody {
  private static final JsonBuilderFactory JSON = Json.createBuilderFactory(Map.of());

  private StatusBody() {}

  static ApiResponse response(Problem problem) {
    Status status = Status.of(problem);
    Headers headers =
        Headers.of("Content-Type", "application/json", "Cache-Control", "no-cache, private");
    Status.Details details = status.details();
    if (details != null && details.retryAfterSeconds() > 0) {
      headers = headers.with("Retry-After", Long.toString(details.retryAfterSeconds()));
    }
    return new ApiResponse(status.code(), headers, json(status).stream());
  }

  static Bytes json(Status status) {
    JsonObjectBuilder object =
        JSON.createObjectBuilder()
            .add("kind", "Status")
            .add("apiVersion", "v1")
            .add("metadata", JSON.createObjectBuilder())
            .add("status", "Failure")
            .add("message", status.message())
            .add("reason", status.reason());
    Status.Details details = status.details();
    if (details != null && details.retryAfterSeconds() > 0) {
      object.add(
          "details",
          JSON.createObjectBuilder().add("retryAfterSeconds", details.retryAfterSeconds()));
    }
    return Bytes.utf8(object.add("code", status.code()).build().toString());
  }
}
