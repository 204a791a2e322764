package ai.a5c.krate.apiserver.wire;

import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.util.List;

/** {@code PartialObjectMetadata} documents of the group {@code meta.k8s.io}. */
public final class PartialMetadata {
  private PartialMetadata() {}

  /**
   * The metadata alone.
   *
   * @param version v1 or v1beta1
   */
  public static JsonObject of(JsonObject object, String version) {
    return Documents.object()
        .add("kind", "PartialObjectMetadata")
        .add("apiVersion", "meta.k8s.io/" + version)
        .add("metadata", Documents.metadataOf(object))
        .build();
  }

  /**
   * The metadata of each.
   *
   * @param version v1 or v1beta1
   */
  public static JsonObject list(List<JsonObject> objects, ListMeta meta, String version) {
    JsonArrayBuilder items = Documents.JSON.createArrayBuilder();
    objects.forEach(object -> items.add(of(object, version)));
    return Documents.object()
        .add("kind", "PartialObjectMetadataList")
        .add("apiVersion", "meta.k8s.io/" + version)
        .add("metadata", meta.toJson())
        .add("items", items)
        .build();
  }
}
