package ai.a5c.krate.core.hook;

import ai.a5c.krate.api.config.WebhookSubscription;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** How the deliveries of one subscription go, in all its lanes. */
final class Track {
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Progress progress;

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

  /** Whether the last attempt failed, as far as is known. */
  boolean isInTrouble(WebhookSubscription.Status stored) {
    return before(stored) > 0;
  }

  /**
   * Notes how an attempt went.
   *
   * @param stored what was known at the start of the server
   */
  void note(
      WebhookSubscription.Status stored,
      boolean arrived,
      WebhookSubscription.LastDelivery last,
      String error) {
    lock.lock();
    try {
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
