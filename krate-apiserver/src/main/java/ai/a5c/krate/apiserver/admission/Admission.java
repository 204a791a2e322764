package ai.a5c.krate.apiserver.admission;

import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.WriteContext;
import jakarta.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * What is asked to be admitted.
 *
 * @param operation what happens to the object
 * @param old the stored object; null for a creation
 * @param object as it would be stored, without a name and number that only the commit gives; null
 *     for a deletion
 * @param options of the request, as a CreateOptions, UpdateOptions or DeleteOptions of {@code
 *     meta.k8s.io/v1}
 */
public record Admission(
    WriteContext context,
    Operation operation,
    @Nullable ApiObject old,
    @Nullable ApiObject object,
    JsonObject options) {
  /** Kubernetes' admission operations. */
  public enum Operation {
    CREATE,
    UPDATE,
    DELETE
  }

  /** The same question about a changed object. */
  public Admission of(ApiObject changed) {
    return new Admission(context, operation, old, changed, options);
  }
}
