package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.config.WebhookSubscription;
import ai.a5c.krate.api.core.Condition;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.records.WebhookDelivery;
import ai.a5c.krate.api.records.WebhookDelivery.Phase;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Environment;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Takes the first delivery of a lane a step further: an attempt if it is due, and what came of it
 * into its status. An attempt whose outcome could not be written before a crash is made again.
 */
final class Post implements Lane.Stop {
  private static final Logger LOG = System.getLogger(Post.class.getName());
  private static final int KEPT_ATTEMPTS = 20;
  private static final Duration UNTIL_NUDGED = Duration.ofDays(1);
  private static final Duration WRITE_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_WRITE_PAUSE = Duration.ofSeconds(5);

  private final Desk desk;
  private final Courier courier;
  private final Consumer<ObjectName> progressed;
  private final Environment environment;

  /**
   * Looks deliveries up at the desk.
   *
   * @param progressed told of subscriptions of which something new is known
   */
  Post(Desk desk, Courier courier, Consumer<ObjectName> progressed, Environment environment) {
    this.desk = desk;
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
  private record Next(Phase phase, @Nullable Instant time, Duration delay) {}

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
    Optional<ApiObject> subscription = desk.subscription(lane.subscription());
    if (subscription.isEmpty() || isForAnother(status, subscription.get())) {
      settle(lane);
      persist(lane, place, this::orphaned);
      return Optional.empty();
    }
    var open =
        new Open(
            place,
            Instant.parse(delivery.get().text("metadata", "creationTimestamp")),
            status,
            RecordCodec.read(WebhookSubscription.class, subscription.get().json()));
    if (open.subscription().spec().suspended()) {
      suspend(lane, open);
      return Optional.of(UNTIL_NUDGED);
    }
    Duration left = prompted ? Duration.ZERO : lane.left(name, status.nextAttemptTime());
    return left.isPositive() ? Optional.of(left) : attempt(lane, open);
  }

  private Optional<Duration> attempt(Lane lane, Open open) throws InterruptedException {
    WebhookSubscription.Status stored = open.subscription().status();
    Courier.Outcome outcome = send(open, lane.track().isInTrouble(stored));
    boolean arrived = outcome.verdict() instanceof Courier.Verdict.Arrived;
    if (lane.isClosed() && !arrived) {
      return Optional.of(UNTIL_NUDGED); // broken off by the end of the server: not an attempt
    }
    Next next = next(open, outcome.verdict());
    var last =
        new WebhookSubscription.LastDelivery(
            open.name().name(), Deliveries.text(next.phase()), outcome.attempt().time());
    WebhookDelivery.Attempt attempt = outcome.attempt();
    lane.track().note(stored, arrived, last, attempt.error(), attempt.latency());
    if (Deliveries.isFinal(next.phase())) {
      lane.settled();
    }
    lane.due(open.name().name(), next.delay());
    persist(lane, open.name(), status -> after(status, attempt, next));
    progressed.accept(lane.subscription());
    return Deliveries.isFinal(next.phase()) ? Optional.empty() : Optional.of(next.delay());
  }

  private Courier.Outcome send(Open open, boolean inTrouble) throws InterruptedException {
    WebhookSubscription.Spec spec = open.subscription().spec();
    ObjectName name = open.name();
    try {
      return courier.attempt(name.namespace(), name.name(), open.status(), spec, inTrouble);
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

  private void suspend(Lane lane, Open open) throws InterruptedException {
    if (open.status().phase() != Phase.SUSPENDED) {
      persist(lane, open.name(), status -> inPhase(status, Phase.SUSPENDED, List.of()));
    }
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

  /** Writes what is known, for as long as it takes: what was sent must not be sent again. */
  private void persist(Lane lane, ObjectName name, UnaryOperator<WebhookDelivery.Status> change)
      throws InterruptedException {
    UnaryOperator<WebhookDelivery.Status> written = change;
    boolean whole = true;
    Duration pause = WRITE_PAUSE;
    while (true) {
      try {
        var unused = desk.write(name, written);
        return;
      } catch (ApiException e) {
        if (e.problem() instanceof Problem.Invalid && whole) {
          LOG.log(Level.WARNING, "what {0} answered cannot be stored: {1}", name, e.getMessage());
          written = status -> bare(change.apply(status));
          whole = false;
          continue;
        }
        LOG.log(Level.WARNING, "the status of {0} is written later: {1}", name, e.getMessage());
      } catch (StoreUnavailableException | OutcomeUnknownException e) {
        LOG.log(Level.WARNING, "the status of {0} is written later: {1}", name, e.getMessage());
      }
      if (lane.isClosed()) {
        return;
      }
      lane.rest(pause);
      pause = pause.multipliedBy(2);
      pause = pause.compareTo(LONGEST_WRITE_PAUSE) > 0 ? LONGEST_WRITE_PAUSE : pause;
    }
  }

  /** The status without what receivers sent. */
  private static WebhookDelivery.Status bare(WebhookDelivery.Status status) {
    List<WebhookDelivery.Attempt> attempts =
        status.attempts().stream()
            .map(
                attempt ->
                    new WebhookDelivery.Attempt(
                        attempt.time(),
                        attempt.url(),
                        Map.of(),
                        attempt.statusCode(),
                        Map.of(),
                        "",
                        attempt.latency(),
                        attempt.error()))
            .toList();
    return new WebhookDelivery.Status(
        status.event(),
        status.eventId(),
        status.repository(),
        status.phase(),
        attempts,
        status.attemptCount(),
        status.nextAttemptTime(),
        status.payload(),
        status.conditions(),
        status.observedGeneration());
  }

  private void settle(Lane lane) {
    lane.settled();
    progressed.accept(lane.subscription());
  }

  private static boolean isForAnother(WebhookDelivery.Status status, ApiObject subscription) {
    return EventId.subscription(status.eventId())
        .filter(uid -> !uid.equals(subscription.uid()))
        .isPresent();
  }
}
