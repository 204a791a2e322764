package ai.a5c.krate.testkit.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.spi.lease.Leases;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What everybody may rely on who implements or uses {@link Leases}. */
public abstract class LeasesContract {
  private static final Duration FUSE = Duration.ofSeconds(60);
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration SHORT = Duration.ofMillis(100);

  private static void awaitEnd(Leases leases, String holder) {
    long end = System.nanoTime() + FUSE.toNanos();
    while (leases.living().contains(holder)) {
      assertThat(System.nanoTime() - end).as("the lease does not end").isNegative();
      Thread.onSpinWait();
    }
  }

  /** Leases that nobody holds one of. */
  protected abstract Leases open() throws Exception;

  @Test
  @DisplayName("L1.1 a lease lives once it was taken, beside those of others")
  void l1_1() throws Exception {
    Leases leases = open();
    assertThat(leases.living()).isEmpty();

    leases.renew("one", LONG);
    leases.renew("other-2", LONG);

    assertThat(leases.living()).containsExactlyInAnyOrder("one", "other-2");
  }

  @Test
  @DisplayName("L1.2 a lease that is not renewed ends by itself")
  void l1_2() throws Exception {
    Leases leases = open();
    leases.renew("one", SHORT);
    leases.renew("two", LONG);

    awaitEnd(leases, "one");

    assertThat(leases.living()).containsExactly("two");
  }

  @Test
  @DisplayName("L1.3 a lease that is renewed lives on, one that ended can be taken again")
  void l1_3() throws Exception {
    Leases leases = open();
    leases.renew("one", SHORT);
    leases.renew("one", LONG);
    leases.renew("two", SHORT);
    awaitEnd(leases, "two");

    assertThat(leases.living()).containsExactly("one");

    leases.renew("two", LONG);
    assertThat(leases.living()).containsExactlyInAnyOrder("one", "two");
  }

  @Test
  @DisplayName("L1.4 a lease can be ended, whether it lives or not")
  void l1_4() throws Exception {
    Leases leases = open();
    leases.renew("one", LONG);

    leases.end("one");
    leases.end("one");

    assertThat(leases.living()).isEmpty();
  }

  @Test
  @DisplayName("L1.5 what is out of its range is refused, and nothing is taken")
  void l1_5() throws Exception {
    Leases leases = open();
    for (String name : new String[] {"", "A", "a b", "a".repeat(256)}) {
      assertThatThrownBy(() -> leases.renew(name, LONG))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> leases.end(name)).isInstanceOf(IllegalArgumentException.class);
    }
    for (Duration time :
        new Duration[] {Duration.ZERO, Duration.ofMillis(-1), Duration.ofDays(1).plusMillis(1)}) {
      assertThatThrownBy(() -> leases.renew("one", time))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(leases.living()).isEmpty();
  }
}
