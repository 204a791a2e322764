package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.admission.Admission;
import ai.a5c.krate.apiserver.kind.Decoder;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.ObjectMetaValidation;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Registration;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.apiserver.wire.DeleteOptions;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * What a write may change of an object: metadata that only the server writes, status that only its
 * subresource writes, generation, and deletion in two steps. Follows the Kubernetes API conventions
 * on metadata and status.
 */
final class Proposals {
  /** Members of metadata that are left out where they are empty, as Kubernetes leaves them out. */
  private static final List<String> COLLECTIONS =
      List.of("labels", "annotations", "finalizers", "ownerReferences");

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

  /** Members of metadata that no client can give a new object. */
  private static final List<String> NOT_SENT =
      List.of(
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "selfLink",
          "resourceVersion",
          "managedFields");

  private final Supplier<UUID> uids;

  Proposals(Supplier<UUID> uids) {
    this.uids = uids;
  }

  /** A new object. */
  Proposal create(WriteContext context, Registration registration, Payload.Body body) {
    ApiObject sent = new ApiObject(body.object());
    if (isVersion(sent.resourceVersion())) {
      throw badRequest("resourceVersion should not be set on objects to be created");
    }
    requireNamespace(context, sent);
    List<String> warnings = new ArrayList<>(body.warnings());
    ApiObject object = tidy(sent, warnings);
    JsonObjectBuilder metadata = Json.object(JsonTree.objectAt(object.json(), "metadata"));
    NOT_SENT.forEach(metadata::remove);
    metadata
        .add("uid", uids.get().toString())
        .add("creationTimestamp", ApiObject.seconds(context.time()))
        .add("generation", 1);
    if (context.kind().namespaced()) {
      metadata.add("namespace", context.namespace());
    }
    JsonObjectBuilder whole = Json.object(object.json()).add("metadata", metadata);
    JsonValue status = body.firstStatus();
    if (status != null && context.kind().hasStatus()) {
      whole.add("status", status);
    } else if (context.kind().hasStatus()) {
      whole.remove("status");
    }
    object = new ApiObject(whole.build());
    object = registration.strategy().prepareCreate(context, object);
    return new Proposal(
        context, Admission.Operation.CREATE, null, object, warnings, body.options());
  }

  /**
   * A changed object, through the main resource or its status.
   *
   * @param patched whether the body is the stored object with a patch, rather than a whole one that
   *     may have been written against another object of the same name
   */
  Proposal update(
      WriteContext context,
      Registration registration,
      ApiObject old,
      Payload.Body body,
      boolean patched) {
    ApiObject sent = new ApiObject(body.object());
    requireSame(context, old, sent, patched);
    List<String> warnings = new ArrayList<>(body.warnings());
    ApiObject object =
        context.onStatus() ? statusOf(old, sent) : mainOf(context, old, sent, warnings);
    object = registration.strategy().prepareUpdate(context, old, object);
    return counted(
        new Proposal(context, Admission.Operation.UPDATE, old, object, warnings, body.options()));
  }

  /**
   * The proposal with the generation that it has by what it wants: one more than the stored
   * object's if that is something else.
   */
  static Proposal counted(Proposal proposal) {
    ApiObject old = proposal.old();
    ApiObject object = proposal.object();
    if (old == null
        || object == null
        || proposal.operation() != Admission.Operation.UPDATE
        || proposal.context().onStatus()) {
      return proposal;
    }
    long generation = old.generation() + (desired(object).equals(desired(old)) ? 0 : 1);
    return object.generation() == generation
        ? proposal
        : proposal.of(object.with(Json.number(generation), "metadata", "generation"));
  }

  /** What admission has made of an object, without what admission cannot change. */
  static ApiObject settled(WriteContext context, ApiObject before, ApiObject mutated) {
    Kind kind = context.kind();
    ApiObject decoded = new ApiObject(Decoder.decode(kind, mutated.json(), List.of()).object());
    if (context.onStatus()) {
      return statusOf(before, decoded);
    }
    ApiObject object = keepMetadata(before, tidy(decoded, new ArrayList<>()));
    return kind.hasStatus() ? object.with(before.json().get("status"), "status") : object;
  }

  /** The removal of an object, or its mark while finalizers keep it. */
  Proposal delete(
      WriteContext context, Registration registration, ApiObject old, DeleteOptions options) {
    Kind kind = context.kind();
    String uid = options.uid();
    if (uid != null && !uid.equals(old.uid().toString())) {
      throw precondition(
          kind,
          old,
          "the UID in the precondition ("
              + uid
              + ") does not match the UID in record ("
              + old.uid()
              + "). The object might have been deleted and then recreated");
    }
    String version = options.resourceVersion();
    if (version != null && !version.equals(old.resourceVersion())) {
      throw precondition(
          kind,
          old,
          "the ResourceVersion in the precondition ("
              + version
              + ") does not match the ResourceVersion in record ("
              + old.resourceVersion()
              + "). The object might have been modified");
    }
    ApiObject object = null;
    if (registration.strategy().awaitsFinalizers(old)) {
      object =
          old.isTerminating()
              ? old
              : registration
                  .strategy()
                  .prepareUpdate(context, old, old.terminating(context.time()));
    }
    return new Proposal(
        context, Admission.Operation.DELETE, old, object, List.of(), WireOptions.of(options));
  }

  private static ApiObject mainOf(
      WriteContext context, ApiObject old, ApiObject sent, List<String> warnings) {
    ApiObject object = keepMetadata(old, tidy(sent, warnings));
    if (context.kind().hasStatus()) {
      JsonValue status = old.json().get("status");
      boolean changed =
          sent.json().containsKey("status") && !sent.json().get("status").equals(status);
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
    ApiObject object =
        sent.with(null, "metadata", "managedFields").with(null, "metadata", "selfLink");
    for (String member : KEPT) {
      object =
          object.with(JsonTree.objectAt(old.json(), "metadata").get(member), "metadata", member);
    }
    return object;
  }

  private static ApiObject tidy(ApiObject sent, List<String> warnings) {
    ObjectMetaValidation.Deduplicated deduplicated =
        ObjectMetaValidation.withoutDuplicateOwners(sent.json());
    warnings.addAll(deduplicated.warnings());
    ApiObject object = new ApiObject(deduplicated.object());
    for (String member : COLLECTIONS) {
      JsonValue value = JsonTree.objectAt(object.json(), "metadata").get(member);
      boolean empty =
          (value instanceof JsonObject members && members.isEmpty())
              || (value instanceof JsonArray items && items.isEmpty());
      if (empty) {
        object = object.with(null, "metadata", member);
      }
    }
    return object;
  }

  private static JsonObject desired(ApiObject object) {
    return object.with(null, "metadata").with(null, "status").json();
  }

  private static void requireSame(
      WriteContext context, ApiObject old, ApiObject sent, boolean patched) {
    Kind kind = context.kind();
    if (!sent.name().equals(old.name())) {
      throw badRequest(
          "the name of the object ("
              + sent.name()
              + ") does not match the name on the URL ("
              + old.name()
              + ")");
    }
    requireNamespace(context, sent);
    requireUid(kind, old, sent, patched);
    String version = sent.resourceVersion();
    if (isVersion(version) && !version.equals(old.resourceVersion())) {
      throw new ApiException(
          new Problem.Conflict(
              kind.resource(),
              old.name(),
              "the object has been modified; please apply your changes to the latest version and"
                  + " try again"));
    }
  }

  private static void requireUid(Kind kind, ApiObject old, ApiObject sent, boolean patched) {
    String uid = JsonTree.textAt(sent.json(), "metadata", "uid");
    if (uid.isEmpty() || uid.equals(old.uid().toString())) {
      return;
    }
    throw new ApiException(
        patched
            ? new Problem.Invalid(
                kind.group(),
                kind.name(),
                old.name(),
                List.of(FieldError.invalid("metadata.uid", uid, "field is immutable")))
            : new Problem.Conflict(
                kind.resource(),
                old.name(),
                "Precondition failed: UID in precondition: "
                    + uid
                    + ", UID in object meta: "
                    + old.uid()));
  }

  /** Whether the text names a version; {@code 0} is as good as nothing. */
  private static boolean isVersion(String version) {
    if (!version.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw badRequest("invalid resource version \"" + version + "\"");
    }
    return !version.isEmpty() && !version.equals("0");
  }

  private static void requireNamespace(WriteContext context, ApiObject sent) {
    if (!sent.namespace().isEmpty() && !sent.namespace().equals(context.namespace())) {
      throw badRequest(
          "the namespace of the provided object does not match the namespace sent on the request");
    }
  }

  /** A PUT says what it was written against; only Kubernetes' own kinds let that out. */
  static void requireVersion(Kind kind, ApiObject sent) {
    if (!isVersion(sent.resourceVersion()) && !kind.core()) {
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
    GroupResource named = new GroupResource(kind.group(), kind.name());
    return new ApiException(new Problem.Conflict(named, old.name(), message));
  }

  private static ApiException badRequest(String message) {
    return new ApiException(new Problem.BadRequest(message));
  }
}
