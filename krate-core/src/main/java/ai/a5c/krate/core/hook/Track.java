package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.config.WebhookSubscription;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** How the deliveries of one subscription go, in all its lanes. */
final class Track {
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Progress progress;
  private Duration latency = Duration.ZERO;

  /**
   * How deliveries went.
   *
   * @param failuresInARow attempts that failed since one succeeded
   * @param last the delivery that was tried last, null before the first
   * @param error of the last attempt, empty if it succeeded
   */
  record Progress(
      int failuresInARow, WebhookSubscription.@Nullable LastDelivery last, String error) {}

  /** What is known; null if nothing was tried since the start of the server. */
  @Nullable Progress progress() {
    lock.lock();
    try {
      return progress;
    } finally {
      lock.unlock();
    }
  }

  /** How long the last answer took; nothing if nothing was sent. */
  Duration latency() {
    lock.lock();
    try {
      return latency;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the last attempt failed or was slow, as far as is known. */
  boolean isInTrouble(WebhookSubscription.Status stored) {
    lock.lock();
    try {
      return latency.compareTo(Sender.SLOW) > 0 || before(stored) > 0;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Notes how an attempt went.
   *
   * @param stored what was known at the start of the server
   * @param latency how long the answer took, null if nothing was sent
   */
  void note(
      WebhookSubscription.Status stored,
      boolean arrived,
      WebhookSubscription.LastDelivery last,
      String error,
      @Nullable Duration latency) {
    lock.lock();
    try {
      this.latency = Objects.requireNonNullElse(latency, Duration.ZERO);
      progress = new Progress(arrived ? 0 : before(stored) + 1, last, error);
    } finally {
      lock.unlock();
    }
  }

  private int before(WebhookSubscription.Status stored) {
    Progress known = progress();
    return known == null ? stored.failuresInARow() : known.failuresInARow();
  }
}
