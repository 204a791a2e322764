package ai.a5c.krate.testkit.storage;

import static ai.a5c.krate.testkit.storage.Bench.OTHER_REPOSITORY;
import static ai.a5c.krate.testkit.storage.Bench.RACERS;
import static ai.a5c.krate.testkit.storage.Bench.REPOSITORY;
import static ai.a5c.krate.testkit.storage.Bench.SETTINGS;
import static ai.a5c.krate.testkit.storage.Bench.WIDGETS;
import static ai.a5c.krate.testkit.storage.Bench.add;
import static ai.a5c.krate.testkit.storage.Bench.append;
import static ai.a5c.krate.testkit.storage.Bench.applied;
import static ai.a5c.krate.testkit.storage.Bench.commitId;
import static ai.a5c.krate.testkit.storage.Bench.creation;
import static ai.a5c.krate.testkit.storage.Bench.delete;
import static ai.a5c.krate.testkit.storage.Bench.document;
import static ai.a5c.krate.testkit.storage.Bench.record;
import static ai.a5c.krate.testkit.storage.Bench.rejected;
import static ai.a5c.krate.testkit.storage.Bench.revision;
import static ai.a5c.krate.testkit.storage.Bench.setting;
import static ai.a5c.krate.testkit.storage.Bench.stored;
import static ai.a5c.krate.testkit.storage.Bench.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.CommitOutcome.Applied;
import ai.a5c.krate.spi.storage.CommitOutcome.Committed;
import ai.a5c.krate.spi.storage.CommitOutcome.Mismatch;
import ai.a5c.krate.spi.storage.CommitOutcome.Rejected;
import ai.a5c.krate.spi.storage.Expected;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.Slot;
import ai.a5c.krate.spi.storage.StoredObject;
import ai.a5c.krate.spi.storage.Template;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** S12: what a transaction depends on without writing it. */
public interface RequireRules {
  Bench bench();

  @Test
  @DisplayName("S12.1 a Require that finds what it expects holds, and changes nothing")
  default void s12_1() throws Exception {
    Revision one = bench().created("one");
    Revision gone = bench().created("gone");
    bench().committed(delete(record("gone"), gone));
    Revision set = revision(applied(bench().configure(creation(setting("set"), ""))).getFirst());

    assertThat(
            bench()
                .committed(
                    require(record("one"), Expected.at(one)),
                    require(record("gone"), Expected.absent()),
                    require(record("elsewhere", "one"), Expected.absent())))
        .containsExactly(new Applied.Held(), new Applied.Held(), new Applied.Held());
    assertThat(applied(bench().configure(require(setting("set"), Expected.at(set)))))
        .containsExactly(new Applied.Held());

    assertThat(bench().records().get(record("one")).map(StoredObject::revision)).contains(one);
    assertThat(bench().records().get(record("gone"))).isEmpty();
    assertThat(bench().records().head()).isEqualTo(set);
    assertThat(bench().created("next")).isEqualTo(set.next());
    assertThat(bench().history(set)).extracting(Change::revision).containsExactly(set.next());
  }

  @Test
  @DisplayName("S12.2 a Require that finds something else rejects everything with what it found")
  default void s12_2() {
    Revision old = bench().created("one");
    Revision now = revision(bench().committed(update(record("one"), old, "new")).getFirst());

    for (Expected wrong : List.of(Expected.at(old), Expected.absent(), Expected.at(now.next()))) {
      var rejected = rejectedAfterWrites(require(record("one"), wrong));
      assertThat(((Mismatch.Found) rejected.why()).current())
          .isNotNull()
          .satisfies(
              found -> {
                assertThat(found.revision()).isEqualTo(now);
                assertThat(found.content()).isEqualTo(Bytes.utf8("new"));
              });
    }
    var rejected = rejectedAfterWrites(require(record("two"), Expected.at(now)));
    assertThat(rejected.why()).isEqualTo(new Mismatch.Found(null));
    assertThat(bench().records().head()).isEqualTo(now);
  }

  @Test
  @DisplayName("S12.3 a RequireRef that finds the ref where it expects holds, and changes nothing")
  default void s12_3() throws Exception {
    bench().committed(move("refs/heads/main", null, commitId(1)));
    bench().committed(move("refs/heads/gone", null, commitId(1)));
    bench().committed(move("refs/heads/gone", commitId(1), null));
    Revision head = bench().records().head();

    assertThat(
            bench()
                .committed(
                    requireRef(REPOSITORY, "refs/heads/main", commitId(1)),
                    requireRef(REPOSITORY, "refs/heads/gone", null),
                    requireRef(OTHER_REPOSITORY, "refs/heads/main", null)))
        .containsExactly(new Applied.Held(), new Applied.Held(), new Applied.Held());

    assertThat(bench().records().refs(REPOSITORY, "", null, 9).refs())
        .isEqualTo(Map.of(new RefName("refs/heads/main"), commitId(1)));
    assertThat(bench().records().head()).isEqualTo(head);
    assertThat(bench().created("next")).isEqualTo(head.next());
    assertThat(bench().history(head)).extracting(Change::revision).containsExactly(head.next());
  }

  @Test
  @DisplayName(
      "S12.4 a RequireRef that finds the ref elsewhere rejects everything with where it is")
  default void s12_4() {
    bench().committed(move("refs/heads/main", null, commitId(1)));
    Revision head = bench().records().head();

    for (ObjectId wrong : new @Nullable ObjectId[] {commitId(2), null}) {
      var rejected = rejectedAfterWrites(requireRef(REPOSITORY, "refs/heads/main", wrong));
      assertThat(rejected.why()).isEqualTo(new Mismatch.RefAt(commitId(1)));
    }
    var rejected =
        rejectedAfterWrites(requireRef(OTHER_REPOSITORY, "refs/heads/main", commitId(1)));
    assertThat(rejected.why()).isEqualTo(new Mismatch.RefAt(null));
    assertThat(bench().records().head()).isEqualTo(head);
  }

  @Test
  @DisplayName(
      "S12.5 among writes, requirements take no revision and keep their place in the answer")
  default void s12_5() {
    Revision one = bench().created("one");
    Template own = Template.builder().slot(new Slot.RevisionOf(1)).build();
    Template last = Template.builder().slot(new Slot.RevisionOf(4)).build();

    List<Applied> applied =
        bench()
            .committed(
                require(record("one"), Expected.at(one)),
                Operation.Put.of(record("two"), Expected.absent(), document(own)),
                requireRef(REPOSITORY, "refs/heads/main", null),
                require(record("three"), Expected.absent()),
                append("chain", "entry", last));

    assertThat(applied).hasSize(5);
    assertThat(List.of(applied.get(0), applied.get(2), applied.get(3)))
        .containsOnly(new Applied.Held());
    assertThat(stored(applied.get(1)).content()).isEqualTo(Bytes.utf8("2"));
    assertThat(stored(applied.get(4)).content()).isEqualTo(Bytes.utf8("3"));
    assertThat(bench().records().head()).isEqualTo(new Revision(3));
  }

  @Test
  @DisplayName("S12.6 of two transactions that each require what the other writes, one commits")
  default void s12_6() throws Exception {
    List<CommitOutcome> outcomes =
        inRounds(
            round ->
                List.of(
                    require(record("right-" + round), Expected.absent()),
                    creation(record("left-" + round), "")),
            round ->
                List.of(
                    require(record("left-" + round), Expected.absent()),
                    creation(record("right-" + round), "")));

    assertOneOfEachRoundCommitted(outcomes);
    assertThat(bench().records().list(Bench.all(WIDGETS)).objects()).hasSize(RACERS);
  }

  @Test
  @DisplayName("S12.7 of two that each require what the other writes, a key and a ref, one commits")
  default void s12_7() throws Exception {
    List<CommitOutcome> outcomes =
        inRounds(
            round ->
                List.of(
                    requireRef(REPOSITORY, "refs/heads/b" + round, null),
                    creation(record("request-" + round), "")),
            round ->
                List.of(
                    require(record("request-" + round), Expected.absent()),
                    move("refs/heads/b" + round, null, commitId(1))));

    assertOneOfEachRoundCommitted(outcomes);
    assertThat(
            bench().records().list(Bench.all(WIDGETS)).objects().size()
                + bench().records().refs(REPOSITORY, "", null, 100).refs().size())
        .isEqualTo(RACERS);
  }

  @Test
  @DisplayName(
      "S12.8 a Require holds for what was committed before a write of its key, and no more")
  default void s12_8() throws Exception {
    for (int round = 0; round < 5; round++) {
      String name = "shared-" + round;
      Revision held = bench().created(name);

      List<CommitOutcome> outcomes =
          amid(
              update(record(name), held, "new"),
              number ->
                  List.of(
                      require(record(name), Expected.at(held)),
                      creation(record(name + "-" + number), "")));

      Revision written = revision(applied(outcomes.get(RACERS / 2)).getFirst());
      for (CommitOutcome outcome : outcomes) {
        switch (outcome) {
          case Committed(List<Applied> applied) ->
              assertThat(revision(applied.getLast())).isLessThanOrEqualTo(written);
          case Rejected(int operation, Mismatch why) -> {
            assertThat(operation).isZero();
            assertThat(((Mismatch.Found) why).current())
                .isNotNull()
                .satisfies(found -> assertThat(found.revision()).isEqualTo(written));
          }
        }
      }
    }
  }

  @Test
  @DisplayName(
      "S12.9 a RequireRef holds for what was committed before a move of its ref, and no more")
  default void s12_9() throws Exception {
    for (int round = 0; round < 5; round++) {
      String ref = "refs/heads/shared-" + round;
      String name = "built-" + round + "-";
      bench().committed(move(ref, null, commitId(1)));

      List<CommitOutcome> outcomes =
          amid(
              move(ref, commitId(1), commitId(2)),
              number ->
                  List.of(
                      requireRef(REPOSITORY, ref, commitId(1)),
                      creation(record(name + number), "")));

      Revision moved = revision(applied(outcomes.get(RACERS / 2)).getFirst());
      for (CommitOutcome outcome : outcomes) {
        switch (outcome) {
          case Committed(List<Applied> applied) ->
              assertThat(revision(applied.getLast())).isLessThanOrEqualTo(moved);
          case Rejected rejected ->
              assertThat(rejected).isEqualTo(new Rejected(0, new Mismatch.RefAt(commitId(2))));
        }
      }
    }
  }

  @Test
  @DisplayName("S12.10 a key of the other side is not required")
  default void s12_10() {
    var recordsKey = new Key<>(Boundary.Records.RECORDS, SETTINGS, "team", "a");
    var configurationKey = new Key<>(Boundary.Configuration.CONFIGURATION, WIDGETS, "team", "a");

    assertThatThrownBy(
            () ->
                bench()
                    .commit(
                        require(recordsKey, Expected.absent()), creation(record("written"), "")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                bench()
                    .configure(
                        require(configurationKey, Expected.absent()),
                        creation(setting("written"), "")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(bench().records().head()).isEqualTo(Revision.ZERO);
  }

  @Test
  @DisplayName("S12.11 a slot that names a requirement is refused")
  default void s12_11() {
    for (Operation<Boundary.Records> required :
        List.of(
            require(record("absent"), Expected.absent()),
            requireRef(REPOSITORY, "refs/heads/main", null))) {
      for (Slot slot : List.of(new Slot.RevisionOf(0), new Slot.ValueOf(0))) {
        var content = document(Template.builder().slot(slot).build());
        assertThatThrownBy(
                () ->
                    bench()
                        .commit(
                            required, Operation.Put.of(record("one"), Expected.absent(), content)))
            .as("%s of %s", slot, required)
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
    assertThat(bench().records().head()).isEqualTo(Revision.ZERO);
  }

  @Test
  @DisplayName("S12.12 a key or ref that is required and written, or required twice, is refused")
  default void s12_12() {
    Operation<Boundary.Records> key = require(record("a"), Expected.absent());
    Operation<Boundary.Records> ref = requireRef(REPOSITORY, "refs/heads/main", null);
    Template seven = Template.builder().slot(new Slot.ValueOf(0)).build();

    assertRefused(key, creation(record("a"), ""));
    assertRefused(creation(record("a"), ""), key);
    assertRefused(key, delete(record("a"), new Revision(9)));
    assertRefused(delete(record("a"), new Revision(9)), key);
    assertRefused(key, key);
    assertRefused(ref, move("refs/heads/main", null, commitId(1)));
    assertRefused(move("refs/heads/main", null, commitId(1)), ref);
    assertRefused(ref, ref);
    assertRefused(
        add("n", 7, 9),
        new Operation.Put<>(
            Boundary.Records.RECORDS, WIDGETS, "team", seven, Expected.absent(), document("")),
        require(record("7"), Expected.absent()));
    assertThat(bench().records().head()).isEqualTo(Revision.ZERO);
    assertThat(bench().records().refs(REPOSITORY, "", null, 9).refs()).isEmpty();
  }

  /** All pairs at once, two by two. */
  private List<CommitOutcome> inRounds(
      IntFunction<List<Operation<Boundary.Records>>> one,
      IntFunction<List<Operation<Boundary.Records>>> other)
      throws Exception {
    var barrier = new CyclicBarrier(2 * RACERS);
    return bench()
        .concurrently(
            2 * RACERS,
            number ->
                () -> {
                  var operations = (number % 2 == 0 ? one : other).apply(number / 2);
                  barrier.await();
                  return bench().commit(operations);
                });
  }

  private static void assertOneOfEachRoundCommitted(List<CommitOutcome> outcomes) {
    for (int round = 0; round < RACERS; round++) {
      assertThat(outcomes.subList(2 * round, 2 * round + 2))
          .as("round %d", round)
          .satisfiesOnlyOnce(outcome -> assertThat(outcome).isInstanceOf(Committed.class))
          .satisfiesOnlyOnce(outcome -> assertThat(rejected(outcome).operation()).isZero());
    }
  }

  /** One writes, in the midst of the others. */
  private List<CommitOutcome> amid(
      Operation<Boundary.Records> write, IntFunction<List<Operation<Boundary.Records>>> others)
      throws Exception {
    var barrier = new CyclicBarrier(RACERS);
    return bench()
        .concurrently(
            RACERS,
            number ->
                () -> {
                  var operations = number == RACERS / 2 ? List.of(write) : others.apply(number);
                  barrier.await();
                  return bench().commit(operations);
                });
  }

  private Rejected rejectedAfterWrites(Operation<Boundary.Records> requirement) {
    var outcome =
        rejected(
            bench()
                .commit(
                    add("things", 1, 9),
                    creation(record("new"), ""),
                    move("refs/heads/new", null, commitId(7)),
                    requirement));
    assertThat(outcome.operation()).isEqualTo(3);
    assertThat(bench().records().counter("things")).isZero();
    assertThat(bench().records().get(record("new"))).isEmpty();
    assertThat(bench().records().ref(REPOSITORY, new RefName("refs/heads/new"))).isEmpty();
    return outcome;
  }

  @SafeVarargs
  private void assertRefused(Operation<Boundary.Records>... operations) {
    assertThatThrownBy(() -> bench().commit(List.of(operations)))
        .as(List.of(operations).toString())
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static <B extends Boundary> Operation<B> require(Key<B> key, Expected expected) {
    return new Operation.Require<>(key, expected);
  }

  private static Operation<Boundary.Records> requireRef(
      Uid repository, String ref, @Nullable ObjectId at) {
    return new Operation.RequireRef(repository, new RefName(ref), at);
  }

  private static Operation<Boundary.Records> move(
      String ref, @Nullable ObjectId old, @Nullable ObjectId target) {
    return new Operation.MoveRef(REPOSITORY, Template.of(ref), old, target);
  }
}
