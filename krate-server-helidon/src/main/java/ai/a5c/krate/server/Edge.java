package ai.a5c.krate.server;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.problem.Status;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * The one route: finds out who calls, picks the handler, and turns whatever goes wrong into an
 * answer.
 */
final class Edge {
  /** What is still read of a body that nobody wanted, so that the client gets to see the answer. */
  private static final int DRAINED = 8 << 20;

  private final ClientCertificates certificates;
  private final ApiHandler api;
  private final GitHandler git;
  private final HealthHandler health;
  private final Supplier<String> requestIds;
  private volatile boolean stopping;

  Edge(
      ClientCertificates certificates,
      ApiHandler api,
      GitHandler git,
      HealthHandler health,
      Supplier<String> requestIds) {
    this.certificates = certificates;
    this.api = api;
    this.git = git;
    this.health = health;
    this.requestIds = requestIds;
  }

  /** From now on requests are answered with 503. */
  void stop() {
    stopping = true;
  }

  void handle(ServerRequest request, ServerResponse response) {
    var socket = MeteredSocket.current();
    socket.begin();
    try {
      handleBusy(request, response);
    } finally {
      socket.finish();
    }
  }

  private void handleBusy(ServerRequest request, ServerResponse response) {
    var subject = certificates.subject(request.remotePeer().tlsCertificates());
    var exchange = Exchange.of(request, response, subject);
    try {
      dispatch(exchange);
    } catch (ApiException e) {
      answer(exchange, e.problem(), e);
    } catch (IOException e) {
      if (exchange.body().tooLarge().isEmpty()) {
        throw gone(e);
      }
      answer(exchange, new Problem.TooLarge("the request's body unfolds too far"), e);
    } catch (CloseConnectionException e) {
      throw e;
    } catch (RuntimeException e) {
      String id = requestIds.get();
      Connections.LOGGER.log(
          System.Logger.Level.ERROR,
          "request " + id + " failed: " + exchange.method() + " " + exchange.path(),
          e);
      answer(exchange, new Problem.Internal(id), e);
    }
    settle(exchange);
  }

  private void dispatch(Exchange exchange) throws IOException {
    if (stopping) {
      throw new ApiException(
          new Problem.Unavailable("the server is stopping", Duration.ofSeconds(1)));
    }
    if (HealthHandler.owns(exchange.path())) {
      health.handle(exchange);
    } else if (GitHandler.owns(exchange.path())) {
      git.handle(exchange);
    } else {
      api.handle(exchange);
    }
  }

  /** Once the answer has begun there is no other: the client must see that it broke off. */
  private void answer(Exchange exchange, Problem problem, Exception cause) {
    if (exchange.response().isSent() || exchange.response().bytesWritten() > 0) {
      throw gone(cause);
    }
    exchange.response().headers().clear();
    if (stopping) {
      // Who asks again and again would hold up the stop.
      exchange.response().header(HeaderValues.CONNECTION_CLOSE);
    }
    try {
      exchange.send(StatusBody.response(problem));
    } catch (IllegalStateException e) {
      e.addSuppressed(cause);
      throw gone(e);
    }
  }

  /** What is left of the body would be taken for the next request. */
  private static void settle(Exchange exchange) {
    ServerRequest request = exchange.request();
    if (!request.content().hasEntity() || request.content().consumed()) {
      return;
    }
    if (!request.continueSent()) {
      throw new CloseConnectionException("the client still waits to send a body nobody wants");
    }
    try {
      InputStream left = exchange.body();
      byte[] buffer = new byte[32 << 10];
      long drained = 0;
      for (int count; (count = left.read(buffer)) >= 0; drained += count) {
        if (drained > DRAINED) {
          throw new CloseConnectionException("the body that nobody wants has no end");
        }
      }
    } catch (IOException | RuntimeException e) {
      throw gone(e);
    }
  }

  private static CloseConnectionException gone(Exception cause) {
    return cause instanceof CloseConnectionException close
        ? close
        : new CloseConnectionException("the connection cannot go on", cause);
  }

  /** What the HTTP layer refuses before it asks us. */
  static DirectHandlers refusals() {
    var handlers = DirectHandlers.builder();
    for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
      handlers.addHandler(type, Edge::refusal);
    }
    return handlers.build();
  }

  private static DirectHandler.TransportResponse refusal(
      DirectHandler.TransportRequest request,
      DirectHandler.EventType type,
      io.helidon.http.Status status,
      ServerResponseHeaders headers,
      String message) {
    Status body =
        switch (status.code()) {
          case 413 -> new Status(413, "RequestEntityTooLarge", "the request is too large", null);
          case 414 -> new Status(414, "BadRequest", "the request's target is too long", null);
          case 431 -> new Status(431, "BadRequest", "the request's headers are too large", null);
          case 503 ->
              new Status(503, "ServiceUnavailable", "too many requests at once; try again", null);
          default ->
              status.code() < 500
                  ? new Status(
                      status.code(),
                      "BadRequest",
                      "the request is not HTTP as it is understood here",
                      null)
                  : new Status(
                      status.code(), "InternalError", "the request could not be answered", null);
        };
    headers.set(HeaderNames.CONTENT_TYPE, "application/json");
    if (status.code() == 503) {
      headers.set(HeaderNames.RETRY_AFTER, "1");
    }
    return DirectHandler.TransportResponse.builder()
        .status(status)
        .headers(headers)
        .entity(StatusBody.json(body).toArray())
        .keepAlive(false)
        .build();
  }
}
