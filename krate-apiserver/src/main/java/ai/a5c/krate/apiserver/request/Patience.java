package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** How often, and how long, one request tries again. Used by one thread. */
final class Patience {
  /** How long a request tries again after lost races. */
  static final Duration LONGEST = Duration.ofSeconds(10);

  /** How many names are drawn for one object, as Kubernetes has it. */
  static final int MOST_NAMES = 8;

  /** So many races are lost to others who were simply faster; then it helps to wait. */
  private static final int AT_ONCE = 4;

  private static final int LONGEST_PAUSE_MILLIS = 64;

  private final LongSupplier nanos;
  private final RandomGenerator random;
  private final long deadline;
  private int races;
  private int names;

  Patience(LongSupplier nanos, RandomGenerator random) {
    this.nanos = nanos;
    this.random = random;
    this.deadline = nanos.getAsLong() + LONGEST.toNanos();
  }

  /**
   * Lets the request begin again, after a pause if it has lost often.
   *
   * @throws ApiException if it has tried long enough
   */
  void raceLost(GroupResource resource, String name) {
    if (nanos.getAsLong() - deadline > 0) {
      throw new ApiException(
          new Problem.Conflict(
              resource,
              name,
              "it is being changed faster than this request can follow; please try again"));
    }
    races++;
    if (races > AT_ONCE) {
      pause(Math.min(LONGEST_PAUSE_MILLIS, 1 << Math.min(races - AT_ONCE, 6)));
    }
  }

  /**
   * Lets another name be drawn.
   *
   * @throws ApiException if enough were drawn
   */
  void nameTaken(GroupResource resource, String name) {
    names++;
    if (names >= MOST_NAMES) {
      throw new ApiException(new Problem.NoFreeName(resource, name));
    }
  }

  private void pause(int mostMillis) {
    try {
      TimeUnit.MICROSECONDS.sleep(random.nextInt(mostMillis * 1_000));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ApiException(
          new Problem.Unavailable("the request was interrupted", Duration.ofSeconds(1)));
    }
  }
}
