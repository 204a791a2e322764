package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.apiserver.kind.Kind;

/**
 * The text around the items of a list, so that a long list is written item by item and never held
 * as a whole: the opening, the items with a comma between each two, the closing. Metadata comes
 * last, when it is known where the page ended.
 *
 * @param opening ends where the first item begins
 */
public record ListFrame(String opening) {
  /** A list of whole objects. */
  public static ListFrame objects(Kind kind) {
    return new ListFrame(head(kind.name() + "List", kind.apiVersion()) + ",\"items\":[");
  }

  /** A table; its items are rows. */
  public static ListFrame rows(Tables tables) {
    return new ListFrame(
        head("Table", "meta.k8s.io/" + tables.version())
            + ",\"columnDefinitions\":"
            + tables.columnDefinitions()
            + ",\"rows\":[");
  }

  /**
   * A list of metadata.
   *
   * @param version v1 or v1beta1
   */
  public static ListFrame metadata(String version) {
    return new ListFrame(
        head("PartialObjectMetadataList", "meta.k8s.io/" + version) + ",\"items\":[");
  }

  private static String head(String kind, String apiVersion) {
    return "{\"kind\":" + Documents.text(kind) + ",\"apiVersion\":" + Documents.text(apiVersion);
  }

  /** What follows the last item. */
  public String closing(ListMeta meta) {
    return "],\"metadata\":" + meta.toJson() + "}";
  }
}
