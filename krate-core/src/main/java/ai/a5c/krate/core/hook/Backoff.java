package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.config.WebhookSubscription;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** How long to wait before the next attempt. */
final class Backoff {
  private Backoff() {}

  /**
   * Exponential backoff with full jitter: anything between nothing and the bound, which doubles
   * with each attempt. A receiver that asks for more time gets it, up to the longest delay.
   *
   * @param attempts how many were made, at least 1
   * @param retryAfter what the receiver asks for, null if it asks for nothing
   */
  static Duration delay(
      WebhookSubscription.Retry retry,
      int attempts,
      @Nullable Duration retryAfter,
      RandomGenerator random) {
    Duration delay = Duration.ofNanos(random.nextLong(bound(retry, attempts).toNanos() + 1));
    if (retryAfter == null || retryAfter.compareTo(delay) <= 0) {
      return delay;
    }
    return shorter(retryAfter, retry.maxDelay());
  }

  /** The longest delay after so many attempts. */
  static Duration bound(WebhookSubscription.Retry retry, int attempts) {
    Duration bound = retry.initialDelay();
    for (int i = 1; i < attempts && bound.compareTo(retry.maxDelay()) < 0; i++) {
      bound = bound.multipliedBy(2);
    }
    return shorter(bound, retry.maxDelay());
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }
}
