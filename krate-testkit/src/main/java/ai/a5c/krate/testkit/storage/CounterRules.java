package ai.a5c.krate.testkit.storage;

import static ai.a5c.krate.testkit.storage.Bench.add;
import static ai.a5c.krate.testkit.storage.Bench.applied;
import static ai.a5c.krate.testkit.storage.Bench.rejected;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.CommitOutcome.Applied;
import ai.a5c.krate.spi.storage.CommitOutcome.Mismatch;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** S5: counters. */
public interface CounterRules {
  Bench bench();

  @Test
  @DisplayName("S5.1 a counter is 0 before its first Add, and is one for both sides")
  default void s5_1() {
    assertThat(bench().records().counter("n")).isZero();

    assertThat(bench().committed(add("n", 5, 10))).containsExactly(new Applied.Counted(5));
    assertThat(applied(bench().configure(add("n", -2, 10))))
        .containsExactly(new Applied.Counted(3));

    assertThat(bench().records().counter("n")).isEqualTo(3);
    assertThat(bench().configuration().counter("n")).isEqualTo(3);
    assertThat(bench().records().counter("m")).isZero();
  }

  @Test
  @DisplayName("S5.2 an Add may reach its max and not exceed it")
  default void s5_2() {
    bench().committed(add("n", 3, 3));

    var rejected = rejected(bench().commit(add("n", 1, 3)));
    assertThat(rejected.why()).isEqualTo(new Mismatch.OutOfRange("n", 3, 3));
    assertThat(bench().records().counter("n")).isEqualTo(3);

    bench().committed(add("full", Long.MAX_VALUE, Long.MAX_VALUE));
    var overflow = rejected(bench().commit(add("full", 1, Long.MAX_VALUE)));
    assertThat(overflow.operation()).isZero();
  }

  @Test
  @DisplayName("S5.3 an Add may reach 0 and not fall below it")
  default void s5_3() {
    bench().committed(add("n", 2, 9));

    var rejected = rejected(bench().commit(add("n", -3, 9)));
    assertThat(rejected.why()).isEqualTo(new Mismatch.OutOfRange("n", 2, 9));

    assertThat(bench().committed(add("n", -2, 9))).containsExactly(new Applied.Counted(0));
  }

  @Test
  @DisplayName("S5.4 Adds of one transaction to one counter see one another")
  default void s5_4() {
    assertThat(bench().committed(add("n", 2, 5), add("n", 3, 5), add("n", -1, 5)))
        .containsExactly(new Applied.Counted(2), new Applied.Counted(5), new Applied.Counted(4));

    assertThat(rejected(bench().commit(add("n", 1, 5), add("n", 1, 5))).operation()).isOne();
    assertThat(bench().records().counter("n")).isEqualTo(4);
  }

  @Test
  @DisplayName("S5.5 of many who add at once, exactly as many succeed as there is room")
  default void s5_5() throws Exception {
    List<Integer> successes =
        bench()
            .concurrently(
                16,
                writer ->
                    () -> {
                      int mine = 0;
                      for (int i = 0; i < 10; i++) {
                        CommitOutcome outcome = bench().commit(add("quota", 1, 100));
                        mine += outcome instanceof CommitOutcome.Committed ? 1 : 0;
                      }
                      return mine;
                    });

    assertThat(successes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(100);
    assertThat(bench().records().counter("quota")).isEqualTo(100);
  }
}
