package ai.a5c.krate.apiserver.policy;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.admission.Admission;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What policies may know of one request; what has to be looked up or made is so only when it is
 * asked for, and once. Used by one thread.
 */
final class RequestFacts {
  private final Admission asked;
  private final Objects objects;
  private final Kind namespaces;
  private @Nullable ApiObject namespaceObject;
  private @Nullable JsonObject request;

  RequestFacts(Admission asked, Objects objects, Kind namespaces) {
    this.asked = asked;
    this.objects = objects;
    this.namespaces = namespaces;
  }

  Kind kind() {
    return asked.context().kind();
  }

  Subject subject() {
    return asked.context().subject();
  }

  String operation() {
    return asked.operation().name();
  }

  String subresource() {
    return asked.context().subresource();
  }

  @Nullable ApiObject object() {
    return asked.object();
  }

  @Nullable ApiObject old() {
    return asked.old();
  }

  /** Of the object; empty if the server is yet to make one. */
  String name() {
    ApiObject old = asked.old();
    ApiObject object = asked.object();
    return old != null ? old.name() : object != null ? object.name() : "";
  }

  /** Where the object is; a Namespace is in itself, as in Kubernetes. Empty for cluster scope. */
  String namespace() {
    return isNamespace() ? name() : asked.context().namespace();
  }

  /** Whether the request is about something that is in no namespace. */
  boolean isClusterScoped() {
    return !kind().namespaced();
  }

  private boolean isNamespace() {
    return kind().equals(namespaces);
  }

  /** The labels by which a namespace selector decides; null if the request is in no namespace. */
  @Nullable Map<String, String> namespaceLabels() {
    if (isNamespace()) {
      ApiObject object = asked.object();
      if (subresource().isEmpty() && object != null) {
        return object.labels();
      }
      ApiObject old = asked.old();
      return old == null ? Map.of() : old.labels();
    }
    ApiObject namespace = namespaceObject();
    return namespace == null ? null : namespace.labels();
  }

  /** The live namespace of the object; null for cluster scope, and for a Namespace itself. */
  @Nullable ApiObject namespaceObject() {
    String name = asked.context().namespace();
    if (isNamespace() || name.isEmpty()) {
      return null;
    }
    ApiObject found = namespaceObject;
    if (found == null) {
      found =
          objects
              .get(namespaces, "", name)
              .orElseThrow(
                  () -> new ApiException(new Problem.NotFound(namespaces.resource(), name)));
      namespaceObject = found;
    }
    return found;
  }

  /** The {@code request} of expressions: an AdmissionRequest without its objects. */
  JsonObject request() {
    JsonObject made = request;
    if (made == null) {
      made = made();
      request = made;
    }
    return made;
  }

  private JsonObject made() {
    JsonObject kind = version("kind", kind().name());
    JsonObject resource = version("resource", kind().plural());
    JsonObjectBuilder json =
        Json.object()
            .add("kind", kind)
            .add("resource", resource)
            .add("requestKind", kind)
            .add("requestResource", resource)
            .add("operation", operation())
            .add("userInfo", userInfo())
            .add("dryRun", asked.context().dryRun())
            .add("options", asked.options());
    addText(json, "subResource", subresource());
    addText(json, "requestSubResource", subresource());
    addText(json, "name", name());
    addText(json, "namespace", namespace());
    return json.build();
  }

  private JsonObject version(String member, String name) {
    return Json.object()
        .add("group", kind().group())
        .add("version", kind().version())
        .add(member, name)
        .build();
  }

  private JsonObject userInfo() {
    Subject subject = subject();
    JsonObjectBuilder json = Json.object();
    addText(json, "username", subject.name());
    addText(json, "uid", subject.uid());
    if (!subject.groups().isEmpty()) {
      json.add("groups", texts(subject.groups()));
    }
    if (!subject.extra().isEmpty()) {
      JsonObjectBuilder extra = Json.object();
      subject.extra().forEach((key, values) -> extra.add(key, texts(values)));
      json.add("extra", extra);
    }
    return json.build();
  }

  private static JsonArrayBuilder texts(List<String> texts) {
    return Json.array(texts);
  }

  private static void addText(JsonObjectBuilder json, String member, String text) {
    if (!text.isEmpty()) {
      json.add(member, text);
    }
  }
}
