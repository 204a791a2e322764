package ai.a5c.krate.core.hook;

import ai.a5c.krate.apiserver.registry.ApiObject;
import java.util.Comparator;

/**
 * Where a delivery stands in its lane.
 *
 * @param order what is sent first is less
 * @param name of the delivery
 */
record Place(String order, String name) implements Comparable<Place> {
  private static final Comparator<Place> COMPARATOR =
      Comparator.comparing(Place::order).thenComparing(Place::name);

  /** The delivery of an event, whose name has the place of the event in the log. */
  static Place ofEvent(String name) {
    return new Place(name, name);
  }

  /**
   * A delivery that somebody asked for: in the order of asking, and what was asked for in the same
   * second in the order of the events.
   */
  static Place ofAsked(ApiObject delivery) {
    String time = delivery.text("metadata", "creationTimestamp");
    String event =
        EventId.parse(delivery.text("status", "eventId"))
            .map(id -> String.format("%019d-%04d", id.revision().value(), id.ordinal()))
            .orElse("");
    return new Place(time + "/" + event, delivery.name());
  }

  @Override
  public int compareTo(Place other) {
    return COMPARATOR.compare(this, other);
  }
}
