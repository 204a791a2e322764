package ai.a5c.krate.core.hook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.concurrent.Cancellable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class WatchTest {
  private final CountDownLatch canceled = new CountDownLatch(1);
  private final Cancellable request =
      () -> {
        canceled.countDown();
        return true;
      };

  @Test
  void whatTakesTooLongIsBrokenOffAndItsThreadInterrupted() throws Exception {
    try (var watch = new Watch(System::nanoTime)) {
      Exchange exchange = exchange(Duration.ofMillis(100));
      watch.add(exchange);
      assertThat(isInterrupted()).isTrue();
      assertThat(exchange.end()).isEqualTo("no complete answer within 100ms");
      assertThat(canceled.getCount()).isZero();
    }
  }

  @Test
  void whatEndedIsNotBrokenOff() {
    Exchange exchange = exchange(Duration.ofDays(1));
    assertThat(exchange.end()).isNull();
    exchange.breakOff("too late");
    assertThat(exchange.end()).isNull();
    assertThat(Thread.interrupted()).isFalse();
    assertThat(canceled.getCount()).isEqualTo(1);
  }

  @Test
  void anInterruptOfTheWatchIsNotLeftBehind() {
    Exchange exchange = exchange(Duration.ofDays(1));
    exchange.breakOff("why not");
    assertThat(exchange.end()).isEqualTo("why not");
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void theEndOfTheServerBreaksOffWhatIsUnderWay() throws Exception {
    Exchange exchange = exchange(Duration.ofDays(1));
    try (var watch = new Watch(System::nanoTime)) {
      watch.add(exchange);
    }
    assertThat(exchange.end()).isEqualTo("the server is stopping");
  }

  private Exchange exchange(Duration timeout) {
    return new Exchange(request, System.nanoTime(), timeout, () -> true);
  }

  /** Waits until this thread is interrupted. */
  private static boolean isInterrupted() {
    try {
      boolean unused = new CountDownLatch(1).await(60, TimeUnit.SECONDS);
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }
}
