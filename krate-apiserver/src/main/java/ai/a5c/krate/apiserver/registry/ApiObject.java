package ai.a5c.krate.apiserver.registry;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An object of the API: an immutable JSON document with apiVersion, kind and metadata.
 *
 * @param json the whole document
 */
public record ApiObject(JsonObject json) {
  public String name() {
    return meta("name");
  }

  public String generateName() {
    return meta("generateName");
  }

  /** What it is called in a message: its name, or the prefix of one that is yet to be made. */
  public String shownName() {
    return name().isEmpty() ? generateName() : name();
  }

  /** Empty for a cluster-scoped object. */
  public String namespace() {
    return meta("namespace");
  }

  /**
   * The identity of a stored object.
   *
   * @throws IllegalStateException if it has none yet
   */
  public Uid uid() {
    String uid = meta("uid");
    if (uid.isEmpty()) {
      throw new IllegalStateException("the object has no uid yet: " + name());
    }
    return Uid.of(uid);
  }

  public String resourceVersion() {
    return meta("resourceVersion");
  }

  /** The revision at which a stored object was written. */
  public Revision revision() {
    return new Revision(Long.parseLong(resourceVersion()));
  }

  public long generation() {
    return JsonTree.at(json, "metadata", "generation")
        .map(v -> v instanceof JsonNumber n ? n.longValue() : 0L)
        .orElse(0L);
  }

  public boolean isTerminating() {
    return !meta("deletionTimestamp").isEmpty();
  }

  public List<String> finalizers() {
    return JsonTree.textsAt(json, "metadata", "finalizers");
  }

  public Map<String, String> labels() {
    var labels = new TreeMap<String, String>();
    JsonTree.objectAt(json, "metadata", "labels")
        .forEach((k, v) -> labels.put(k, v instanceof JsonString s ? s.getString() : v.toString()));
    return labels;
  }

  /** The string at the path, or empty text. */
  public String text(String... path) {
    return JsonTree.textAt(json, path);
  }

  public boolean isTrue(String... path) {
    return JsonTree.isTrue(json, path);
  }

  public Optional<JsonValue> at(String... path) {
    return JsonTree.at(json, path);
  }

  public JsonObject status() {
    return JsonTree.objectAt(json, "status");
  }

  /** This object with the value at the path; null removes what is there. */
  public ApiObject with(@Nullable JsonValue value, String... path) {
    return new ApiObject(JsonTree.with(json, value, path));
  }

  /** This object with the text at the path. */
  public ApiObject withText(String value, String... path) {
    return with(Json.text(value), path);
  }

  /** This object with the finalizer, once. */
  public ApiObject withFinalizer(String finalizer) {
    Set<String> all = new LinkedHashSet<>(finalizers());
    all.add(finalizer);
    return withFinalizers(all);
  }

  /** This object without the finalizer. */
  public ApiObject withoutFinalizer(String finalizer) {
    return withFinalizers(finalizers().stream().filter(f -> !f.equals(finalizer)).toList());
  }

  private ApiObject withFinalizers(Collection<String> finalizers) {
    return with(finalizers.isEmpty() ? null : JsonTree.texts(finalizers), "metadata", "finalizers");
  }

  public ApiObject withLabel(String label, String value) {
    return withText(value, "metadata", "labels", label);
  }

  /** This object marked for deletion: finalizers have the rest. */
  public ApiObject terminating(Instant time) {
    return withText(seconds(time), "metadata", "deletionTimestamp")
        .with(Json.number(0), "metadata", "deletionGracePeriodSeconds")
        .with(Json.number(generation() + 1), "metadata", "generation");
  }

  /** RFC 3339 in UTC, to the second, as Kubernetes writes times. */
  public static String seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private String meta(String member) {
    return JsonTree.textAt(json, "metadata", member);
  }

  /** The name only: content may be large or secret. */
  @Override
  public String toString() {
    return JsonTree.textAt(json, "kind")
        + " "
        + (namespace().isEmpty() ? "" : namespace() + "/")
        + name();
  }
}
