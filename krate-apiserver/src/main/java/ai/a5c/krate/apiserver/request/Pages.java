package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.kind.Discovery;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kinds;
import ai.a5c.krate.apiserver.kind.OpenApi;
import ai.a5c.krate.apiserver.wire.Form;
import ai.a5c.krate.apiserver.wire.Negotiation;
import jakarta.json.JsonObject;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the server says of itself: version, discovery and OpenAPI. */
final class Pages {
  private static final String MINOR = "33";
  private static final String VERSION = "v1." + MINOR + ".0+krate";

  private final Discovery discovery;
  private final OpenApi openApi;
  private final JsonObject paths;

  Pages(Kinds kinds) {
    this.discovery = new Discovery(kinds);
    this.openApi = new OpenApi(kinds, "Krate", VERSION);
    var list = Json.array();
    List.of("/api", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version")
        .forEach(list::add);
    this.paths = Json.object().add("paths", list).build();
  }

  /** The right to see a page, as RBAC's non-resource URLs have it. */
  static Errand errand(Request request) {
    return Errand.toPath("get", "/" + String.join("/", request.path().segments()));
  }

  ApiResponse answer(Request request) {
    List<String> path = request.path().segments();
    return switch (path.isEmpty() ? "" : path.getFirst()) {
      case "" -> json(request, paths);
      case "version" -> json(request, path.size() == 1 ? Optional.of(version()) : Optional.empty());
      case "api" -> api(request, path);
      case "apis" -> apis(request, path);
      case "openapi" -> openApi(request, path);
      default -> throw missing(request);
    };
  }

  private ApiResponse api(Request request, List<String> path) {
    if (path.size() == 1) {
      return form(request) instanceof Form.AggregatedDiscovery form
          ? tagged(
              request, form.contentType(), Json.write(discovery.aggregatedCore(form.version())))
          : json(request, discovery.versions());
    }
    return json(
        request, path.size() == 2 ? discovery.resources("", path.get(1)) : Optional.empty());
  }

  private ApiResponse apis(Request request, List<String> path) {
    return switch (path.size()) {
      case 1 ->
          form(request) instanceof Form.AggregatedDiscovery form
              ? tagged(
                  request,
                  form.contentType(),
                  Json.write(discovery.aggregatedGroups(form.version())))
              : json(request, discovery.groups());
      case 2 -> json(request, discovery.group(path.get(1)));
      case 3 -> json(request, discovery.resources(path.get(1), path.get(2)));
      default -> throw missing(request);
    };
  }

  private ApiResponse openApi(Request request, List<String> path) {
    if (path.size() < 2 || !path.get(1).equals("v3")) {
      throw missing(request);
    }
    if (path.size() == 2) {
      return tagged(request, Responses.JSON, openApi.index());
    }
    OpenApi.Document document =
        openApi
            .document(String.join("/", path.subList(2, path.size())))
            .orElseThrow(() -> missing(request));
    Headers headers = Headers.of("ETag", '"' + document.hash() + '"', "Vary", "Accept");
    if (request.query().text("hash").equals(document.hash())) {
      headers = headers.with("Cache-Control", "public, immutable");
    }
    return conditional(request, headers, Responses.JSON, document.content());
  }

  private static Form form(Request request) {
    return Negotiation.choose(request.api().headers().all("Accept"), Negotiation.Answer.GROUPS);
  }

  private static ApiResponse json(Request request, Optional<JsonObject> document) {
    return json(request, document.orElseThrow(() -> missing(request)));
  }

  private static ApiResponse json(Request request, JsonObject document) {
    return tagged(request, Responses.JSON, Json.write(document));
  }

  private static ApiResponse tagged(Request request, String mediaType, Bytes content) {
    Headers headers = Headers.of("ETag", '"' + digest(content) + '"', "Vary", "Accept");
    return conditional(request, headers, mediaType, content);
  }

  private static ApiResponse conditional(
      Request request, Headers headers, String mediaType, Bytes content) {
    String tag = headers.first("ETag").orElse("");
    boolean known =
        request.api().headers().all("If-None-Match").stream().anyMatch(seen -> seen.contains(tag));
    return known
        ? Responses.bytes(request.requestId(), 304, headers, mediaType, Bytes.EMPTY)
        : Responses.bytes(request.requestId(), 200, headers, mediaType, content);
  }

  private static String digest(Bytes content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-512").digest(content.toArray());
      return HexFormat.of().formatHex(digest).toUpperCase(Locale.ROOT);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-512", e);
    }
  }

  private static JsonObject version() {
    return Json.object()
        .add("major", "1")
        .add("minor", MINOR)
        .add("gitVersion", VERSION)
        .add("gitCommit", "")
        .add("gitTreeState", "clean")
        .add("buildDate", "1970-01-01T00:00:00Z")
        .add("goVersion", "")
        .add("compiler", "javac")
        .add("platform", "java/" + Runtime.version().feature())
        .build();
  }

  private static ApiException missing(Request request) {
    return new ApiException(new Problem.NoSuchPath(request.api().target()));
  }
}
