package ai.a5c.krate.apiserver.kind;

import ai.a5c.krate.api.schema.Verb;
import ai.a5c.krate.apiserver.kind.Subresource.Parameter;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The paths of one kind in OpenAPI, with an operation for each of its verbs. */
final class OpenApiPaths {
  private static final List<String> PATCHES =
      List.of("application/json-patch+json", "application/merge-patch+json");
  private static final String STRATEGIC_PATCH = "application/strategic-merge-patch+json";

  private static final List<Parameter> WRITE =
      List.of(
          new Parameter("dryRun", "string", "All, if nothing is to be stored."),
          new Parameter("fieldManager", "string", "Who makes the change."),
          new Parameter(
              "fieldValidation",
              "string",
              "What unknown and duplicate fields lead to: Ignore, Warn or Strict."));

  private static final List<Parameter> LIST =
      List.of(
          new Parameter("labelSelector", "string", "Which labels the objects must have."),
          new Parameter("fieldSelector", "string", "Which fields the objects must have."),
          new Parameter("limit", "integer", "The most objects of one page."),
          new Parameter("continue", "string", "The token of the page before."),
          new Parameter("resourceVersion", "string", "The state to read from."),
          new Parameter("resourceVersionMatch", "string", "How resourceVersion is meant."),
          new Parameter(
              "sendInitialEvents", "boolean", "Whether a watch begins with what is there."),
          new Parameter("allowWatchBookmarks", "boolean", "Whether a watch may have bookmarks."),
          new Parameter("timeoutSeconds", "integer", "How long a watch may last."),
          new Parameter("watch", "boolean", "Whether to go on with the changes."));

  private static final List<Parameter> DELETE =
      List.of(
          new Parameter("dryRun", "string", "All, if nothing is to be stored."),
          new Parameter("gracePeriodSeconds", "integer", "How long the deletion may take."),
          new Parameter("propagationPolicy", "string", "What happens to dependents."));

  private final Kind kind;

  private OpenApiPaths(Kind kind) {
    this.kind = kind;
  }

  /** The path items by path, in the order of their length. */
  static Map<String, JsonObject> of(Kind kind, List<Subresource> subresources) {
    var paths = new OpenApiPaths(kind);
    String root = "/" + OpenApi.path(kind) + "/";
    String collection = root + (kind.namespaced() ? "namespaces/{namespace}/" : "") + kind.plural();
    Map<String, JsonObject> items = new LinkedHashMap<>();
    if (kind.namespaced() && kind.verbs().contains(Verb.LIST)) {
      items.put(root + kind.plural(), paths.everywhere());
    }
    items.put(collection, paths.collection());
    JsonObject single = paths.single("");
    if (single.containsKey("get")) {
      items.put(collection + "/{name}", single);
    }
    if (kind.hasStatus()) {
      items.put(collection + "/{name}/status", paths.single("status"));
    }
    for (Subresource part : subresources) {
      items.put(collection + "/{name}/" + part.name(), paths.bytes(part));
    }
    return items;
  }

  private JsonObject everywhere() {
    return Json.object()
        .add(
            "get",
            operation("list", "list", "ForAllNamespaces", LIST, OpenApi.listSchemaName(kind)))
        .build();
  }

  private JsonObject collection() {
    JsonObjectBuilder item = Json.object();
    if (kind.verbs().contains(Verb.LIST)) {
      item.add("get", operation("list", "list", "", LIST, OpenApi.listSchemaName(kind)));
    }
    if (kind.verbs().contains(Verb.CREATE)) {
      item.add(
          "post",
          operation("create", "post", "", WRITE, OpenApi.schemaName(kind))
              .add("requestBody", body(List.of("*/*"), OpenApi.schemaName(kind))));
    }
    if (kind.verbs().contains(Verb.DELETECOLLECTION)) {
      List<Parameter> parameters = new ArrayList<>(LIST.subList(0, 2));
      parameters.addAll(DELETE);
      item.add(
          "delete",
          operation("deletecollection", "deletecollection", "", parameters, OpenApi.STATUS)
              .add("requestBody", body(List.of("*/*"), OpenApi.DELETE_OPTIONS)));
    }
    return item.add("parameters", pathParameters(false)).build();
  }

  private JsonObject single(String subresource) {
    String schema = OpenApi.schemaName(kind);
    String suffix = subresource.isEmpty() ? "" : "Status";
    JsonObjectBuilder item = Json.object();
    if (kind.verbs().contains(Verb.GET)) {
      item.add("get", operation("read", "get", suffix, List.of(), schema));
    }
    if (kind.verbs().contains(Verb.UPDATE)) {
      item.add(
          "put",
          operation("replace", "put", suffix, WRITE, schema)
              .add("requestBody", body(List.of("*/*"), schema)));
    }
    if (kind.verbs().contains(Verb.DELETE) && subresource.isEmpty()) {
      item.add(
          "delete",
          operation("delete", "delete", suffix, DELETE, OpenApi.STATUS)
              .add("requestBody", body(List.of("*/*"), OpenApi.DELETE_OPTIONS)));
    }
    if (kind.verbs().contains(Verb.PATCH)) {
      List<String> mediaTypes = new ArrayList<>(PATCHES);
      if (kind.core()) {
        mediaTypes.add(STRATEGIC_PATCH);
      }
      item.add(
          "patch",
          operation("patch", "patch", suffix, WRITE, schema)
              .add("requestBody", body(mediaTypes, "io.k8s.apimachinery.pkg.apis.meta.v1.Patch")));
    }
    return item.add("parameters", pathParameters(true)).build();
  }

  private JsonObject bytes(Subresource part) {
    JsonObject operation =
        operation("read", "get", capital(part.name()), part.parameters(), OpenApi.STATUS).build();
    JsonObjectBuilder content =
        Json.object()
            .add(
                part.mediaType(), Json.object().add("schema", Json.object().add("type", "string")));
    return Json.object()
        .add(
            "get",
            Json.object(operation)
                .add("description", part.description())
                .add(
                    "responses",
                    Json.object()
                        .add(
                            "200", Json.object().add("description", "OK").add("content", content))))
        .add("parameters", pathParameters(true))
        .build();
  }

  private JsonObjectBuilder operation(
      String verb, String action, String suffix, List<Parameter> query, String answer) {
    String group = kind.group().isEmpty() ? "core" : kind.group().replaceFirst("\\..*", "");
    boolean within = kind.namespaced() && !suffix.equals("ForAllNamespaces");
    String id =
        verb
            + capital(group)
            + capital(kind.version())
            + (within ? "Namespaced" : "")
            + kind.name()
            + suffix;
    JsonArrayBuilder parameters = Json.array();
    query.forEach(p -> parameters.add(parameter(p, "query")));
    JsonObjectBuilder content = Json.object();
    content.add("application/json", Json.object().add("schema", SchemaDocument.reference(answer)));
    return Json.object()
        .add("operationId", id)
        .add("tags", Json.array().add(group + "_" + kind.version()))
        .add("parameters", parameters)
        .add(
            "responses",
            Json.object()
                .add("200", Json.object().add("description", "OK").add("content", content)))
        .add("x-kubernetes-action", action)
        .add("x-kubernetes-group-version-kind", OpenApi.groupVersionKind(kind, kind.name()));
  }

  private JsonArrayBuilder pathParameters(boolean named) {
    JsonArrayBuilder parameters = Json.array();
    if (named) {
      parameters.add(
          parameter(
              new Parameter("name", "string", "The name of the " + kind.name() + "."), "path"));
    }
    if (kind.namespaced()) {
      parameters.add(
          parameter(new Parameter("namespace", "string", "The namespace of the object."), "path"));
    }
    return parameters;
  }

  private static JsonObjectBuilder parameter(Parameter parameter, String in) {
    JsonObjectBuilder document =
        Json.object()
            .add("name", parameter.name())
            .add("in", in)
            .add("description", parameter.description());
    if (in.equals("path")) {
      document.add("required", true);
    }
    return document.add(
        "schema", Json.object().add("type", parameter.type()).add("uniqueItems", true));
  }

  private static JsonObjectBuilder body(List<String> mediaTypes, String schema) {
    JsonObjectBuilder content = Json.object();
    for (String mediaType : mediaTypes) {
      content.add(mediaType, Json.object().add("schema", SchemaDocument.reference(schema)));
    }
    return Json.object().add("content", content).add("required", true);
  }

  private static String capital(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }
}
