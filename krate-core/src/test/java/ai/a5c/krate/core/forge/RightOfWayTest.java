package ai.a5c.krate.core.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class RightOfWayTest {
  private final RightOfWay way = new RightOfWay();

  @Test
  void whoMakesWayGoesOnWhenNobodyHasTheRightOfWay() throws Exception {
    RightOfWay.Pass first = way.take();
    RightOfWay.Pass second = way.take();
    var passed = new CountDownLatch(1);
    Thread other =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    way.give(Duration.ofDays(1));
                    passed.countDown();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    await().atMost(60, TimeUnit.SECONDS).until(() -> other.getState().name().contains("WAITING"));
    first.close();
    assertThat(passed.getCount()).isEqualTo(1);

    second.close();

    assertThat(passed.await(60, TimeUnit.SECONDS)).isTrue();
    other.join();
  }

  @Test
  void nobodyMakesWayForLongerThanHeWants() throws Exception {
    try (RightOfWay.Pass pass = way.take()) {
      way.give(Duration.ofMillis(1));
    }
    way.give(Duration.ofDays(1));
  }
}
