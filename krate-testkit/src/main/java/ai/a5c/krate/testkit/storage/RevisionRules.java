package ai.a5c.krate.testkit.storage;

import static ai.a5c.krate.testkit.storage.Bench.REPOSITORY;
import static ai.a5c.krate.testkit.storage.Bench.add;
import static ai.a5c.krate.testkit.storage.Bench.append;
import static ai.a5c.krate.testkit.storage.Bench.applied;
import static ai.a5c.krate.testkit.storage.Bench.commitId;
import static ai.a5c.krate.testkit.storage.Bench.creation;
import static ai.a5c.krate.testkit.storage.Bench.record;
import static ai.a5c.krate.testkit.storage.Bench.rejected;
import static ai.a5c.krate.testkit.storage.Bench.revision;
import static ai.a5c.krate.testkit.storage.Bench.setting;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.CommitOutcome.Applied;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** S2: positions in the log. */
public interface RevisionRules {
  Bench bench();

  @Test
  @DisplayName("S2.1 every change takes the next revision, in the order of the operations")
  default void s2_1() {
    assertThat(bench().records().head()).isEqualTo(Revision.ZERO);

    List<Applied> applied =
        bench()
            .committed(
                creation(record("b"), "b"),
                new Operation.MoveRef(
                    REPOSITORY, Template.of("refs/heads/main"), null, commitId(1)),
                creation(record("a"), "a"),
                append("chain", "entry", Template.of("entry")));

    assertThat(applied)
        .extracting(one -> Bench.revision(one).value())
        .containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  @DisplayName("S2.2 an Add takes no revision")
  default void s2_2() {
    List<Applied> applied =
        bench()
            .committed(
                add("n", 1, 9),
                creation(record("a"), "a"),
                add("n", 1, 9),
                creation(record("b"), ""));

    assertThat(revision(applied.get(1))).isEqualTo(new Revision(1));
    assertThat(revision(applied.get(3))).isEqualTo(new Revision(2));
  }

  @Test
  @DisplayName("S2.3 a rejected transaction takes no revision")
  default void s2_3() {
    Revision first = bench().created("one");

    rejected(bench().commit(creation(record("new"), ""), creation(record("one"), "")));

    assertThat(bench().created("two")).isEqualTo(first.next());
  }

  @Test
  @DisplayName("S2.4 the head is the newest revision of the whole log, on both sides")
  default void s2_4() {
    Revision one = bench().created("one");
    assertThat(bench().configuration().head()).isEqualTo(one);

    Revision two = revision(applied(bench().configure(creation(setting("a"), "a"))).getFirst());

    assertThat(two).isEqualTo(one.next());
    assertThat(bench().records().head()).isEqualTo(two);
    assertThat(bench().configuration().head()).isEqualTo(two);
  }

  @Test
  @DisplayName("S2.5 concurrent writers of both sides leave no gap and share no revision")
  default void s2_5() throws Exception {
    int writers = 16;
    int each = 20;
    List<List<Revision>> revisions =
        bench()
            .concurrently(
                writers,
                writer ->
                    () -> {
                      var mine = new ArrayList<Revision>();
                      for (int i = 0; i < each; i++) {
                        String name = "w" + writer + "-" + i;
                        var outcome =
                            i % 2 == 0
                                ? bench().commit(creation(record(name), ""))
                                : bench().configure(creation(setting(name), ""));
                        mine.add(revision(applied(outcome).getFirst()));
                      }
                      return mine;
                    });

    assertThat(revisions.stream().flatMap(List::stream).map(Revision::value).sorted())
        .containsExactlyElementsOf(
            LongStream.rangeClosed(1, (long) writers * each).boxed().toList());
    assertThat(revisions).allSatisfy(mine -> assertThat(mine).isSorted());
  }
}
