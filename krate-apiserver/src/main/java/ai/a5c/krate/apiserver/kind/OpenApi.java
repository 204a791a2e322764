package ai.a5c.krate.apiserver.kind;

import ai.a5c.krate.api.meta.Bytes;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * OpenAPI v3 as kube-apiserver publishes it: an index and one document for each group and version.
 * Made once from the catalogue; immutable.
 */
public final class OpenApi {
  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
  static final String STATUS = META + "Status";
  static final String DELETE_OPTIONS = META + "DeleteOptions";

  private static final Map<Schema.ObjectSchema, String> SHARED =
      Map.of(
          MetaSchemas.OBJECT_META, META + "ObjectMeta",
          MetaSchemas.OWNER_REFERENCE, META + "OwnerReference",
          MetaSchemas.MANAGED_FIELDS_ENTRY, META + "ManagedFieldsEntry",
          MetaSchemas.LIST_META, META + "ListMeta");

  private final Map<String, Document> documents;
  private final Bytes index;

  /**
   * A document as it is served.
   *
   * @param content JSON
   * @param hash in hexadecimal: the entity tag, and {@code ?hash=} in the index
   */
  public record Document(Bytes content, String hash) {}

  /**
   * Makes the documents of all kinds.
   *
   * @param title of the API
   * @param version of the server
   */
  public OpenApi(Kinds kinds, String title, String version) {
    Map<String, Document> made = new LinkedHashMap<>();
    for (String group : kinds.groups()) {
      for (String groupVersion : kinds.versions(group)) {
        List<Kind> of =
            kinds.inGroup(group).stream().filter(k -> k.version().equals(groupVersion)).toList();
        Bytes content = Json.write(document(kinds, of, title, version));
        made.put(path(of.getFirst()), new Document(content, sha512(content)));
      }
    }
    documents = Collections.unmodifiableMap(made);
    JsonObjectBuilder paths = Json.object();
    documents.forEach(
        (path, document) ->
            paths.add(
                path,
                Json.object()
                    .add("serverRelativeURL", "/openapi/v3/" + path + "?hash=" + document.hash())));
    index = Json.write(Json.object().add("paths", paths).build());
  }

  /** What {@code /openapi/v3} answers. */
  public Bytes index() {
    return index;
  }

  /**
   * What {@code /openapi/v3/<path>} answers; the path is {@code api/v1} or {@code
   * apis/group/version}.
   */
  public Optional<Document> document(String path) {
    return Optional.ofNullable(documents.get(path));
  }

  /** The paths of all documents, in the order of the catalogue. */
  public List<String> paths() {
    return List.copyOf(documents.keySet());
  }

  /** {@code api/v1} or {@code apis/group/version}. */
  static String path(Kind kind) {
    return (kind.group().isEmpty() ? "api/" : "apis/") + kind.apiVersion();
  }

  /** The name of the schema of a kind: its group backwards, version and name. */
  static String schemaName(Kind kind) {
    if (kind.core()) {
      String group = kind.group().isEmpty() ? "core" : kind.group().replaceFirst("\\..*", "");
      return "io.k8s.api." + group + "." + kind.version() + "." + kind.name();
    }
    List<String> labels = new ArrayList<>(List.of(kind.group().split("\\.")));
    Collections.reverse(labels);
    return String.join(".", labels) + "." + kind.version() + "." + kind.name();
  }

  static String listSchemaName(Kind kind) {
    return schemaName(kind) + "List";
  }

  static JsonObject groupVersionKind(Kind kind, String name) {
    return Json.object()
        .add("group", kind.group())
        .add("kind", name)
        .add("version", kind.version())
        .build();
  }

  private static JsonObject document(
      Kinds catalogue, List<Kind> kinds, String title, String version) {
    JsonObjectBuilder paths = Json.object();
    kinds.forEach(kind -> OpenApiPaths.of(kind, catalogue.subresources(kind)).forEach(paths::add));
    return Json.object()
        .add("openapi", "3.0.0")
        .add("info", Json.object().add("title", title).add("version", version))
        .add("paths", paths)
        .add("components", Json.object().add("schemas", schemas(kinds)))
        .build();
  }

  private static JsonObjectBuilder schemas(List<Kind> kinds) {
    var writer = new SchemaDocument(OpenApi::shared);
    JsonObjectBuilder schemas = Json.object();
    for (Kind kind : kinds) {
      JsonArrayBuilder names = Json.array().add(groupVersionKind(kind, kind.name()));
      schemas.add(
          schemaName(kind),
          writer.object(MetaSchemas.root(kind)).add("x-kubernetes-group-version-kind", names));
      schemas.add(listSchemaName(kind), list(kind));
    }
    schemas.add(META + "ObjectMeta", writer.object(MetaSchemas.OBJECT_META));
    schemas.add(META + "OwnerReference", writer.object(MetaSchemas.OWNER_REFERENCE));
    schemas.add(META + "ManagedFieldsEntry", writer.object(MetaSchemas.MANAGED_FIELDS_ENTRY));
    schemas.add(META + "ListMeta", writer.object(MetaSchemas.LIST_META));
    schemas.add(STATUS, metaKind(writer, MetaSchemas.STATUS, "Status", kinds.getFirst()));
    schemas.add(
        DELETE_OPTIONS,
        metaKind(writer, MetaSchemas.DELETE_OPTIONS, "DeleteOptions", kinds.getFirst()));
    schemas.add(
        META + "Patch",
        Json.object()
            .add("description", "A change in one of the forms of the request's media type.")
            .add("type", "object"));
    return schemas;
  }

  private static JsonObjectBuilder metaKind(
      SchemaDocument writer, Schema.ObjectSchema schema, String name, Kind of) {
    JsonArrayBuilder names =
        Json.array().add(Json.object().add("group", "").add("kind", name).add("version", "v1"));
    if (!of.apiVersion().equals("v1")) {
      names.add(groupVersionKind(of, name));
    }
    return writer.object(schema).add("x-kubernetes-group-version-kind", names);
  }

  private static JsonObjectBuilder list(Kind kind) {
    JsonObjectBuilder properties =
        Json.object()
            .add("apiVersion", text("The group and version of the kind."))
            .add("kind", text("The kind of the list."))
            .add("metadata", SchemaDocument.reference(META + "ListMeta"))
            .add(
                "items",
                Json.object()
                    .add("description", "The objects.")
                    .add("type", "array")
                    .add("items", SchemaDocument.reference(schemaName(kind))));
    return Json.object()
        .add("description", "A list of " + kind.plural() + ".")
        .add("type", "object")
        .add("properties", properties)
        .add("required", Json.array().add("items"))
        .add(
            "x-kubernetes-group-version-kind",
            Json.array().add(groupVersionKind(kind, kind.name() + "List")));
  }

  private static JsonObjectBuilder text(String description) {
    return Json.object().add("description", description).add("type", "string");
  }

  private static @Nullable String shared(Schema.ObjectSchema schema) {
    return SHARED.get(schema);
  }

  private static String sha512(Bytes content) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-512").digest(content.toArray());
      return HexFormat.of().withUpperCase().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-512", e);
    }
  }
}
