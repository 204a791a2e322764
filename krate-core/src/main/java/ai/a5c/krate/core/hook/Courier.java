package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.config.WebhookSubscription;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.records.WebhookDelivery;
import ai.a5c.krate.core.forge.RightOfWay;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes one attempt at a delivery and says what came of it, without any secret. */
final class Courier {
  /** How long a request makes way while it is being prepared, as one of few. */
  private static final Duration AWAY = Duration.ofMillis(2);

  private static final int GONE = 410;
  private static final int LONGEST_ERROR = 1_024;
  private static final int SHORTEST_SECRET = 4;
  private static final String HIDDEN = "***";
  private static final Pattern WORD = Pattern.compile("[^\\s,;=\"]+");
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private final SigningKeys keys;
  private final Sender sender;
  private final Gates gates;
  private final RightOfWay way;
  private final InstantSource clock;

  Courier(SigningKeys keys, Sender sender, Gates gates, RightOfWay way, InstantSource clock) {
    this.keys = keys;
    this.sender = sender;
    this.gates = gates;
    this.way = way;
    this.clock = clock;
  }

  /** What came of an attempt. */
  record Outcome(WebhookDelivery.Attempt attempt, Verdict verdict) {}

  /** Whether a delivery has arrived. */
  sealed interface Verdict {
    /** It has. */
    record Arrived() implements Verdict {}

    /** It never will: the receiver says so. */
    record Hopeless() implements Verdict {}

    /**
     * It has not.
     *
     * @param retryAfter how long the receiver asks to be left alone, null if it does not say
     */
    record Failed(@Nullable Duration retryAfter) implements Verdict {}
  }

  /**
   * Waits for room and makes an attempt, with the secrets as they are then.
   *
   * @param name of the delivery
   * @param inTrouble whether the subscription's last attempt failed or was slow
   * @param slow told if there is no answer yet after {@link Sender#SLOW}, by another thread
   */
  Outcome attempt(
      String namespace,
      String name,
      WebhookDelivery.Status delivery,
      WebhookSubscription.Spec spec,
      boolean inTrouble,
      Runnable slow)
      throws InterruptedException {
    URI url = URI.create(spec.url());
    try (Gates.Pass pass = gates.enter(endpoint(url), inTrouble)) {
      way.give(AWAY);
      Instant time = clock.instant();
      return switch (keys.read(namespace, spec.secretRefs())) {
        case SigningKeys.Found.Unusable unusable ->
            notSent(spec, time, "nothing was sent: " + unusable.fault());
        case SigningKeys.Found.All all -> {
          Bytes body = Bytes.utf8(delivery.payload());
          Map<String, String> headers = new TreeMap<>(spec.headers());
          headers.putAll(Signature.headers(all.keys(), delivery.eventId(), time, body));
          headers.put("X-Krate-Event", delivery.event());
          headers.put("X-Krate-Delivery", name);
          var request = new Sender.Request(url, headers, body, spec.timeout());
          pass.begun();
          Answer answer = sender.send(request, () -> isLetBeSlow(pass, slow));
          yield outcome(spec, time, headers, answer);
        }
      };
    }
  }

  private static boolean isLetBeSlow(Gates.Pass pass, Runnable slow) {
    slow.run();
    return pass.isLetBeSlow();
  }

  /** What an attempt that could not be made looks like. */
  static Outcome notSent(WebhookSubscription.Spec spec, Instant time, String error) {
    return new Outcome(
        new WebhookDelivery.Attempt(
            time, spec.url(), Map.of(), null, Map.of(), "", null, cut(error)),
        new Verdict.Failed(null));
  }

  private static Outcome outcome(
      WebhookSubscription.Spec spec, Instant time, Map<String, String> headers, Answer answer) {
    Map<String, String> recorded = new TreeMap<>(headers);
    spec.headers().keySet().forEach(header -> recorded.put(header, HIDDEN));
    return switch (answer) {
      case Answer.Missing missing ->
          new Outcome(
              new WebhookDelivery.Attempt(
                  time,
                  spec.url(),
                  recorded,
                  null,
                  Map.of(),
                  "",
                  missing.latency(),
                  cut(missing.error())),
              new Verdict.Failed(null));
      case Answer.Received received -> {
        Map<String, String> shown = new TreeMap<>();
        received.headers().forEach((field, value) -> shown.put(field, hide(spec, value)));
        yield new Outcome(
            new WebhookDelivery.Attempt(
                time,
                spec.url(),
                recorded,
                received.status(),
                shown,
                hide(spec, received.body()),
                received.latency(),
                error(received.status())),
            verdict(received));
      }
    };
  }

  private static Verdict verdict(Answer.Received received) {
    if (isGood(received.status())) {
      return new Verdict.Arrived();
    }
    return received.status() == GONE
        ? new Verdict.Hopeless()
        : new Verdict.Failed(received.retryAfter());
  }

  private static String error(int status) {
    if (isGood(status)) {
      return "";
    }
    if (status >= 300 && status < 400) {
      return "the receiver answered " + status + ", and redirects are not followed";
    }
    return status == GONE
        ? "the receiver answered 410: it wants no more"
        : "the receiver answered " + status;
  }

  private static boolean isGood(int status) {
    return status >= 200 && status < 300;
  }

  /** A receiver may repeat what it was sent, or a part of it: the token of a scheme. */
  private static String hide(WebhookSubscription.Spec spec, String text) {
    String hidden = text;
    for (String value : spec.headers().values()) {
      hidden = hide(value, hidden);
      for (MatchResult word : WORD.matcher(value).results().toList()) {
        hidden = hide(word.group(), hidden);
      }
    }
    return hidden;
  }

  private static String hide(String secret, String text) {
    return secret.length() < SHORTEST_SECRET ? text : text.replace(secret, HIDDEN);
  }

  private static String endpoint(URI url) {
    boolean plain = url.getScheme().equalsIgnoreCase("http");
    int port = url.getPort() > 0 ? url.getPort() : plain ? HTTP_PORT : HTTPS_PORT;
    return (plain ? "http://" : "https://") + url.getHost().toLowerCase(Locale.ROOT) + ":" + port;
  }

  private static String cut(String text) {
    return text.length() > LONGEST_ERROR ? text.substring(0, LONGEST_ERROR) : text;
  }
}
