package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.spi.storage.Template;
import java.util.List;
import java.util.Optional;

/** Writes what is stored and never served into transactions, or lets them depend on it. */
public final class Indexes {
  private Indexes() {}

  /** Adds the writing of an index in the place of what was read. */
  public static void put(
      Plan plan, Kind kind, Optional<ApiObject> read, String key, Record content) {
    var metadata = Json.object().add("name", key);
    read.ifPresent(old -> metadata.add("resourceVersion", old.resourceVersion()));
    ApiObject object =
        new ApiObject(
            Json.object(RecordCodec.write(content))
                .add("apiVersion", kind.apiVersion())
                .add("kind", kind.name())
                .add("metadata", metadata)
                .build());
    plan.add(
        new Step.Write(
            kind,
            read.orElse(null),
            object,
            Template.of(key),
            List.of(Plan.resourceVersion(plan.steps().size()))));
  }

  /** Adds the removal of an index that was read. */
  public static void drop(Plan plan, Kind kind, ApiObject read) {
    plan.remove(kind, read.revision(), read);
  }

  /** Lets the transaction depend on the index being as it was read, unless it is written by it. */
  public static void require(Plan plan, Kind kind, Optional<ApiObject> read, String key) {
    if (!touches(plan, kind, "", key)) {
      Revision at = read.map(ApiObject::revision).orElse(null);
      plan.add(new Step.Require(kind, "", key, at));
    }
  }

  /** Whether a step of the plan writes, removes or requires the object. */
  public static boolean touches(Plan plan, Kind kind, String namespace, String name) {
    return plan.steps().stream().anyMatch(step -> is(step, kind, namespace, name));
  }

  private static boolean is(Step step, Kind kind, String namespace, String name) {
    return switch (step) {
      case Step.Write write -> is(write.kind(), write.object(), kind, namespace, name);
      case Step.Remove remove -> is(remove.kind(), remove.last(), kind, namespace, name);
      case Step.Require require ->
          require.kind().equals(kind)
              && require.namespace().equals(namespace)
              && require.name().equals(name);
      default -> false;
    };
  }

  private static boolean is(
      Kind kind, ApiObject object, Kind wanted, String namespace, String name) {
    return kind.equals(wanted)
        && object.namespace().equals(namespace)
        && object.name().equals(name);
  }
}
