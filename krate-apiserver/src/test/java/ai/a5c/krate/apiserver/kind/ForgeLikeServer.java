package ai.a5c.krate.apiserver.kind;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.problem.Status;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Serves what this package makes, over HTTP: discovery, OpenAPI, and a create that stores nothing.
 */
final class ForgeLikeServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Kinds kinds;
  private final Discovery discovery;
  private final OpenApi openApi;
  private final String minor;

  ForgeLikeServer(Kinds kinds, String minor) throws IOException {
    this.kinds = kinds;
    this.minor = minor;
    discovery = new Discovery(kinds);
    openApi = new OpenApi(kinds, "Test", "v0");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        route(exchange, exchange.getRequestURI().getPath());
      } catch (ApiException e) {
        status(exchange, Status.of(e.problem()));
      }
    }
  }

  private void route(HttpExchange exchange, String path) throws IOException {
    if (exchange.getRequestMethod().equals("POST")) {
      create(exchange, path.split("/"));
      return;
    }
    switch (path) {
      case "/version" -> json(exchange, 200, version());
      case "/api" -> discover(exchange, true);
      case "/apis" -> discover(exchange, false);
      case "/openapi/v3" -> send(exchange, 200, "application/json", openApi.index());
      default -> document(exchange, path);
    }
  }

  private void document(HttpExchange exchange, String path) throws IOException {
    if (path.startsWith("/openapi/v3/")) {
      var found = openApi.document(path.substring("/openapi/v3/".length()));
      send(exchange, 200, "application/json", found.orElseThrow(() -> missing(path)).content());
      return;
    }
    String[] parts = path.split("/");
    if (path.startsWith("/api/") && parts.length == 3) {
      json(exchange, 200, discovery.resources("", parts[2]).orElseThrow(() -> missing(path)));
    } else if (path.startsWith("/apis/") && parts.length == 4) {
      json(exchange, 200, discovery.resources(parts[2], parts[3]).orElseThrow(() -> missing(path)));
    } else {
      throw missing(path);
    }
  }

  private void discover(HttpExchange exchange, boolean core) throws IOException {
    String accept = String.valueOf(exchange.getRequestHeaders().getFirst("Accept"));
    for (String version : Discovery.AGGREGATED_VERSIONS) {
      if (accept.contains("v=" + version + ";as=APIGroupDiscoveryList")) {
        String type =
            "application/json;g=apidiscovery.k8s.io;v=" + version + ";as=APIGroupDiscoveryList";
        JsonObject list =
            core ? discovery.aggregatedCore(version) : discovery.aggregatedGroups(version);
        send(exchange, 200, type, Json.write(list));
        return;
      }
    }
    json(exchange, 200, core ? discovery.versions() : discovery.groups());
  }

  private void create(HttpExchange exchange, String[] path) throws IOException {
    boolean core = path[1].equals("api");
    String group = core ? "" : path[2];
    Kind kind = kinds.byPlural(group, path[core ? 2 : 3], path[path.length - 1]).orElseThrow();
    Bytes body = Bytes.owning(exchange.getRequestBody().readAllBytes());
    Decoded decoded = Decoder.decode(kind, Json.parse(body, 3 * 1024 * 1024));
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    if (query.contains("fieldValidation=Strict") && !decoded.faults().isEmpty()) {
      throw new ApiException(
          new Problem.BadRequest("strict decoding error: " + String.join(", ", decoded.faults())));
    }
    JsonObject object = decoded.object();
    List<FieldError> errors = new ArrayList<>(ObjectMetaValidation.errors(kind, object));
    errors.addAll(SchemaValidation.errors(kind, object));
    if (!errors.isEmpty()) {
      String name = object.getJsonObject("metadata").getString("name", "");
      throw new ApiException(new Problem.Invalid(group, kind.name(), name, errors));
    }
    json(exchange, 201, object);
  }

  private JsonObject version() {
    return Json.object()
        .add("major", "1")
        .add("minor", minor)
        .add("gitVersion", "v1." + minor + ".0")
        .build();
  }

  private static ApiException missing(String path) {
    return new ApiException(new Problem.NoSuchPath(path));
  }

  private static void status(HttpExchange exchange, Status status) throws IOException {
    var object =
        Json.object()
            .add("kind", "Status")
            .add("apiVersion", "v1")
            .add("status", "Failure")
            .add("message", status.message())
            .add("reason", status.reason())
            .add("code", status.code());
    Status.Details details = status.details();
    if (details != null) {
      var causes = Json.array();
      for (Status.Cause cause : details.causes()) {
        causes.add(
            Json.object()
                .add("reason", cause.reason())
                .add("message", cause.message())
                .add("field", cause.field()));
      }
      object.add(
          "details",
          Json.object()
              .add("group", details.group())
              .add("kind", details.kind())
              .add("name", details.name())
              .add("causes", causes));
    }
    json(exchange, status.code(), object.build());
  }

  private static void json(HttpExchange exchange, int code, JsonObject body) throws IOException {
    send(exchange, code, "application/json", Json.write(body));
  }

  private static void send(HttpExchange exchange, int code, String type, Bytes body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(code, body.size());
    body.writeTo(exchange.getResponseBody());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
