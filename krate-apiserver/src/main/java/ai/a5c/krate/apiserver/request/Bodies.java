package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.kind.Decoded;
import ai.a5c.krate.apiserver.kind.Decoder;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.Yaml;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.wire.BodyType;
import ai.a5c.krate.apiserver.wire.Patches;
import ai.a5c.krate.apiserver.wire.Protobuf;
import ai.a5c.krate.apiserver.wire.WriteOptions.FieldValidation;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.function.Function;

/** Reads the objects and patches that requests bring. */
final class Bodies {
  /** The largest body that is read, as kube-apiserver has it. */
  static final int LIMIT = 3 * 1024 * 1024;

  /** How much of a body a message quotes. */
  private static final int QUOTED = 1_024;

  private Bodies() {}

  /** An object of the kind, as a POST or PUT sends it. */
  static Payload.Body object(Request request, Kind kind, FieldValidation validation) {
    Json.Parsed parsed = parse(request, kind);
    JsonObject object = parsed.object();
    requireKind(kind, object);
    Decoded decoded = Decoder.decode(kind, object, parsed.duplicates());
    List<String> faults = decoded.faults();
    if (validation == FieldValidation.STRICT && !faults.isEmpty()) {
      throw new ApiException(
          new Problem.BadRequest(
              kind.name()
                  + " in version \""
                  + kind.version()
                  + "\" cannot be handled as a "
                  + kind.name()
                  + ": strict decoding error: "
                  + String.join(", ", faults)));
    }
    return new Payload.Body(
        decoded.object(), validation == FieldValidation.WARN ? faults : List.of());
  }

  /** The change that the request's patch makes of a stored object. */
  static Function<ApiObject, Payload.Body> patch(
      Request request, Kind kind, FieldValidation validation) {
    BodyType type =
        BodyType.of(request.api().headers().all("Content-Type"), BodyType.ofPatches(kind));
    JsonValue patch = Json.parseValue(request.api().body(), LIMIT);
    return old ->
        switch (type) {
          case JSON_PATCH ->
              patched(request, kind, old, Patches.jsonPatch(kind, old.json(), patch), validation);
          case MERGE_PATCH ->
              patched(request, kind, old, Patches.mergePatch(old.json(), patch), validation);
          case STRATEGIC_MERGE_PATCH ->
              patched(
                  request,
                  kind,
                  old,
                  Patches.strategicMerge(kind.schema(), old.json(), patch),
                  validation);
          default -> throw new IllegalStateException("not a patch: " + type);
        };
  }

  private static Payload.Body patched(
      Request request, Kind kind, ApiObject old, JsonObject changed, FieldValidation validation) {
    requireKind(kind, changed);
    Decoded decoded = Decoder.decode(kind, changed, List.of());
    List<String> faults = decoded.faults();
    if (validation == FieldValidation.STRICT && !faults.isEmpty()) {
      String detail = "strict decoding error: " + String.join(", ", faults);
      throw new ApiException(
          new Problem.Invalid(
              kind.group(),
              kind.name(),
              old.name(),
              List.of(FieldError.invalid("patch", cut(request.api().body().utf8()), detail))));
    }
    return new Payload.Body(
        decoded.object(), validation == FieldValidation.WARN ? faults : List.of());
  }

  private static Json.Parsed parse(Request request, Kind kind) {
    Bytes body = request.api().body();
    requireSize(body);
    BodyType type =
        BodyType.of(request.api().headers().all("Content-Type"), BodyType.ofObjects(kind));
    return switch (type) {
      case YAML -> new Json.Parsed(yaml(body), List.of());
      case PROTOBUF -> new Json.Parsed(Protobuf.decode(body), List.of());
      default -> Json.parse(body, LIMIT);
    };
  }

  private static void requireSize(Bytes body) {
    if (body.size() > LIMIT) {
      throw new ApiException(new Problem.TooLarge("the body is larger than " + LIMIT + " bytes"));
    }
  }

  private static String cut(String text) {
    return text.length() <= QUOTED ? text : text.substring(0, QUOTED) + "...";
  }

  /** The one document of a YAML body. */
  static JsonObject yaml(Bytes body) {
    requireSize(body);
    List<JsonObject> documents;
    try {
      documents = Yaml.documents(body);
    } catch (IllegalArgumentException e) {
      throw new ApiException(new Problem.BadRequest("the body is no YAML that is understood here"));
    }
    if (documents.size() != 1) {
      throw new ApiException(new Problem.BadRequest("the body holds one YAML document"));
    }
    return documents.getFirst();
  }

  private static void requireKind(Kind kind, JsonObject object) {
    String version = object.getString("apiVersion", "");
    String name = object.getString("kind", "");
    if (!version.equals(kind.apiVersion()) || !name.equals(kind.name())) {
      throw new ApiException(
          new Problem.BadRequest(
              "the object is a \""
                  + name
                  + "\" of \""
                  + version
                  + "\", but the path takes a \""
                  + kind.name()
                  + "\" of \""
                  + kind.apiVersion()
                  + "\""));
    }
  }
}
