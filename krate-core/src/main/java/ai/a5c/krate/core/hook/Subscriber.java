package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.config.WebhookSubscription;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the event source keeps of a subscription.
 *
 * @param uid of the WebhookSubscription
 * @param generation of its spec
 * @param events the patterns of the types that it wants
 * @param repositories by name, or {@code *}
 * @param secrets the names of the Secrets that sign
 * @param suspended whether its deliveries are held back
 */
record Subscriber(
    ObjectName name,
    Uid uid,
    long generation,
    Set<String> events,
    Set<String> repositories,
    Set<String> secrets,
    boolean suspended) {
  Subscriber {
    events = Set.copyOf(events);
    repositories = Set.copyOf(repositories);
    secrets = Set.copyOf(secrets);
  }

  static Subscriber of(ApiObject object) {
    var spec = RecordCodec.read(WebhookSubscription.class, object.json()).spec();
    return new Subscriber(
        new ObjectName(object.namespace(), object.name()),
        object.uid(),
        object.generation(),
        Set.copyOf(spec.events()),
        Set.copyOf(spec.repositories()),
        spec.secretRefs().stream()
            .map(WebhookSubscription.SecretRef::name)
            .collect(Collectors.toSet()),
        spec.suspended());
  }

  boolean wants(Event event) {
    return (repositories.contains("*") || repositories.contains(event.repository()))
        && events.stream().anyMatch(event.type()::matches);
  }
}
