package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.records.WebhookDelivery;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.WriteContext;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The deliveries that somebody asks for: replays, which send again under the same webhook-id what
 * was sent before, and tests.
 */
final class Asked {
  private static final String[] REPLAY = {"spec", "replayOf"};

  private final HookKinds kinds;
  private final Objects objects;

  Asked(HookKinds kinds, Objects objects) {
    this.kinds = kinds;
    this.objects = objects;
  }

  /** The new delivery with what it will send, as far as what it asks for makes sense. */
  ApiObject prepared(WriteContext context, ApiObject object) {
    ApiObject bare = labelled(object, "").with(null, "status");
    Optional<ApiObject> subscription = subscription(context, object);
    if (subscription.isEmpty() || !asksForOne(object)) {
      return bare;
    }
    Optional<ApiObject> original = original(context, object);
    if (original.isPresent()) {
      return with(bare, again(original.get()));
    }
    return object.isTrue("spec", "test")
        ? with(bare, test(context, object, subscription.get()))
        : bare;
  }

  /** What is wrong with what is asked for. */
  List<FieldError> errors(WriteContext context, ApiObject object) {
    List<FieldError> errors = new ArrayList<>();
    String name = object.text("spec", "subscription");
    Optional<ApiObject> subscription = subscription(context, object);
    if (subscription.isEmpty()) {
      errors.add(FieldError.notFound("spec.subscription", name));
    }
    boolean replay = !object.text(REPLAY).isEmpty();
    if (replay && object.at("spec", "test").isPresent()) {
      errors.add(FieldError.forbidden("spec.test", "a delivery is a replay or a test, not both"));
    } else if (replay) {
      replayFault(context, object, subscription).ifPresent(errors::add);
    } else if (object.at("spec", "test").isEmpty()) {
      errors.add(FieldError.required("spec.replayOf", "or spec.test: one of them is needed"));
    } else if (!object.isTrue("spec", "test")) {
      errors.add(FieldError.invalid("spec.test", false, "it is true, or left out"));
    }
    return errors;
  }

  private Optional<FieldError> replayFault(
      WriteContext context, ApiObject object, Optional<ApiObject> subscription) {
    String field = String.join(".", REPLAY);
    String named = object.text(REPLAY);
    Optional<ApiObject> found = original(context, object);
    if (found.isEmpty()) {
      return Optional.of(FieldError.notFound(field, named));
    }
    ApiObject original = found.get();
    String its = original.text("spec", "subscription");
    if (!its.equals(object.text("spec", "subscription"))) {
      return Optional.of(
          FieldError.invalid(field, named, "it is a delivery of the subscription " + its));
    }
    boolean earlier =
        subscription.isPresent()
            && EventId.subscription(original.text("status", "eventId"))
                .filter(uid -> uid.equals(subscription.get().uid()))
                .isEmpty();
    if (earlier) {
      return Optional.of(
          FieldError.invalid(
              field, named, "it is of an earlier subscription of that name, which was deleted"));
    }
    return Deliveries.isUnfinished(original.json())
        ? Optional.of(
            FieldError.invalid(
                field, named, "it is still to be sent: only what is finished is replayed"))
        : Optional.empty();
  }

  private static boolean asksForOne(ApiObject object) {
    return object.text(REPLAY).isEmpty() != object.at("spec", "test").isEmpty();
  }

  private Optional<ApiObject> subscription(WriteContext context, ApiObject object) {
    return find(kinds.subscription(), context, object.text("spec", "subscription"));
  }

  private Optional<ApiObject> original(WriteContext context, ApiObject object) {
    return find(kinds.delivery(), context, object.text(REPLAY));
  }

  private Optional<ApiObject> find(Kind kind, WriteContext context, String name) {
    return name.isEmpty() ? Optional.empty() : objects.get(kind, context.namespace(), name);
  }

  private static WebhookDelivery.Status again(ApiObject original) {
    WebhookDelivery.Status sent = Desk.status(original);
    return new WebhookDelivery.Status(
        sent.event(),
        sent.eventId(),
        sent.repository(),
        WebhookDelivery.Phase.PENDING,
        List.of(),
        0,
        null,
        sent.payload(),
        List.of(),
        1);
  }

  private WebhookDelivery.Status test(
      WriteContext context, ApiObject object, ApiObject subscription) {
    List<String> named =
        RecordCodec.read(ai.a5c.krate.api.config.WebhookSubscription.class, subscription.json())
            .spec()
            .repositories();
    String repository = named.size() == 1 && !named.getFirst().equals("*") ? named.getFirst() : "";
    JsonObject data = Json.object().add("object", Letter.identity(subscription.json())).build();
    var event =
        new Event(
            EventType.HOOK_TEST,
            0,
            objects.records().head(),
            context.time(),
            context.subject().name(),
            context.namespace(),
            repository,
            data);
    String id = EventId.ofTest(object.uid(), subscription.uid());
    return Deliveries.first(
        event.type(),
        id,
        repository,
        WebhookDelivery.Phase.PENDING,
        Letter.of(event, organization(context.namespace())).body(id));
  }

  private String organization(String namespace) {
    return objects
        .get(kinds.namespace(), "", namespace)
        .map(object -> object.labels().getOrDefault(Deliveries.ORGANIZATION_LABEL, ""))
        .orElse("");
  }

  private static ApiObject with(ApiObject object, WebhookDelivery.Status status) {
    return labelled(object, status.repository()).with(RecordCodec.write(status), "status");
  }

  /** The object with the label of its repository, or without one. */
  static ApiObject labelled(ApiObject object, String repository) {
    return repository.isEmpty()
        ? object.with(null, "metadata", "labels", Deliveries.REPOSITORY_LABEL)
        : object.withLabel(Deliveries.REPOSITORY_LABEL, repository);
  }
}
