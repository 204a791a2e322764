package ai.a5c.krate.server;

import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.Subject;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * One request and its response, as the handlers see them.
 *
 * @param path raw, as it stands in the request line
 * @param query raw, without the question mark; empty if there is none
 * @param body nothing of it was read yet
 */
record Exchange(
    ServerRequest request,
    ServerResponse response,
    Subject subject,
    String method,
    String path,
    String query,
    ClientInput body) {
  /**
   * Of the connection and not of the message, or set by the HTTP layer from what the client has not
   * proved.
   */
  private static final Set<String> NOT_FORWARDED =
      Set.of("connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer");

  private static final String UNPROVED_NAME = "x-helidon-cn";

  static Exchange of(ServerRequest request, ServerResponse response, Subject subject) {
    var prologue = request.prologue();
    return new Exchange(
        request,
        response,
        subject,
        prologue.method().text(),
        prologue.uriPath().rawPath(),
        prologue.hasQuery() ? prologue.query().rawValue() : "",
        new ClientInput(request));
  }

  String remoteAddress() {
    return request.remotePeer().host();
  }

  /** The headers that the client meant for us. */
  Headers headers() {
    Headers headers = Headers.NONE;
    for (Header header : request.headers()) {
      String name = header.name().toLowerCase(Locale.ROOT);
      if (!NOT_FORWARDED.contains(name) && !name.equals(UNPROVED_NAME)) {
        for (String value : header.allValues()) {
          headers = headers.with(name, value);
        }
      }
    }
    return headers;
  }

  boolean has(String header, String token) {
    for (String value : request.headers().values(HeaderNames.create(header))) {
      for (String part : value.split(",", -1)) {
        if (part.strip().equalsIgnoreCase(token)) {
          return true;
        }
      }
    }
    return false;
  }

  boolean isHead() {
    return method.equals("HEAD");
  }

  /** Sets status and headers; those that frame the body are the listener's. */
  void head(int status, Headers headers) {
    response.status(status);
    headers
        .asMap()
        .forEach(
            (name, values) -> {
              if (!NOT_FORWARDED.contains(name) && !name.equals("content-length")) {
                response.header(name, values.toArray(String[]::new));
              }
            });
  }

  /** Sends a whole answer; after it nothing can be sent. */
  void send(int status, Headers headers, byte[] body) {
    head(status, headers);
    if (status == 204 || status == 304) {
      response.send();
    } else if (isHead()) {
      response.header(HeaderNames.CONTENT_LENGTH, Integer.toString(body.length));
      response.send();
    } else {
      response.send(body);
    }
  }

  /** Sends a small answer that is wholly in memory. */
  void send(ApiResponse answer) {
    try (answer) {
      send(answer.status(), answer.headers(), answer.body().readAllBytes());
    } catch (java.io.IOException e) {
      throw new IllegalStateException("a body in memory cannot fail", e);
    }
  }

  /** The value of a query parameter that the listener itself looks at. */
  boolean asks(String parameter) {
    for (String pair : List.of(query.split("&", -1))) {
      if (pair.equals(parameter + "=true") || pair.equals(parameter + "=1")) {
        return true;
      }
    }
    return false;
  }
}
