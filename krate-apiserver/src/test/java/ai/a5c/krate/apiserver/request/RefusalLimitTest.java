package ai.a5c.krate.apiserver.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RefusalLimitTest {
  private final AtomicLong nanos = new AtomicLong(-5);
  private final RefusalLimit limit = new RefusalLimit(nanos::get);

  private long taken(int tries) {
    return IntStream.range(0, tries).filter(i -> limit.take()).count();
  }

  @Test
  void aBurstOfAHundredThenTenASecond() {
    assertThat(taken(200)).isEqualTo(100);
    nanos.addAndGet(Duration.ofSeconds(3).toNanos());
    assertThat(taken(200)).isEqualTo(30);
  }

  @Test
  void restingSavesNoMoreThanABurst() {
    nanos.addAndGet(Duration.ofDays(3).toNanos());
    assertThat(taken(200)).isEqualTo(100);
  }
}
