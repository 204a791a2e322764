package ai.a5c.krate.core.tenancy;

import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import jakarta.json.JsonValue;
import java.util.List;

/**
 * Namespaces are emptied before they go; only the controller that empties them says that they are.
 */
final class NamespaceStrategy implements Strategy {
  private static final String NAME_LABEL = "kubernetes.io/metadata.name";

  @Override
  public ApiObject prepareCreate(WriteContext context, ApiObject object) {
    ApiObject named =
        object.name().isEmpty() ? object : object.withLabel(NAME_LABEL, object.name());
    return named
        .with(Json.array(List.of("kubernetes")).build(), "spec", "finalizers")
        .withText("Active", "status", "phase");
  }

  @Override
  public ApiObject prepareUpdate(WriteContext context, ApiObject old, ApiObject object) {
    ApiObject kept = object.withLabel(NAME_LABEL, object.name());
    if (!context.subject().name().equals(NamespaceReconciler.SUBJECT)) {
      JsonValue spec = old.json().get("spec");
      kept = kept.with(spec, "spec");
    }
    return kept.isTerminating() ? kept.withText("Terminating", "status", "phase") : kept;
  }

  @Override
  public boolean awaitsFinalizers(ApiObject object) {
    return !object.finalizers().isEmpty() || object.at("spec", "finalizers").isPresent();
  }
}
