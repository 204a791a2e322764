package ai.a5c.krate.api.records;

import ai.a5c.krate.api.core.Condition;
import ai.a5c.krate.api.schema.Column;
import ai.a5c.krate.api.schema.Default;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Immutable;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.ListKeys;
import ai.a5c.krate.api.schema.Selectable;
import ai.a5c.krate.api.schema.ServerOwned;
import ai.a5c.krate.api.schema.StorageBoundary;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One event on its way to one subscription. The server makes it when something happens; a person
 * makes one to have an event sent again, or to test a subscription.
 */
@Kind(
    group = RecordsGroup.NAME,
    version = RecordsGroup.VERSION,
    name = "WebhookDelivery",
    plural = "webhookdeliveries",
    shortNames = {"delivery", "kdelivery"},
    categories = {"krate", RecordsGroup.CATEGORY},
    boundary = StorageBoundary.RECORDS)
@Description("A WebhookDelivery is one event on its way to one subscription, with every attempt.")
public record WebhookDelivery(
    @Description("What is delivered where.") @NotNull Spec spec,
    @Description("What became of it.") Status status) {

  /** What is delivered where. */
  public record Spec(
      @Description("The WebhookSubscription, by name.")
          @NotBlank
          @Immutable
          @Selectable
          @Size(max = 253)
          @Column(value = "SUBSCRIPTION", order = 10)
          String subscription,
      @Description(
              "To send again what a finished WebhookDelivery of the same subscription has sent: its"
                  + " name.")
          @Immutable
          @Size(min = 1, max = 253)
          @Nullable String replayOf,
      @Description("To send an event hook.test: true.") @Immutable @Nullable Boolean test) {}

  /** What became of it. */
  public record Status(
      @Description("The type of the event, such as pullrequest.merged.")
          @Selectable
          @Size(max = 64)
          @Column(value = "EVENT", order = 20)
          String event,
      @Description("The id of the event, which the receiver gets as webhook-id with each attempt.")
          @Size(max = 253)
          String eventId,
      @Description("The repository that the event is of, by name.") @ServerOwned @Size(max = 63)
          String repository,
      @Description("How far it is.") @Selectable @Column(value = "PHASE", order = 30)
          @Nullable Phase phase,
      @Description("What was sent and what came back, the last 20 times.")
          @Size(max = 20)
          @Column(value = "CODE", order = 50, of = "[-1].statusCode")
          List<Attempt> attempts,
      @Description("How often it was tried.")
          @Default("0")
          @Min(0)
          @Column(value = "ATTEMPTS", order = 40)
          int attemptCount,
      @Description("When it is tried next.") @Nullable Instant nextAttemptTime,
      @Description("The exact JSON body that is sent.") @Size(max = 1_048_576) String payload,
      @Description("Further aspects of its state.") @ListKeys("type") @Size(max = 16)
          List<Condition> conditions,
      @Description("The generation that the status speaks of.") long observedGeneration) {
    public Status {
      attempts = List.copyOf(attempts);
      conditions = List.copyOf(conditions);
    }
  }

  /** How far a delivery is. */
  public enum Phase {
    PENDING,
    DELIVERED,
    RETRYING,
    FAILED,
    SUSPENDED
  }

  /** One attempt to deliver. */
  public record Attempt(
      @Description("When it was sent.") @NotNull Instant time,
      @Description("Where it was sent.") @Size(max = 2048) String url,
      @Description("The header fields that were sent, secrets as ***.") @Size(max = 64)
          Map<String, @Size(max = 8192) String> requestHeaders,
      @Description("The HTTP status code of the answer.") @Nullable Integer statusCode,
      @Description("The header fields of the answer.") @Size(max = 64)
          Map<String, @Size(max = 8192) String> responseHeaders,
      @Description("The first 4 KiB of the answer's body.") @Size(max = 4096) String responseBody,
      @Description("How long the answer took.") @Nullable Duration latency,
      @Description("Why there was no good answer.") @Size(max = 1024) String error) {
    public Attempt {
      requestHeaders = Collections.unmodifiableMap(new TreeMap<>(requestHeaders));
      responseHeaders = Collections.unmodifiableMap(new TreeMap<>(responseHeaders));
    }
  }
}
