package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.config.WebhookSubscription;
import ai.a5c.krate.api.core.Condition;
import ai.a5c.krate.api.records.WebhookDelivery;
import ai.a5c.krate.api.records.WebhookDelivery.Phase;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Environment;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the first delivery of a lane a step further: an attempt if it is due, and what came of it
 * into its status. An attempt whose outcome was not written before a crash is made again; what is
 * finished is written while the lane goes on.
 */
final class Post implements Lane.Stop {
  private static final Logger LOG = System.getLogger(Post.class.getName());
  private static final int KEPT_ATTEMPTS = 20;
  private static final Duration UNTIL_NUDGED = Duration.ofDays(1);

  private final Desk desk;
  private final DeliveryWriter writer;
  private final Courier courier;
  private final Consumer<ObjectName> progressed;
  private final Environment environment;

  /**
   * Looks deliveries up at the desk.
   *
   * @param progressed told of subscriptions of which something new is known
   */
  Post(
      Desk desk,
      DeliveryWriter writer,
      Courier courier,
      Consumer<ObjectName> progressed,
      Environment environment) {
    this.desk = desk;
    this.writer = writer;
    this.courier = courier;
    this.progressed = progressed;
    this.environment = environment;
  }

  /** A delivery that is not finished, and its subscription. */
  private record Open(
      ObjectName name,
      Instant created,
      WebhookDelivery.Status status,
      WebhookSubscription subscription) {}

  /** What becomes of a delivery after an attempt. */
  private record Next(Phase phase, @Nullable Instant time, Duration delay) {
    boolean isFinal() {
      return Deliveries.isFinal(phase);
    }

    Optional<Duration> pause() {
      return isFinal() ? Optional.empty() : Optional.of(delay);
    }
  }

  /** An attempt that was made, and what becomes of its delivery. */
  private record Made(WebhookDelivery.Attempt attempt, Next next) {
    WebhookDelivery.Status after(WebhookDelivery.Status status) {
      return Post.after(status, attempt, next);
    }
  }

  @Override
  public void send(Lane lane, Draft draft) throws InterruptedException {
    Optional<Desk.Recipient> recipient =
        desk.subscription(lane.subscription())
            .filter(found -> found.uid().equals(draft.subscriber().uid()))
            .filter(found -> !found.subscription().spec().suspended());
    if (recipient.isEmpty()) {
      lane.setAside();
      return;
    }
    Instant now = environment.clock().instant();
    var open = new Open(draft.name(), now, draft.untried(), recipient.get().subscription());
    Optional<Made> made = attempt(lane, open);
    if (made.isEmpty()) {
      return;
    }
    boolean finished = made.get().next().isFinal();
    if (!lane.ended(draft, made.get().after(open.status()), finished) && !lane.isClosed()) {
      // It is the first stored delivery now, and goes on as one.
      if (write(lane, draft.name(), made.get()).isEmpty()) {
        lane.passed(Place.ofEvent(draft.name().name()));
      }
    }
    progressed.accept(lane.subscription());
  }

  @Override
  public void delayed(Lane lane) {
    progressed.accept(lane.subscription());
  }

  @Override
  public Optional<Duration> visit(Lane lane, String name, boolean prompted)
      throws InterruptedException {
    ObjectName place = new ObjectName(lane.subscription().namespace(), name);
    Optional<ApiObject> delivery = desk.delivery(place);
    if (delivery.isEmpty() || !Deliveries.isUnfinished(delivery.get().json())) {
      settle(lane);
      return Optional.empty();
    }
    WebhookDelivery.Status status = Desk.status(delivery.get());
    Optional<Desk.Recipient> recipient = desk.subscription(lane.subscription());
    if (recipient.isEmpty() || isForAnother(status, recipient.get())) {
      settle(lane);
      writer.finish(place, this::orphaned);
      return Optional.empty();
    }
    WebhookSubscription subscription = recipient.get().subscription();
    if (subscription.spec().suspended()) {
      return suspend(lane, place, status);
    }
    Duration left = prompted ? Duration.ZERO : lane.left(name, status.nextAttemptTime());
    if (left.isPositive()) {
      return Optional.of(left);
    }
    Instant created = Instant.parse(delivery.get().text("metadata", "creationTimestamp"));
    Optional<Made> made = attempt(lane, new Open(place, created, status, subscription));
    if (made.isEmpty()) {
      return Optional.of(UNTIL_NUDGED);
    }
    Optional<Duration> wait = write(lane, place, made.get());
    progressed.accept(lane.subscription());
    return wait;
  }

  /** Writes into a stored delivery what came of an attempt; empty if it is finished. */
  private Optional<Duration> write(Lane lane, ObjectName name, Made made)
      throws InterruptedException {
    if (made.next().isFinal()) {
      lane.settled();
      writer.finish(name, made::after);
    } else if (writer.change(name, made::after)) {
      lane.settled();
      return Optional.empty();
    }
    return made.next().pause();
  }

  /** Makes an attempt; empty if the end of the server has broken it off. */
  private Optional<Made> attempt(Lane lane, Open open) throws InterruptedException {
    WebhookSubscription.Status stored = open.subscription().status();
    Courier.Outcome outcome = send(open, lane.track().isInTrouble(stored), lane::setAside);
    boolean arrived = outcome.verdict() instanceof Courier.Verdict.Arrived;
    if (lane.isClosed() && !arrived) {
      return Optional.empty();
    }
    Next next = next(open, outcome.verdict());
    WebhookDelivery.Attempt attempt = outcome.attempt();
    var last =
        new WebhookSubscription.LastDelivery(
            open.name().name(), Deliveries.text(next.phase()), attempt.time());
    lane.track().note(stored, arrived, last, attempt.error(), attempt.latency());
    lane.due(open.name().name(), next.delay());
    return Optional.of(new Made(attempt, next));
  }

  private Courier.Outcome send(Open open, boolean inTrouble, Runnable slow)
      throws InterruptedException {
    WebhookSubscription.Spec spec = open.subscription().spec();
    ObjectName name = open.name();
    try {
      return courier.attempt(name.namespace(), name.name(), open.status(), spec, inTrouble, slow);
    } catch (IllegalArgumentException e) {
      LOG.log(Level.ERROR, "the delivery " + name + " cannot be sent", e);
      return Courier.notSent(spec, environment.clock().instant(), "it cannot be sent");
    }
  }

  private Next next(Open open, Courier.Verdict verdict) {
    int made = open.status().attemptCount() + 1;
    return switch (verdict) {
      case Courier.Verdict.Arrived arrived -> new Next(Phase.DELIVERED, null, Duration.ZERO);
      case Courier.Verdict.Hopeless hopeless -> new Next(Phase.FAILED, null, Duration.ZERO);
      case Courier.Verdict.Failed failed -> {
        WebhookSubscription.Retry retry = open.subscription().spec().retry();
        Duration wait = Backoff.delay(retry, made, failed.retryAfter(), environment.random());
        Instant time = environment.clock().instant().plus(wait);
        yield made >= retry.maxAttempts() || time.isAfter(open.created().plus(retry.deadline()))
            ? new Next(Phase.FAILED, null, Duration.ZERO)
            : new Next(Phase.RETRYING, time, wait);
      }
    };
  }

  private static WebhookDelivery.Status after(
      WebhookDelivery.Status status, WebhookDelivery.Attempt attempt, Next next) {
    List<WebhookDelivery.Attempt> attempts = new ArrayList<>(status.attempts());
    attempts.add(attempt);
    if (attempts.size() > KEPT_ATTEMPTS) {
      attempts.subList(0, attempts.size() - KEPT_ATTEMPTS).clear();
    }
    return new WebhookDelivery.Status(
        status.event(),
        status.eventId(),
        status.repository(),
        next.phase(),
        attempts,
        status.attemptCount() + 1,
        next.time(),
        status.payload(),
        status.conditions(),
        status.observedGeneration());
  }

  private Optional<Duration> suspend(Lane lane, ObjectName name, WebhookDelivery.Status status) {
    if (status.phase() != Phase.SUSPENDED
        && writer.change(name, old -> inPhase(old, Phase.SUSPENDED, List.of()))) {
      settle(lane);
      return Optional.empty();
    }
    return Optional.of(UNTIL_NUDGED);
  }

  private WebhookDelivery.Status orphaned(WebhookDelivery.Status status) {
    Instant now = environment.clock().instant();
    var why =
        new Condition(
            "Delivered",
            Condition.Truth.FALSE,
            "SubscriptionGone",
            "the subscription was deleted before the delivery arrived",
            now,
            status.observedGeneration());
    return inPhase(status, Phase.FAILED, List.of(why));
  }

  private static WebhookDelivery.Status inPhase(
      WebhookDelivery.Status status, Phase phase, List<Condition> conditions) {
    return new WebhookDelivery.Status(
        status.event(),
        status.eventId(),
        status.repository(),
        phase,
        status.attempts(),
        status.attemptCount(),
        null,
        status.payload(),
        conditions,
        status.observedGeneration());
  }

  private void settle(Lane lane) {
    lane.settled();
    progressed.accept(lane.subscription());
  }

  private static boolean isForAnother(WebhookDelivery.Status status, Desk.Recipient recipient) {
    return EventId.subscription(status.eventId())
        .filter(uid -> !uid.equals(recipient.uid()))
        .isPresent();
  }
}
