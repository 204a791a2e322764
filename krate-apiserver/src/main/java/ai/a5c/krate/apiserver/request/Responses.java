package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.problem.Status;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.wire.StatusJson;
import ai.a5c.krate.apiserver.wire.Warnings;
import jakarta.json.JsonObject;
import java.io.InputStream;
import java.util.Collection;
import java.util.List;

/** Makes responses: every one has its request's id, and none is kept by a cache. */
final class Responses {
  static final String JSON = "application/json";

  private Responses() {}

  static ApiResponse json(String requestId, int status, JsonObject body, List<String> warnings) {
    return bytes(requestId, status, warned(Headers.NONE, warnings), JSON, Json.write(body));
  }

  /** The headers with what the client is warned of. */
  static Headers warned(Headers headers, Collection<String> warnings) {
    Headers warned = headers;
    for (String warning : Warnings.headerValues(warnings)) {
      warned = warned.with("Warning", warning);
    }
    return warned;
  }

  static ApiResponse bytes(
      String requestId, int status, Headers more, String mediaType, Bytes body) {
    Headers headers =
        head(requestId, more, mediaType).with("Content-Length", Integer.toString(body.size()));
    return new ApiResponse(status, headers, body.stream());
  }

  /** A response whose length is not known when it begins. */
  static ApiResponse stream(String requestId, String mediaType, InputStream body) {
    return new ApiResponse(200, head(requestId, Headers.NONE, mediaType), body);
  }

  /** The response without its body, whose headers speak of it all the same (RFC 9110, 9.3.2). */
  static ApiResponse headOf(ApiResponse response) {
    response.close();
    return new ApiResponse(response.status(), response.headers(), InputStream.nullInputStream());
  }

  static ApiResponse problem(String requestId, Problem problem) {
    Status status = Status.of(problem);
    Status.Details details = status.details();
    Headers headers =
        details != null && details.retryAfterSeconds() > 0
            ? Headers.of("Retry-After", Long.toString(details.retryAfterSeconds()))
            : Headers.NONE;
    if (status.code() == 401) {
      headers = headers.with("WWW-Authenticate", "Bearer realm=\"Krate\"");
    }
    if (problem instanceof Problem.Denied denied) {
      headers = warned(headers, denied.warnings());
    }
    return bytes(requestId, status.code(), headers, JSON, Json.write(StatusJson.of(problem)));
  }

  private static Headers head(String requestId, Headers more, String mediaType) {
    Headers headers = more.with("Content-Type", mediaType).with("Audit-Id", requestId);
    return more.first("Cache-Control").isPresent()
        ? headers
        : headers.with("Cache-Control", "no-cache, private");
  }
}
