package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Scope;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import java.util.List;
import java.util.Optional;

/** WebhookDeliveries are made by this room alone, and nobody else says what became of them. */
final class DeliveryStrategy implements Strategy {
  private final GroupResource repositories;

  DeliveryStrategy(GroupResource repositories) {
    this.repositories = repositories;
  }

  /** The repository of the event, as the server wrote it down. */
  @Override
  public Optional<Scope> scope() {
    return Optional.of(
        new Scope(
            repositories,
            delivery ->
                Optional.of(delivery.text("status", "repository"))
                    .filter(name -> !name.isEmpty())));
  }

  @Override
  public ApiObject prepareCreate(WriteContext context, ApiObject object) {
    if (!isHooks(context)) {
      throw forbidden(
          context,
          object,
          "deliveries are made by the server for the events of a subscription; replays and test"
              + " deliveries are not served yet");
    }
    return object;
  }

  @Override
  public ApiObject prepareUpdate(WriteContext context, ApiObject old, ApiObject object) {
    if (context.onStatus() && !isHooks(context)) {
      throw forbidden(context, object, "the status of a delivery is written by the server alone");
    }
    return object;
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
