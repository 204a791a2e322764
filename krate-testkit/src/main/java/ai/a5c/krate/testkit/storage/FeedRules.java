package ai.a5c.krate.testkit.storage;

import static ai.a5c.krate.testkit.storage.Bench.ACTOR;
import static ai.a5c.krate.testkit.storage.Bench.REPOSITORY;
import static ai.a5c.krate.testkit.storage.Bench.applied;
import static ai.a5c.krate.testkit.storage.Bench.commitId;
import static ai.a5c.krate.testkit.storage.Bench.creation;
import static ai.a5c.krate.testkit.storage.Bench.delete;
import static ai.a5c.krate.testkit.storage.Bench.record;
import static ai.a5c.krate.testkit.storage.Bench.setting;
import static ai.a5c.krate.testkit.storage.Bench.stored;
import static ai.a5c.krate.testkit.storage.Bench.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ChangeFeed;
import ai.a5c.krate.spi.storage.CommitOutcome.Applied;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.Template;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** S8: feeds of changes. */
public interface FeedRules {
  Bench bench();

  @Test
  @DisplayName("S8.1 a feed tells what happened to a document, and what it was before")
  default void s8_1() throws Exception {
    var created = stored(bench().committed(creation(record("a"), "1")).getFirst());
    var updated =
        stored(bench().committed(update(record("a"), created.revision(), "2")).getFirst());
    var deleted = stored(bench().committed(delete(record("a"), updated.revision())).getFirst());

    List<Change.ObjectChanged> changes =
        bench().history(Revision.ZERO).stream().map(Change.ObjectChanged.class::cast).toList();

    assertThat(changes)
        .extracting(Change.ObjectChanged::type)
        .containsExactly(Change.Type.CREATED, Change.Type.UPDATED, Change.Type.DELETED);
    assertThat(changes)
        .extracting(Change.ObjectChanged::object)
        .containsExactly(created, updated, deleted);
    assertThat(changes)
        .extracting(Change.ObjectChanged::previous)
        .containsExactly(null, created, updated);
  }

  @Test
  @DisplayName("S8.2 a feed tells who caused a change, and when")
  default void s8_2() throws Exception {
    Instant before = InstantSource.system().instant().minus(Duration.ofMillis(1));
    bench().committed(creation(record("a"), "1"));
    Instant after = InstantSource.system().instant();

    Change change = bench().history(Revision.ZERO).getFirst();

    assertThat(change.actor()).isEqualTo(ACTOR);
    assertThat(change.time()).isBetween(before, after);
  }

  @Test
  @DisplayName("S8.3 a feed tells where a ref was and where it went")
  default void s8_3() throws Exception {
    List<Change> moves = new ArrayList<>();
    moves.add(moved(new Operation.MoveRef(REPOSITORY, main(), null, commitId(1))));
    moves.add(moved(new Operation.MoveRef(REPOSITORY, main(), commitId(1), commitId(2))));
    moves.add(moved(new Operation.MoveRef(REPOSITORY, main(), commitId(2), null)));

    assertThat(bench().history(Revision.ZERO)).isEqualTo(moves);
    var last = (Change.RefMoved) moves.getLast();
    assertThat(last.ref()).isEqualTo(new RefName("refs/heads/main"));
    assertThat(last.old()).isEqualTo(commitId(2));
    assertThat(last.target()).isNull();
  }

  @Test
  @DisplayName("S8.4 a feed begins after any revision")
  default void s8_4() throws Exception {
    for (int i = 0; i < 300; i++) {
      bench().created("n" + i);
    }
    for (long after : new long[] {0, 1, 42, 150, 299}) {
      assertThat(revisions(bench().history(new Revision(after))))
          .containsExactlyElementsOf(LongStream.rangeClosed(after + 1, 300).boxed().toList());
    }
  }

  @Test
  @DisplayName("S8.5 of concurrent writers no change is lost, doubled or out of order")
  default void s8_5() throws Exception {
    int writers = 16;
    int each = 25;
    int total = writers * each;
    try (ChangeFeed feed = bench().records().changes(Revision.ZERO)) {
      List<List<Change>> results =
          bench()
              .concurrently(
                  writers + 1,
                  worker ->
                      worker == writers
                          ? () -> bench().read(feed, new Revision(total))
                          : writer(worker, each));

      assertThat(revisions(results.get(writers)))
          .containsExactlyElementsOf(LongStream.rangeClosed(1, total).boxed().toList());
      assertThat(results.get(writers))
          .extracting(change -> ((Change.ObjectChanged) change).object().key().name())
          .doesNotHaveDuplicates();
    }
  }

  @Test
  @DisplayName("S8.6 a feed gives its own side alone, and passes the changes of the other")
  default void s8_6() throws Exception {
    applied(bench().configure(creation(setting("a"), "")));
    bench().created("b");
    bench().committed(new Operation.MoveRef(REPOSITORY, main(), null, commitId(1)));
    applied(bench().configure(creation(setting("c"), "")));

    try (ChangeFeed records = bench().records().changes(Revision.ZERO);
        ChangeFeed configuration = bench().configuration().changes(Revision.ZERO)) {
      assertThat(revisions(bench().read(records, new Revision(4)))).containsExactly(2L, 3L);
      assertThat(revisions(bench().read(configuration, new Revision(4)))).containsExactly(1L, 4L);
    }
  }

  @Test
  @DisplayName("S8.7 a feed waits for the next change")
  default void s8_7() throws Exception {
    Revision first = bench().created("one");
    try (ChangeFeed feed = bench().records().changes(first)) {
      for (int i = 0; i < 5; i++) {
        int number = i;
        var waiting = new CountDownLatch(1);
        List<List<Change>> results =
            bench()
                .concurrently(
                    2,
                    worker ->
                        worker == 0
                            ? () -> {
                              waiting.countDown();
                              return bench().read(feed, new Revision(first.value() + 1 + number));
                            }
                            : () -> {
                              waiting.await();
                              bench().created("next-" + number);
                              return List.of();
                            });
        assertThat(revisions(results.getFirst())).containsExactly(first.value() + 1 + number);
      }
    }
  }

  @Test
  @DisplayName("S8.8 closing a feed wakes its reader, and it stays closed")
  default void s8_8() throws Exception {
    ChangeFeed feed = bench().records().changes(Revision.ZERO);

    assertThat(endOf(feed, feed::close)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> bench().within(feed::next)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  @DisplayName("S8.9 an interrupted reader goes on where it was")
  default void s8_9() throws Exception {
    try (ChangeFeed feed = bench().records().changes(Revision.ZERO)) {
      Exception interrupted =
          bench()
              .within(
                  () -> {
                    Thread.currentThread().interrupt();
                    return thrownBy(feed);
                  });
      assertThat(interrupted).isInstanceOf(InterruptedException.class);

      Revision next = bench().created("one");
      assertThat(revisions(bench().read(feed, next))).containsExactly(next.value());
    }
  }

  @Test
  @DisplayName("S8.10 a feed from a revision that is still to come is refused")
  default void s8_10() {
    Revision head = bench().created("one");

    assertThatThrownBy(() -> bench().records().changes(head.next()).close())
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("S8.11 closing the storage ends its feeds")
  default void s8_11() throws Exception {
    ChangeFeed feed = bench().configuration().changes(Revision.ZERO);

    assertThat(endOf(feed, bench().storage()::close)).isInstanceOf(IllegalStateException.class);
  }

  private Exception endOf(ChangeFeed feed, Runnable end) throws Exception {
    var waiting = new CountDownLatch(1);
    List<Exception> results =
        bench()
            .concurrently(
                2,
                worker ->
                    worker == 0
                        ? () -> {
                          waiting.countDown();
                          return thrownBy(feed);
                        }
                        : () -> {
                          waiting.await();
                          end.run();
                          return new Exception("not read");
                        });
    return results.getFirst();
  }

  private static Exception thrownBy(ChangeFeed feed) {
    try {
      return new NothingThrown("the feed gave " + feed.next());
    } catch (InterruptedException | RuntimeException e) {
      return e;
    }
  }

  /** Stands for the exception that did not come. */
  final class NothingThrown extends Exception {
    private static final long serialVersionUID = 1L;

    private NothingThrown(String message) {
      super(message);
    }
  }

  private Callable<List<Change>> writer(int worker, int count) {
    return () -> {
      for (int i = 0; i < count; i++) {
        bench().created("w" + worker + "-" + i);
      }
      return List.of();
    };
  }

  private Change moved(Operation.MoveRef move) {
    return ((Applied.Moved) bench().committed(move).getFirst()).change();
  }

  private static Template main() {
    return Template.of("refs/heads/main");
  }

  private static List<Long> revisions(List<Change> changes) {
    return changes.stream().map(change -> change.revision().value()).toList();
  }
}
