package ai.a5c.krate.testkit.api;

import jakarta.json.JsonObject;

/**
 * A namespaced kind with spec and status that {@link ApiConformance} may play with.
 *
 * @param group not the core group
 * @param kind in CamelCase
 * @param spec the smallest that is valid; the suite creates many objects with it
 * @param text a string member of the spec that may be changed to any short word
 * @param invalidSpec a spec that the schema refuses
 * @param status what a client with all rights may write as the status
 */
public record TestedKind(
    String group,
    String version,
    String plural,
    String kind,
    JsonObject spec,
    String text,
    JsonObject invalidSpec,
    JsonObject status) {
  /** {@code group/version}. */
  public String apiVersion() {
    return group + "/" + version;
  }

  String collection(String namespace) {
    return "/apis/" + apiVersion() + "/namespaces/" + namespace + "/" + plural;
  }

  String everywhere() {
    return "/apis/" + apiVersion() + "/" + plural;
  }
}
