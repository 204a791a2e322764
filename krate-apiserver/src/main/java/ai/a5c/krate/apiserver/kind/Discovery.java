package ai.a5c.krate.apiserver.kind;

import ai.a5c.krate.api.schema.Verb;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What the server offers, in the documents that clients discover it by. Made from the catalogue;
 * immutable.
 */
public final class Discovery {
  /** The versions of aggregated discovery that can be asked for, the preferred one first. */
  public static final List<String> AGGREGATED_VERSIONS = List.of("v2", "v2beta1");

  private static final List<Verb> STATUS_VERBS = List.of(Verb.GET, Verb.PATCH, Verb.UPDATE);

  private static final List<Verb> READ_VERBS = List.of(Verb.GET);

  private final Kinds kinds;

  public Discovery(Kinds kinds) {
    this.kinds = kinds;
  }

  /**
   * The {@code APIGroupDiscoveryList} of {@code /api}: the core group alone.
   *
   * @param version one of {@link #AGGREGATED_VERSIONS}
   */
  public JsonObject aggregatedCore(String version) {
    return aggregated(version, kinds.groups().stream().filter(String::isEmpty).toList());
  }

  /**
   * The {@code APIGroupDiscoveryList} of {@code /apis}: every other group.
   *
   * @param version one of {@link #AGGREGATED_VERSIONS}
   */
  public JsonObject aggregatedGroups(String version) {
    return aggregated(version, namedGroups());
  }

  /** The {@code APIVersions} of {@code /api}. */
  public JsonObject versions() {
    return Json.object()
        .add("kind", "APIVersions")
        .add("versions", Json.array(kinds.versions("")))
        .add("serverAddressByClientCIDRs", Json.array())
        .build();
  }

  /** The {@code APIGroupList} of {@code /apis}. */
  public JsonObject groups() {
    JsonArrayBuilder groups = Json.array();
    namedGroups().forEach(group -> groups.add(describe(group)));
    return Json.object()
        .add("kind", "APIGroupList")
        .add("apiVersion", "v1")
        .add("groups", groups)
        .build();
  }

  /** The {@code APIGroup} of {@code /apis/<group>}, if there is that group. */
  public Optional<JsonObject> group(String group) {
    return namedGroups().contains(group)
        ? Optional.of(
            Json.object()
                .add("kind", "APIGroup")
                .add("apiVersion", "v1")
                .addAll(Json.object(describe(group)))
                .build())
        : Optional.empty();
  }

  /** The {@code APIResourceList} of {@code /api/<version>} or {@code /apis/<group>/<version>}. */
  public Optional<JsonObject> resources(String group, String version) {
    if (!kinds.versions(group).contains(version)) {
      return Optional.empty();
    }
    JsonArrayBuilder resources = Json.array();
    for (Kind kind : of(group, version)) {
      resources.add(resource(kind));
      if (kind.hasStatus()) {
        resources.add(
            Json.object()
                .add("name", kind.plural() + "/status")
                .add("singularName", "")
                .add("namespaced", kind.namespaced())
                .add("kind", kind.name())
                .add("verbs", verbs(STATUS_VERBS)));
      }
      for (Subresource part : kinds.subresources(kind)) {
        resources.add(
            Json.object()
                .add("name", kind.plural() + "/" + part.name())
                .add("singularName", "")
                .add("namespaced", kind.namespaced())
                .add("kind", kind.name())
                .add("verbs", verbs(READ_VERBS)));
      }
    }
    return Optional.of(
        Json.object()
            .add("kind", "APIResourceList")
            .add("apiVersion", "v1")
            .add("groupVersion", group.isEmpty() ? version : group + "/" + version)
            .add("resources", resources)
            .build());
  }

  private JsonObject aggregated(String version, List<String> groups) {
    if (!AGGREGATED_VERSIONS.contains(version)) {
      throw new IllegalArgumentException("no version of aggregated discovery: " + version);
    }
    JsonArrayBuilder items = Json.array();
    for (String group : groups) {
      JsonArrayBuilder versions = Json.array();
      for (String groupVersion : kinds.versions(group)) {
        JsonArrayBuilder resources = Json.array();
        of(group, groupVersion).forEach(kind -> resources.add(aggregated(kind)));
        versions.add(
            Json.object()
                .add("version", groupVersion)
                .add("resources", resources)
                .add("freshness", "Current"));
      }
      JsonObjectBuilder metadata = Json.object();
      if (!group.isEmpty()) {
        metadata.add("name", group);
      }
      items.add(Json.object().add("metadata", metadata).add("versions", versions));
    }
    return Json.object()
        .add("kind", "APIGroupDiscoveryList")
        .add("apiVersion", "apidiscovery.k8s.io/" + version)
        .add("metadata", Json.object())
        .add("items", items)
        .build();
  }

  private JsonObjectBuilder aggregated(Kind kind) {
    JsonObjectBuilder resource =
        Json.object()
            .add("resource", kind.plural())
            .add("responseKind", OpenApi.groupVersionKind(kind, kind.name()))
            .add("scope", kind.namespaced() ? "Namespaced" : "Cluster")
            .add("singularResource", kind.singular())
            .add("verbs", verbs(kind.verbs()));
    names(resource, kind);
    JsonArrayBuilder subresources = Json.array();
    if (kind.hasStatus()) {
      subresources.add(subresource(kind, "status", STATUS_VERBS));
    }
    kinds
        .subresources(kind)
        .forEach(part -> subresources.add(subresource(kind, part.name(), READ_VERBS)));
    JsonArray all = subresources.build();
    if (!all.isEmpty()) {
      resource.add("subresources", all);
    }
    return resource;
  }

  private static JsonObjectBuilder subresource(Kind kind, String name, List<Verb> verbs) {
    return Json.object()
        .add("subresource", name)
        .add("responseKind", OpenApi.groupVersionKind(kind, kind.name()))
        .add("verbs", verbs(verbs));
  }

  private static JsonObjectBuilder resource(Kind kind) {
    JsonObjectBuilder resource =
        Json.object()
            .add("name", kind.plural())
            .add("singularName", kind.singular())
            .add("namespaced", kind.namespaced())
            .add("kind", kind.name())
            .add("verbs", verbs(kind.verbs()));
    names(resource, kind);
    return resource;
  }

  private static void names(JsonObjectBuilder resource, Kind kind) {
    if (!kind.shortNames().isEmpty()) {
      resource.add("shortNames", Json.array(kind.shortNames()));
    }
    if (!kind.categories().isEmpty()) {
      resource.add("categories", Json.array(kind.categories()));
    }
  }

  private static JsonArrayBuilder verbs(Collection<Verb> verbs) {
    return Json.array(verbs.stream().map(Verb::wireName).sorted().toList());
  }

  private JsonObject describe(String group) {
    JsonArrayBuilder versions = Json.array();
    kinds.versions(group).forEach(version -> versions.add(groupVersion(group, version)));
    return Json.object()
        .add("name", group)
        .add("versions", versions)
        .add("preferredVersion", groupVersion(group, kinds.versions(group).getFirst()))
        .build();
  }

  private static JsonObjectBuilder groupVersion(String group, String version) {
    return Json.object().add("groupVersion", group + "/" + version).add("version", version);
  }

  private List<Kind> of(String group, String version) {
    return kinds.inGroup(group).stream().filter(k -> k.version().equals(version)).toList();
  }

  private List<String> namedGroups() {
    return kinds.groups().stream().filter(g -> !g.isEmpty()).toList();
  }
}
