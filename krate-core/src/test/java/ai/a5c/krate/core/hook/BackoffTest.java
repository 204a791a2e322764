package ai.a5c.krate.core.hook;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.config.WebhookSubscription;
import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final WebhookSubscription.Retry RETRY =
      new WebhookSubscription.Retry(
          12, Duration.ofSeconds(5), Duration.ofHours(1), Duration.ofHours(72));

  @Test
  void theBoundDoublesUntilTheLongestDelay() {
    assertThat(IntStream.rangeClosed(1, 12).mapToObj(n -> Backoff.bound(RETRY, n).toSeconds()))
        .containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 320L, 640L, 1_280L, 2_560L, 3_600L, 3_600L);
  }

  @Property(tries = 500)
  void theDelayIsAnythingUpToTheBound(
      @ForAll @IntRange(min = 1, max = 100) int attempts, @ForAll long seed) {
    Duration delay = Backoff.delay(RETRY, attempts, null, new Random(seed));
    assertThat(delay).isBetween(Duration.ZERO, Backoff.bound(RETRY, attempts));
  }

  @Test
  void aReceiverThatAsksForTimeGetsItWithinBounds() {
    var random = new Random(1);
    assertThat(Backoff.delay(RETRY, 1, Duration.ofMinutes(7), random))
        .isEqualTo(Duration.ofMinutes(7));
    assertThat(Backoff.delay(RETRY, 1, Duration.ofDays(300), random))
        .isEqualTo(Duration.ofHours(1));
    assertThat(Backoff.delay(RETRY, 12, Duration.ZERO, random)).isLessThan(Duration.ofHours(1));
  }
}
