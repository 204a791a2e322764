package ai.a5c.krate.testkit.storage;

import static ai.a5c.krate.testkit.storage.Bench.WIDGETS;
import static ai.a5c.krate.testkit.storage.Bench.add;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.ChangeFeed;
import ai.a5c.krate.spi.storage.CompactedException;
import ai.a5c.krate.spi.storage.ListRequest;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** S9: discarding history. */
public interface CompactionRules {
  Bench bench();

  @Test
  @DisplayName("S9.1 a feed from before the floor is refused, one from the floor on is given")
  default void s9_1() throws Exception {
    createTen();
    bench().compact(new Revision(6));

    for (long gone : new long[] {0, 5}) {
      CompactedException refused =
          catchThrowableOfType(
              CompactedException.class,
              () -> bench().records().changes(new Revision(gone)).close());
      assertThat(refused).isNotNull();
      assertThat(refused.floor()).isEqualTo(new Revision(6));
    }
    assertThat(bench().history(new Revision(6))).hasSize(4);
    assertThat(bench().history(new Revision(9))).hasSize(1);
  }

  @Test
  @DisplayName("S9.2 a list from before the floor is refused, one at the floor is given")
  default void s9_2() {
    createTen();
    bench().compact(new Revision(6));

    assertThatThrownBy(() -> bench().records().list(at(5))).isInstanceOf(CompactedException.class);
    assertThat(bench().records().list(at(6)).objects()).hasSize(6);
    assertThat(bench().records().list(at(10)).objects()).hasSize(10);
  }

  @Test
  @DisplayName("S9.3 what is stored now, counters and chains outlive their history")
  default void s9_3() {
    createTen();
    bench().committed(add("n", 3, 9));
    Revision head = bench().records().head();
    bench().compact(head);

    assertThat(bench().records().list(Bench.all(WIDGETS)).objects()).hasSize(10);
    assertThat(bench().records().counter("n")).isEqualTo(3);
    assertThat(bench().records().head()).isEqualTo(head);
    assertThat(bench().created("new")).isEqualTo(head.next());
  }

  @Test
  @DisplayName("S9.4 history after the position of a reader stays")
  default void s9_4() throws Exception {
    createTen();
    bench().committed(add("cursor/hooks", 4, Long.MAX_VALUE));
    bench().committed(add("cursor/sinks", 7, Long.MAX_VALUE));

    bench().compact(new Revision(9));

    assertThat(bench().history(new Revision(4))).hasSize(6);
    assertThatThrownBy(() -> bench().records().changes(new Revision(3)).close())
        .isInstanceOf(CompactedException.class);
  }

  @Test
  @DisplayName("S9.5 a feed that history was discarded under says so, and skips nothing")
  default void s9_5() {
    createTen();
    try (ChangeFeed feed = bench().records().changes(Revision.ZERO)) {
      for (int i = 0; i < 40; i++) {
        createTen("more-" + i + "-");
      }
      bench().compact(bench().records().head());

      long[] position = {0};
      assertThatThrownBy(
              () -> {
                while (true) {
                  ChangeFeed.Batch batch = bench().within(feed::next);
                  for (var change : batch.changes()) {
                    assertThat(change.revision().value()).isEqualTo(++position[0]);
                  }
                  assertThat(position[0]).as("the end of history").isLessThan(410);
                }
              })
          .matches(
              thrown -> thrown instanceof CompactedException || position[0] == 410,
              "told, or given everything");
    }
  }

  @Test
  @DisplayName("S9.6 a floor is never beyond the head, and never goes back")
  default void s9_6() throws Exception {
    createTen();
    bench().compact(new Revision(8));
    bench().compact(new Revision(3));
    assertThatThrownBy(() -> bench().records().changes(new Revision(7)).close())
        .isInstanceOf(CompactedException.class);

    bench().compact(new Revision(1_000));
    assertThat(bench().records().head()).isEqualTo(new Revision(10));
    Revision next = bench().created("next");
    assertThat(bench().history(new Revision(10)))
        .extracting(change -> change.revision())
        .containsExactly(next);
  }

  private void createTen() {
    createTen("n");
  }

  private void createTen(String prefix) {
    for (int i = 0; i < 10; i++) {
      bench().created(prefix + i);
    }
  }

  private static ListRequest at(long revision) {
    return new ListRequest(WIDGETS, null, null, 100, new Revision(revision));
  }
}
