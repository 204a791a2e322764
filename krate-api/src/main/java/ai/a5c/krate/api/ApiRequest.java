package ai.a5c.krate.api;

import ai.a5c.krate.api.meta.Bytes;

/**
 * A request to the Kubernetes API.
 *
 * @param method an HTTP method, in upper case
 * @param target path and query as they stand in an HTTP request line, percent-encoded: {@code
 *     /apis?limit=5}
 * @param headers of the request; they carry no identity of their own except credentials
 * @param body empty if there is none
 */
public record ApiRequest(String method, String target, Headers headers, Bytes body) {
  /** A GET that asks for JSON. */
  public static ApiRequest get(String target) {
    return new ApiRequest("GET", target, Headers.of("Accept", "application/json"), Bytes.EMPTY);
  }

  /** A request whose body has the given media type, and that asks for JSON. */
  public static ApiRequest of(String method, String target, String mediaType, String body) {
    return new ApiRequest(
        method,
        target,
        Headers.of("Accept", "application/json", "Content-Type", mediaType),
        Bytes.utf8(body));
  }
}
