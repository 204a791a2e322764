package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.apiserver.admission.Admission;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.WriteContext;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request would make of an object: the body, decoded against the stored state.
 *
 * @param old the stored object, null to create
 * @param object as it would be stored; null to remove it at once
 * @param warnings for the client
 * @param options of the request, as admission sees them
 */
record Proposal(
    WriteContext context,
    Admission.Operation operation,
    @Nullable ApiObject old,
    @Nullable ApiObject object,
    List<String> warnings,
    JsonObject options) {

  Proposal {
    warnings = List.copyOf(warnings);
  }

  /** Of the object; empty if it has none yet. */
  String name() {
    return old != null ? old.name() : object != null ? object.name() : "";
  }

  /** The name, or the prefix of one that is yet to be made. */
  String shownName() {
    return old == null && object != null ? object.shownName() : name();
  }

  Proposal of(ApiObject changed) {
    return new Proposal(context, operation, old, changed, warnings, options);
  }

  /** The proposal with what else the client is to be told. */
  Proposal warned(List<String> more) {
    if (more.isEmpty()) {
      return this;
    }
    List<String> all = new ArrayList<>(warnings);
    all.addAll(more);
    return new Proposal(context, operation, old, object, all, options);
  }

  /** Admission sees a deletion as an object that is gone, even while finalizers keep it. */
  Admission admission() {
    return new Admission(
        context, operation, old, operation == Admission.Operation.DELETE ? null : object, options);
  }
}
