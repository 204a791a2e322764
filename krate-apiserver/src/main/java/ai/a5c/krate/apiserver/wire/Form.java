package ai.a5c.krate.apiserver.wire;

/** The form in which a client wants an answer; each is JSON. */
public sealed interface Form {
  /** The media type of plain JSON. */
  String JSON = "application/json";

  /** The object or list itself. */
  record Plain() implements Form {}

  /**
   * A table of printed cells.
   *
   * @param version of the group {@code meta.k8s.io}: v1 or v1beta1
   */
  record Table(String version) implements Form {}

  /**
   * The metadata alone, of an object or of the items of a list.
   *
   * @param version of the group {@code meta.k8s.io}: v1 or v1beta1
   */
  record PartialMetadata(String version) implements Form {}

  /**
   * Aggregated discovery.
   *
   * @param version of the group {@code apidiscovery.k8s.io}: v2 or v2beta1
   */
  record AggregatedDiscovery(String version) implements Form {}

  /** The Content-Type of an answer in this form. Aggregated discovery must say what it is. */
  default String contentType() {
    return this instanceof AggregatedDiscovery(String version)
        ? JSON + ";g=apidiscovery.k8s.io;v=" + version + ";as=APIGroupDiscoveryList"
        : JSON;
  }
}
