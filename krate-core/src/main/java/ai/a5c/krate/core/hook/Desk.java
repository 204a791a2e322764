package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.config.WebhookSubscription;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.api.records.WebhookDelivery;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.StoredObject;
import jakarta.json.JsonObject;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Where deliveries and their subscriptions are looked up and written. */
final class Desk {
  private static final int PAGE = 500;

  private final Client client;
  private final Objects objects;
  private final HookKinds kinds;
  private final Cache<ObjectName, Optional<Recipient>> subscriptions;

  /** A subscription and its uid; the status is one that it had. */
  record Recipient(Uid uid, WebhookSubscription subscription) {
    private static Recipient of(ApiObject object) {
      return new Recipient(
          object.uid(), RecordCodec.read(WebhookSubscription.class, object.json()));
    }
  }

  Desk(Client client, Objects objects, HookKinds kinds) {
    this.client = client;
    this.objects = objects;
    this.kinds = kinds;
    this.subscriptions =
        new Cache<>(
            name ->
                client.get(kinds.subscription(), name.namespace(), name.name()).map(Recipient::of));
  }

  Optional<ApiObject> delivery(ObjectName name) {
    return client.get(kinds.delivery(), name.namespace(), name.name());
  }

  /** The subscription as it is, as far as the log has been read. */
  Optional<Recipient> subscription(ObjectName name) {
    return subscriptions.get(name);
  }

  /** Reads such subscriptions again, which may have changed. */
  void forget(Predicate<ObjectName> changed) {
    subscriptions.forget(changed);
  }

  static WebhookDelivery.Status status(ApiObject delivery) {
    return RecordCodec.read(WebhookDelivery.class, delivery.json()).status();
  }

  /** The delivery with that status. */
  static ApiObject with(ApiObject delivery, WebhookDelivery.Status status) {
    return delivery.with(RecordCodec.write(status), "status");
  }

  /** A page of deliveries by namespace and name. */
  Listing deliveries(
      @Nullable String namespace, ListRequest.@Nullable Place after, @Nullable Revision at) {
    return objects.list(kinds.delivery(), namespace, after, PAGE, at);
  }

  /**
   * Adds names of the unfinished deliveries of a subscription's events, in order.
   *
   * @param from only names after this one; empty from the first
   * @param most how many names to add at most
   * @return whether there are no more
   */
  boolean unfinished(ObjectName subscription, String from, int most, Set<String> found) {
    String prefix = Deliveries.prefix(subscription.name());
    String at = from.isEmpty() ? prefix : from;
    while (true) {
      var place = new ListRequest.Place(subscription.namespace(), at);
      Listing page = deliveries(subscription.namespace(), place, null);
      for (StoredObject object : page.objects()) {
        at = object.key().name();
        if (!at.startsWith(prefix)) {
          return true;
        }
        if (found.size() == most) {
          return false;
        }
        JsonObject json = Json.stored(object.content());
        if (Deliveries.isUnfinished(json)
            && !Deliveries.isAsked(json)
            && JsonTree.textAt(json, "spec", "subscription").equals(subscription.name())) {
          found.add(at);
        }
      }
      if (!page.more() || page.objects().isEmpty()) {
        return true;
      }
    }
  }
}
