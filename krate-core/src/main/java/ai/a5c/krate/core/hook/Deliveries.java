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
  /** The label that names the organization of a namespace. */
  static final String ORGANIZATION_LABEL = "krate.a5c.ai/organization";

  /** The label that names the repository of a record. */
  static final String REPOSITORY_LABEL = "krate.a5c.ai/repository";

  private static final Set<WebhookDelivery.Phase> FINAL =
      EnumSet.of(WebhookDelivery.Phase.DELIVERED, WebhookDelivery.Phase.FAILED);
  private static final Pattern EVENT_NAME = Pattern.compile(".*-[0-9]{14,}-[0-9]{1,4}");
  private static final int LONGEST_PREFIX = 200;
  private static final int HASH_LENGTH = 10;
  private static final int REVISION_DIGITS = 14;

  private Deliveries() {}

  /**
   * The name of the delivery of an event: always the same, so that an event that is looked at again
   * makes nothing twice. Names of one subscription sort in the order of their events.
   */
  static String name(String subscription, Letter event) {
    String revision = event.revision().toString();
    String zeros = "0".repeat(Math.max(0, REVISION_DIGITS - revision.length()));
    return prefix(subscription) + zeros + revision + "-" + event.ordinal();
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

  /** The new object. */
  static ApiObject object(Kind kind, Draft draft, WebhookDelivery.Status status) {
    String repository = draft.letter().repository();
    return new ApiObject(
        Json.object()
            .add("apiVersion", kind.apiVersion())
            .add("kind", kind.name())
            .add(
                "metadata",
                Json.object()
                    .add("name", draft.name().name())
                    .add("namespace", draft.name().namespace())
                    .add("labels", Json.object().add(REPOSITORY_LABEL, repository)))
            .add("spec", Json.object().add("subscription", draft.subscriber().name().name()))
            .add("status", RecordCodec.write(status))
            .build());
  }

  /** The status of a delivery that was never tried. */
  static WebhookDelivery.Status first(
      EventType type, String id, String repository, WebhookDelivery.Phase phase, String payload) {
    return new WebhookDelivery.Status(
        type.wireName(), id, repository, phase, List.of(), 0, null, payload, List.of(), 1);
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
