package ai.a5c.krate.testkit.storage;

import static ai.a5c.krate.testkit.storage.Bench.REPOSITORY;
import static ai.a5c.krate.testkit.storage.Bench.WIDGETS;
import static ai.a5c.krate.testkit.storage.Bench.add;
import static ai.a5c.krate.testkit.storage.Bench.append;
import static ai.a5c.krate.testkit.storage.Bench.commitId;
import static ai.a5c.krate.testkit.storage.Bench.creation;
import static ai.a5c.krate.testkit.storage.Bench.delete;
import static ai.a5c.krate.testkit.storage.Bench.record;
import static ai.a5c.krate.testkit.storage.Bench.rejected;
import static ai.a5c.krate.testkit.storage.Bench.revision;
import static ai.a5c.krate.testkit.storage.Bench.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.CommitOutcome.Applied;
import ai.a5c.krate.spi.storage.CommitOutcome.Mismatch;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.StoredObject;
import ai.a5c.krate.spi.storage.Template;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** S1: what a commit is. */
public interface CommitRules {
  Bench bench();

  @Test
  @DisplayName("S1.1 what was committed is read back")
  default void s1_1() {
    Applied applied = bench().committed(creation(record("one"), "hello")).getFirst();

    StoredObject read = bench().records().get(record("one")).orElseThrow();

    assertThat(read.key()).isEqualTo(record("one"));
    assertThat(read.content()).isEqualTo(Bytes.utf8("hello"));
    assertThat(read.revision()).isEqualTo(revision(applied));
    assertThat(bench().records().get(record("two"))).isEmpty();
    assertThat(bench().records().get(record("elsewhere", "one"))).isEmpty();
  }

  @Test
  @DisplayName("S1.2 a Put that expects nothing is rejected with what it found")
  default void s1_2() {
    Revision first = bench().created("one");

    CommitOutcome.Rejected rejected = rejected(bench().commit(creation(record("one"), "again")));

    assertThat(rejected.operation()).isZero();
    assertThat(found(rejected)).extracting(StoredObject::revision).isEqualTo(first);
    assertThat(found(rejected))
        .extracting(StoredObject::content)
        .isEqualTo(Bytes.utf8("content of one"));
  }

  @Test
  @DisplayName("S1.3 a Put that expects another revision is rejected with what it found")
  default void s1_3() {
    Revision first = bench().created("one");
    Revision second =
        revision(bench().committed(update(record("one"), first, "second")).getFirst());

    var stale = rejected(bench().commit(update(record("one"), first, "third")));
    var absent = rejected(bench().commit(update(record("two"), first, "third")));

    assertThat(found(stale)).extracting(StoredObject::revision).isEqualTo(second);
    assertThat(absent.why()).isEqualTo(new Mismatch.Found(null));
  }

  @Test
  @DisplayName("S1.4 a Delete removes the object at its revision, and at no other")
  default void s1_4() {
    Revision first = bench().created("one");
    Revision second =
        revision(bench().committed(update(record("one"), first, "second")).getFirst());

    var stale = rejected(bench().commit(delete(record("one"), first)));
    assertThat(found(stale)).extracting(StoredObject::revision).isEqualTo(second);
    assertThat(bench().records().get(record("one"))).isPresent();

    bench().committed(delete(record("one"), second));
    assertThat(bench().records().get(record("one"))).isEmpty();
    var gone = rejected(bench().commit(delete(record("one"), second)));
    assertThat(gone.why()).isEqualTo(new Mismatch.Found(null));
  }

  @Test
  @DisplayName("S1.5 all operations are stored or none, and the first that failed is named")
  default void s1_5() {
    Revision stale = bench().created("one");
    bench().committed(update(record("one"), stale, "newer"));
    Revision before = bench().records().head();

    CommitOutcome outcome =
        bench()
            .commit(
                creation(record("two"), "two"),
                add("things", 1, 10),
                new Operation.MoveRef(
                    REPOSITORY, Template.of("refs/heads/main"), null, commitId(1)),
                append("chain", "entry", Template.of("entry")),
                delete(record("one"), stale),
                update(record("three"), stale, "three"));

    assertThat(rejected(outcome).operation()).isEqualTo(4);
    assertThat(bench().records().get(record("two"))).isEmpty();
    assertThat(bench().records().counter("things")).isZero();
    assertThat(bench().records().ref(REPOSITORY, new RefName("refs/heads/main"))).isEmpty();
    assertThat(bench().records().list(Bench.all(WIDGETS)).objects()).hasSize(1);
    assertThat(bench().records().list(Bench.all(Bench.ENTRIES)).objects()).isEmpty();
    assertThat(bench().records().head()).isEqualTo(before);
  }

  @Test
  @DisplayName("S1.6 of many writers who hold one revision, exactly one commits")
  default void s1_6() throws Exception {
    for (int round = 0; round < 5; round++) {
      String name = "round-" + round;
      Revision held = bench().created(name);
      var barrier = new CyclicBarrier(16);

      List<CommitOutcome> outcomes =
          bench()
              .concurrently(
                  16,
                  writer ->
                      () -> {
                        barrier.await();
                        return bench().commit(update(record(name), held, "by " + writer));
                      });

      assertThat(outcomes).filteredOn(CommitOutcome.Committed.class::isInstance).hasSize(1);
    }
  }

  @Test
  @DisplayName("S1.7 two operations of one transaction on one key or ref are refused")
  default void s1_7() {
    Operation<Boundary.Records> main =
        new Operation.MoveRef(REPOSITORY, Template.of("refs/heads/main"), null, commitId(1));

    assertThatThrownBy(() -> bench().commit(creation(record("a"), "1"), creation(record("a"), "2")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> bench().commit(main, main))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> bench().commit(delete(record("a"), new Revision(9)), creation(record("a"), "1")))
        .as("even if the first of them would be rejected")
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(bench().records().get(record("a"))).isEmpty();
  }

  @Test
  @DisplayName("S1.8 the answer tells what each operation became, in their order")
  default void s1_8() {
    Revision one = bench().created("one");

    List<Applied> applied =
        bench()
            .committed(
                delete(record("one"), one),
                add("things", 3, 10),
                creation(record("two"), "two"),
                new Operation.MoveRef(
                    REPOSITORY, Template.of("refs/heads/main"), null, commitId(1)));

    assertThat(applied).hasSize(4);
    StoredObject deleted = Bench.stored(applied.get(0));
    assertThat(deleted.content()).isEqualTo(Bytes.utf8("last of one"));
    assertThat(deleted.revision()).isEqualTo(one.next());
    assertThat(applied.get(1)).isEqualTo(new Applied.Counted(3));
    assertThat(Bench.stored(applied.get(2)).key()).isEqualTo(record("two"));
    assertThat(((Applied.Moved) applied.get(3)).change().target()).isEqualTo(commitId(1));
  }

  @Test
  @DisplayName("S1.9 what one call has answered, every later call of any thread sees")
  default void s1_9() throws Exception {
    List<Boolean> seen =
        bench()
            .concurrently(
                8,
                writer ->
                    () -> {
                      boolean all = true;
                      for (int i = 0; i < 20; i++) {
                        Revision at = bench().created("w" + writer + "-" + i);
                        all &= bench().within(() -> sees(at));
                      }
                      return all;
                    });

    assertThat(seen).containsOnly(true);
  }

  @Test
  @DisplayName("S1.10 what is stored of many keys is read together, at its revisions")
  default void s1_10() {
    Revision one = bench().created("one");
    Revision two = bench().created("two");
    Revision other =
        revision(bench().committed(creation(record("elsewhere", "one"), "another")).getFirst());
    Revision gone = bench().created("gone");
    bench().committed(delete(record("gone"), gone));

    List<StoredObject> read =
        bench()
            .records()
            .getAll(
                List.of(
                    record("one"),
                    record("two"),
                    record("elsewhere", "one"),
                    record("gone"),
                    record("elsewhere", "two")));

    assertThat(read)
        .extracting(StoredObject::key, StoredObject::revision, StoredObject::content)
        .containsExactlyInAnyOrder(
            tuple(record("one"), one, Bytes.utf8("content of one")),
            tuple(record("two"), two, Bytes.utf8("content of two")),
            tuple(record("elsewhere", "one"), other, Bytes.utf8("another")));
    assertThat(bench().records().getAll(List.of())).isEmpty();
  }

  private boolean sees(Revision at) {
    return !at.isAfter(bench().records().head())
        && !at.isAfter(bench().records().list(Bench.all(WIDGETS)).at());
  }

  private static StoredObject found(CommitOutcome.Rejected rejected) {
    assertThat(rejected.why()).isInstanceOf(Mismatch.Found.class);
    StoredObject current = ((Mismatch.Found) rejected.why()).current();
    assertThat(current).isNotNull();
    return java.util.Objects.requireNonNull(current);
  }
}
