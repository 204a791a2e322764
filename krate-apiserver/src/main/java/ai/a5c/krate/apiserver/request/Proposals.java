package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.admission.Admission;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.apiserver.wire.DeleteOptions;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * What a write may change of an object: metadata that only the server writes, status that only its subresource writes,
 * generation, and deletion in two steps. Follows the Kubernetes API conventions on metadata and status.
 */
final class Proposals {
  /** Members of metadata that a client cannot change. */
  private static final List<String> KEPT =
      List.of(
          "name",
          "generateName",
          "namespace",
          "uid",
          "resourceVersion",
          "generation",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds");

  private final Supplier<UUID> uids;

  Proposals(Supplier<UUID> uids) {
    this.uids = uids;
  }

  /** A new object. */
  Proposal create(WriteContext context, Registration registration, Payload.Body body) {
    ApiObject sent = new ApiObject(body.object());
    if (!sent.resourceVersion().isEmpty()) {
      throw badRequest("resourceVersion should not be set on objects to be created");
    }
    requireNamespace(context, sent);
    ApiObject object = sent;
    for (String member : List.of("deletionTimestamp", "deletionGracePeriodSeconds", "selfLink")) {
      object = object.with(null, "metadata", member);
    }
    object =
        object
            .with(null, "metadata", "resourceVersion")
            .with(null, "metadata", "managedFields")
            .withText(uids.get().toString(), "metadata", "uid")
            .withText(ApiObject.seconds(context.time()), "metadata", "creationTimestamp")
            .with(JsonTree.number(1), "metadata", "generation");
    if (context.kind().namespaced()) {
      object = object.withText(context.namespace(), "metadata", "namespace");
    }
    if (context.kind().hasStatus()) {
      object = object.with(null, "status");
    }
    object = registration.strategy().prepareCreate(context, object);
    return new Proposal(context, Admission.Operation.CREATE, null, object, body.warnings());
  }

  /** A changed object, through the main resource or its status. */
  Proposal update(
      WriteContext context, Registration registration, ApiObject old, Payload.Body body) {
    ApiObject sent = new ApiObject(body.object());
    requireSame(context, old, sent);
    List<String> warnings = new ArrayList<>(body.warnings());
    ApiObject object = context.onStatus() ? statusOf(old, sent) : mainOf(context, old, sent, warnings);
    object = registration.strategy().prepareUpdate(context, old, object);
    if (!context.onStatus() && !desired(object).equals(desired(old))) {
      object = object.with(JsonTree.number(old.generation() + 1), "metadata", "generation");
    }
    return new Proposal(context, Admission.Operation.UPDATE, old, object, warnings);
  }

  /** The removal of an object, or its mark while finalizers keep it. */
  Proposal delete(
      WriteContext context, Registration registration, ApiObject old, DeleteOptions options) {
    Kind kind = context.kind();
    String uid = options.uid();
    if (uid != null && !uid.equals(old.uid().toString())) {
      throw precondition(kind, old, "the UID in the precondition (" + uid
          + ") does not match the UID in record (" + old.uid()
          + "). The object might have been deleted and then recreated");
    }
    String version = options.resourceVersion();
    if (version != null && !version.equals(old.resourceVersion())) {
      throw precondition(kind, old, "the ResourceVersion in the precondition (" + version
          + ") does not match the ResourceVersion in record (" + old.resourceVersion()
          + "). The object might have been modified");
    }
    ApiObject object = null;
    if (registration.strategy().awaitsFinalizers(old)) {
      object = old.isTerminating() ? old : registration.strategy().prepareUpdate(
          context, old, old.terminating(context.time()));
    }
    return new Proposal(context, Admission.Operation.DELETE, old, object, List.of());
  }

  private static ApiObject mainOf(
      WriteContext context, ApiObject old, ApiObject sent, List<String> warnings) {
    ApiObject object = keepMetadata(old, sent);
    if (context.kind().hasStatus()) {
      JsonValue status = old.json().get("status");
      boolean changed = sent.json().containsKey("status") && !sent.json().get("status").equals(status);
      if (changed) {
        warnings.add("status is written by the server alone; what was sent has no effect");
      }
      object = object.with(status, "status");
    }
    return object;
  }

  private static ApiObject statusOf(ApiObject old, ApiObject sent) {
    return old.with(sent.json().get("status"), "status");
  }

  private static ApiObject keepMetadata(ApiObject old, ApiObject sent) {
    ApiObject object = sent.with(null, "metadata", "managedFields").with(null, "metadata", "selfLink");
    for (String member : KEPT) {
      object = object.with(JsonTree.objectAt(old.json(), "metadata").get(member), "metadata", member);
    }
    return object;
  }

  private static JsonObject desired(ApiObject object) {
    return object.with(null, "metadata").with(null, "status").json();
  }

  private static void requireSame(WriteContext context, ApiObject old, ApiObject sent) {
    Kind kind = context.kind();
    if (!sent.name().equals(old.name())) {
      throw badRequest(
          "the name of the object (" + sent.name() + ") does not match the name on the URL (" + old.name() + ")");
    }
    requireNamespace(context, sent);
    String uid = JsonTree.textAt(sent.json(), "metadata", "uid");
    if (!uid.isEmpty() && !uid.equals(old.uid().toString())) {
      throw new ApiException(
          new Problem.Conflict(
              kind.resource(),
              old.name(),
              "Precondition failed: UID in precondition: " + uid + ", UID in object meta: " + old.uid()));
    }
    String version = sent.resourceVersion();
    if (!version.isEmpty() && !version.equals(old.resourceVersion())) {
      requireNumber(version);
      throw new ApiException(
          new Problem.Conflict(
              kind.resource(),
              old.name(),
              "the object has been modified; please apply your changes to the latest version and try again"));
    }
  }

  private static void requireNumber(String version) {
    if (!version.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw badRequest("invalid resource version \"" + version + "\"");
    }
  }

  private static void requireNamespace(WriteContext context, ApiObject sent) {
    if (!sent.namespace().isEmpty() && !sent.namespace().equals(context.namespace())) {
      throw badRequest(
          "the namespace of the provided object does not match the namespace sent on the request");
    }
  }

  /** A PUT says what it was written against; only Kubernetes' own kinds let that out. */
  static void requireVersion(Kind kind, ApiObject sent) {
    if (sent.resourceVersion().isEmpty() && !kind.core()) {
      throw new ApiException(
          new Problem.Invalid(
              kind.group(),
              kind.name(),
              sent.name(),
              List.of(
                  FieldError.invalid(
                      "metadata.resourceVersion", 0, "must be specified for an update"))));
    }
  }

  private static ApiException precondition(Kind kind, ApiObject old, String message) {
    return new ApiException(new Problem.Conflict(kind.resource(), old.name(), message));
  }

  private static ApiException badRequest(String message) {
    return new ApiException(new Problem.BadRequest(message));
  }
}
