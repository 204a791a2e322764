package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.Scope;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The life of a delivery: this room makes those of events, people ask for replays and tests, and
 * only the room says what became of any.
 */
final class DeliveryStrategy implements Strategy {
  /** How many deliveries of a subscription may wait that were asked for. */
  static final int MOST_ASKED = 10_000;

  private static final Duration LATER = Duration.ofSeconds(1);

  private final HookKinds kinds;
  private final Asked asked;
  private final ToIntFunction<ObjectName> waiting;

  /**
   * A strategy.
   *
   * @param waiting how many deliveries of a subscription wait that were asked for
   */
  DeliveryStrategy(HookKinds kinds, Asked asked, ToIntFunction<ObjectName> waiting) {
    this.kinds = kinds;
    this.asked = asked;
    this.waiting = waiting;
  }

  /** The repository of the event, as the server wrote it down. */
  @Override
  public Optional<Scope> scope() {
    return Optional.of(
        new Scope(
            kinds.repository().resource(),
            delivery ->
                Optional.of(delivery.text("status", "repository")).filter(name -> !name.isEmpty()),
            List.of("spec.replayOf", "spec.subscription")));
  }

  @Override
  public ApiObject prepareCreate(WriteContext context, ApiObject object) {
    return isHooks(context) ? object : asked.prepared(context, object);
  }

  @Override
  public ApiObject prepareUpdate(WriteContext context, ApiObject old, ApiObject object) {
    if (!context.onStatus()) {
      return Asked.labelled(object, old.text("status", "repository"));
    }
    if (!isHooks(context)) {
      throw forbidden(context, object, "the status of a delivery is written by the server alone");
    }
    return object;
  }

  /** Who tests a subscription may at least read it; who replays has read what was sent to it. */
  @Override
  public List<Claim> claims(WriteContext context, @Nullable ApiObject old, ApiObject object) {
    return old == null && object.isTrue("spec", "test")
        ? List.of(
            new Claim(
                "get", kinds.subscription().resource(), "", object.text("spec", "subscription")))
        : List.of();
  }

  @Override
  public List<FieldError> validate(
      WriteContext context, @Nullable ApiObject old, ApiObject object) {
    if (old != null || isHooks(context)) {
      return List.of();
    }
    List<FieldError> errors = new ArrayList<>(asked.errors(context, object));
    if (Deliveries.isReserved(object.name())) {
      errors.add(
          FieldError.invalid(
              "metadata.name",
              object.name(),
              "such names are those of events; choose another, or a generateName"));
    }
    if (errors.isEmpty()) {
      requireRoom(new ObjectName(context.namespace(), object.text("spec", "subscription")));
    }
    return errors;
  }

  private void requireRoom(ObjectName subscription) {
    if (waiting.applyAsInt(subscription) >= MOST_ASKED) {
      throw new ApiException(
          new Problem.TooManyRequests(
              MOST_ASKED
                  + " replays and tests of the subscription \""
                  + subscription.name()
                  + "\" wait already",
              LATER));
    }
  }

  private static boolean isHooks(WriteContext context) {
    return context.subject().name().equals(HookRoom.SUBJECT);
  }

  private static ApiException forbidden(WriteContext context, ApiObject object, String why) {
    var resource = context.kind().resource();
    String named = object.name().isEmpty() ? "" : " \"" + object.name() + "\"";
    return new ApiException(
        new Problem.Forbidden(
            resource, object.name(), resource + named + " is forbidden: " + why, List.of()));
  }
}
