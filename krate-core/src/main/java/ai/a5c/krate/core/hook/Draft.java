package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.records.WebhookDelivery;
import ai.a5c.krate.apiserver.controller.ObjectName;

/**
 * The delivery of an event to one subscription, before it is stored.
 *
 * @param name that the delivery will have
 * @param id that the receiver gets
 * @param subscriber as it was when the event happened
 * @param since when it was made, by the clock of the environment in nanoseconds
 */
record Draft(ObjectName name, String id, Letter letter, Subscriber subscriber, long since) {
  static Draft of(Letter letter, Subscriber subscriber, long since) {
    return new Draft(
        new ObjectName(letter.namespace(), Deliveries.name(subscriber.name().name(), letter)),
        EventId.of(letter, subscriber.uid()).toString(),
        letter,
        subscriber,
        since);
  }

  /** The status of the delivery while it was not tried. */
  WebhookDelivery.Status untried() {
    return Deliveries.first(
        letter.type(),
        id,
        letter.repository(),
        subscriber.suspended() ? WebhookDelivery.Phase.SUSPENDED : WebhookDelivery.Phase.PENDING,
        letter.body(id));
  }
}
