package ai.a5c.krate.api;

/**
 * Something that answers the Kubernetes API: the forge embedded in this process, or a server by
 * HTTP.
 *
 * <p>Calls block until the response begins, may be made from many threads at once, and never throw
 * for what the server decides: every refusal is a response.
 */
@FunctionalInterface
public interface ApiEndpoint {
  /** Sends a request and gives its response, which the caller closes. */
  ApiResponse call(ApiRequest request);
}
