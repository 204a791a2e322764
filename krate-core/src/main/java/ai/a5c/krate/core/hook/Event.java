package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.meta.Revision;
import jakarta.json.JsonObject;
import java.time.Instant;

/**
 * Something that happened, as subscriptions are told of it.
 *
 * @param type what happened
 * @param ordinal tells the events of one change apart, from 0
 * @param revision of the change
 * @param time when it was committed
 * @param actor who caused it, by user name
 * @param namespace of the repository
 * @param repository by name
 * @param data what the body says of it
 */
record Event(
    EventType type,
    int ordinal,
    Revision revision,
    Instant time,
    String actor,
    String namespace,
    String repository,
    JsonObject data) {
  /** The same with another data. */
  Event with(JsonObject other) {
    return new Event(type, ordinal, revision, time, actor, namespace, repository, other);
  }
}
