package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.records.WebhookDelivery;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import jakarta.json.JsonObject;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.digests.SHA256Digest;

/** How an event becomes a WebhookDelivery: its name, its body and its document. */
final class Deliveries {
  /** The label that names the repository of a record. */
  static final String REPOSITORY_LABEL = "krate.a5c.ai/repository";

  /** The longest body, in characters. */
  static final int LONGEST_BODY = 512 * 1024;

  private static final Set<WebhookDelivery.Phase> FINAL =
      EnumSet.of(WebhookDelivery.Phase.DELIVERED, WebhookDelivery.Phase.FAILED);
  private static final Pattern EVENT_NAME = Pattern.compile(".*-[0-9]{14,}-[0-9]{1,4}");
  private static final int LONGEST_PREFIX = 200;
  private static final int HASH_LENGTH = 10;

  private Deliveries() {}

  /**
   * The name of the delivery of an event: always the same, so that an event that is looked at again
   * makes nothing twice. Names of one subscription sort in the order of their events.
   */
  static String name(String subscription, Event event) {
    return prefix(subscription)
        + String.format("%014d-%d", event.revision().value(), event.ordinal());
  }

  /** What the names of a subscription's deliveries begin with. */
  static String prefix(String subscription) {
    if (subscription.length() <= LONGEST_PREFIX) {
      return subscription + "-";
    }
    return subscription.substring(0, LONGEST_PREFIX - HASH_LENGTH) + "x" + hash(subscription) + "-";
  }

  /** Whether only the room itself may give a delivery this name: it is that of an event. */
  static boolean isReserved(String name) {
    return EVENT_NAME.matcher(name).matches();
  }

  /** Whether somebody asked for the delivery; otherwise it is that of an event. */
  static boolean isAsked(JsonObject delivery) {
    JsonObject spec = JsonTree.objectAt(delivery, "spec");
    return spec.containsKey("replayOf") || spec.containsKey("test");
  }

  /** Whether nothing more happens to a delivery in this phase. */
  static boolean isFinal(WebhookDelivery.Phase phase) {
    return FINAL.contains(phase);
  }

  /** Whether something is still to be done for a stored delivery. */
  static boolean isUnfinished(JsonObject delivery) {
    String phase = JsonTree.textAt(delivery, "status", "phase");
    return FINAL.stream().noneMatch(done -> text(done).equals(phase));
  }

  /** The phase as it is spelt in a status. */
  static String text(WebhookDelivery.Phase phase) {
    return phase.name().charAt(0) + phase.name().substring(1).toLowerCase(Locale.ROOT);
  }

  /** The new object, with its first status. */
  static ApiObject draft(Kind kind, Event event, Subscriber subscriber, String organization) {
    String id = EventId.of(event, subscriber.uid()).toString();
    var phase =
        subscriber.suspended() ? WebhookDelivery.Phase.SUSPENDED : WebhookDelivery.Phase.PENDING;
    WebhookDelivery.Status status =
        first(event.type(), id, event.repository(), phase, body(event, id, organization));
    JsonObject labels = Json.object().add(REPOSITORY_LABEL, event.repository()).build();
    return new ApiObject(
        Json.object()
            .add("apiVersion", kind.apiVersion())
            .add("kind", kind.name())
            .add(
                "metadata",
                Json.object()
                    .add("name", name(subscriber.name().name(), event))
                    .add("namespace", event.namespace())
                    .add("labels", labels))
            .add("spec", Json.object().add("subscription", subscriber.name().name()))
            .add("status", RecordCodec.write(status))
            .build());
  }

  /** The status of a delivery that was never tried. */
  static WebhookDelivery.Status first(
      EventType type, String id, String repository, WebhookDelivery.Phase phase, String payload) {
    return new WebhookDelivery.Status(
        type.wireName(), id, repository, phase, List.of(), 0, null, payload, List.of(), 1);
  }

  /** The exact text that is sent; what an object is too large for is left out. */
  static String body(Event event, String id, String organization) {
    String whole = body(event, id, organization, event.data());
    if (whole.length() <= LONGEST_BODY) {
      return whole;
    }
    JsonObject shorter = JsonTree.with(event.data(), null, "old");
    String without = body(event, id, organization, shorter);
    if (without.length() <= LONGEST_BODY) {
      return without;
    }
    JsonObject bare =
        Json.object()
            .add("object", identity(JsonTree.objectAt(event.data(), "object")))
            .add("truncated", true)
            .build();
    return body(event, id, organization, bare);
  }

  /** An object by name and version, and nothing of what it says. */
  static JsonObject identity(JsonObject object) {
    var metadata = Json.object();
    for (String member : List.of("name", "namespace", "uid", "resourceVersion")) {
      metadata.add(member, JsonTree.textAt(object, "metadata", member));
    }
    return Json.object()
        .add("apiVersion", JsonTree.textAt(object, "apiVersion"))
        .add("kind", JsonTree.textAt(object, "kind"))
        .add("metadata", metadata)
        .build();
  }

  private static String body(Event event, String id, String organization, JsonObject data) {
    return Json.write(
            Json.object()
                .add("id", id)
                .add("type", event.type().wireName())
                .add("timestamp", event.time().toString())
                .add("organization", organization)
                .add("repository", event.repository())
                .add("actor", Json.object().add("name", event.actor()))
                .add("revision", event.revision().value())
                .add("data", data)
                .build())
        .utf8();
  }

  private static String hash(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    var digest = new SHA256Digest();
    digest.update(bytes, 0, bytes.length);
    byte[] hash = new byte[digest.getDigestSize()];
    digest.doFinal(hash, 0);
    return new BigInteger(1, hash).toString(Character.MAX_RADIX).substring(0, HASH_LENGTH);
  }
}
