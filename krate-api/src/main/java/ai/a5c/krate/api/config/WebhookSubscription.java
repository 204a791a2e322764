package ai.a5c.krate.api.config;

import ai.a5c.krate.api.core.Condition;
import ai.a5c.krate.api.schema.Column;
import ai.a5c.krate.api.schema.Default;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.ListKeys;
import ai.a5c.krate.api.schema.SetOfValues;
import ai.a5c.krate.api.schema.StorageBoundary;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Sends events to a URL. */
@Kind(
    group = ConfigurationGroup.NAME,
    version = ConfigurationGroup.VERSION,
    name = "WebhookSubscription",
    plural = "webhooksubscriptions",
    shortNames = {"hook", "khook"},
    categories = {"krate", ConfigurationGroup.CATEGORY},
    boundary = StorageBoundary.CONFIGURATION)
@Description(
    "A WebhookSubscription sends the events of repositories to a URL, signed and in order.")
public record WebhookSubscription(
    @Description("What is wanted of the subscription.") @NotNull Spec spec,
    @Description("What is known of the subscription.") Status status) {

  /** What is wanted. */
  public record Spec(
      @Description("Where events are sent: an http or https address.")
          @NotBlank
          @Size(max = 2048)
          @Pattern(regexp = "https?://[^\\s]+")
          @Column(value = "URL", order = 10)
          String url,
      @Description("The types of events to send, such as pullrequest.merged, pullrequest.* or *.")
          @NotNull
          @Size(min = 1, max = 64)
          @SetOfValues
          @Column(value = "EVENTS", order = 20)
          List<@Size(min = 1, max = 64) @Pattern(regexp = "\\*|[a-z]+(\\.([a-z]+|\\*))?") String>
              events,
      @Description("The repositories whose events are sent, or * for all.")
          @Default("[\"*\"]")
          @Size(min = 1, max = 256)
          @SetOfValues
          List<
                  @Size(min = 1, max = 63) @Pattern(regexp = "\\*|[a-z0-9]([-a-z0-9]*[a-z0-9])?")
                  String>
              repositories,
      @Description("The secrets that sign, the first one first; two during a rotation.")
          @NotNull
          @Size(min = 1, max = 2)
          List<SecretRef> secretRefs,
      @Description("Header fields to send along; deliveries record their values as ***.")
          @Size(max = 32)
          Map<String, @Size(max = 4096) String> headers,
      @Description("How long the receiver may take to answer.") @Default("10s") Duration timeout,
      @Description("When a failed delivery is tried again.") @Default("{}") Retry retry,
      @Description("Whether deliveries are held back.")
          @Default("false")
          @Column(value = "SUSPENDED", order = 50)
          boolean suspended) {
    public Spec {
      events = List.copyOf(events);
      repositories = List.copyOf(repositories);
      secretRefs = List.copyOf(secretRefs);
      headers = Collections.unmodifiableMap(new TreeMap<>(headers));
    }
  }

  /** A key of a Secret in the same namespace. */
  public record SecretRef(
      @Description("The name of the Secret.") @NotBlank @Size(max = 253) String name,
      @Description("The key in its data.")
          @NotBlank
          @Size(max = 253)
          @Pattern(regexp = "[-._a-zA-Z0-9]+")
          String key) {}

  /** When a failed delivery is tried again. */
  public record Retry(
      @Description("How often a delivery is tried at most.") @Default("12") @Min(1) @Max(100)
          int maxAttempts,
      @Description("The delay before the second attempt; it doubles with each further one.")
          @Default("5s")
          Duration initialDelay,
      @Description("The longest delay between two attempts.") @Default("1h") Duration maxDelay,
      @Description("How long after the event a delivery is given up.") @Default("72h")
          Duration deadline) {}

  /** What is known. */
  public record Status(
      @Description("How many deliveries are not finished.")
          @Default("0")
          @Column(value = "PENDING", order = 30)
          int pending,
      @Description("The delivery that was tried last.")
          @Column(value = "LAST", order = 40, of = "phase")
          @Nullable LastDelivery lastDelivery,
      @Description("How many attempts failed since one succeeded.") @Default("0")
          int failuresInARow,
      @Description(
              "Whether the subscription can be used (Ready) and its receiver answers (Delivering).")
          @ListKeys("type")
          @Size(max = 16)
          List<Condition> conditions,
      @Description("The generation that the status speaks of.") long observedGeneration) {
    public Status {
      conditions = List.copyOf(conditions);
    }
  }

  /** The delivery that was tried last. */
  public record LastDelivery(
      @Description("The name of the WebhookDelivery.") @NotBlank @Size(max = 253) String name,
      @Description("What became of it.") @NotBlank @Size(max = 32) String phase,
      @Description("When it was tried.") @NotNull Instant time) {}
}
