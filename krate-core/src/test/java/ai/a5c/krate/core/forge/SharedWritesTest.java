package ai.a5c.krate.core.forge;

import static ai.a5c.krate.core.forge.Board.ISSUE;
import static ai.a5c.krate.core.forge.Board.issue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.apiserver.request.Written;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SharedWritesTest {
  private final Board board = new Board();
  private final SharedWrites writes = new SharedWrites("writes", board.client);
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

  /** How many objects of the kind each transaction wrote. */
  private final List<Integer> sizes = new ArrayList<>();

  private final Semaphore held = new Semaphore(0);
  private final CountDownLatch arrived = new CountDownLatch(1);

  @AfterEach
  void close() {
    held.release(1_000_000);
    callers.close();
    writes.close();
    board.close();
  }

  /** Notes the sizes of transactions, and holds the first until it is let go. */
  private void holding() {
    AtomicInteger plans = new AtomicInteger();
    board.contribution.set(
        plan -> {
          synchronized (sizes) {
            sizes.add((int) plan.steps().stream().filter(Step.Write.class::isInstance).count());
          }
          if (plans.getAndIncrement() == 0) {
            arrived.countDown();
            held.acquireUninterruptibly();
          }
        });
  }

  private Future<Written> create(String name) {
    return create(name, "a title");
  }

  private Future<Written> create(String name, String title) {
    return callers.submit(() -> writes.create(ISSUE, issue("team", name, title)));
  }

  private Future<Written> count(String name) {
    return callers.submit(() -> writes.updateStatus(ISSUE, "team", name, Board.COUNT));
  }

  private void awaitWaiting(int many) throws InterruptedException {
    long fuse = System.nanoTime() + 60_000_000_000L;
    while (writes.waiting() < many) {
      assertThat(System.nanoTime()).isLessThan(fuse);
      Thread.onSpinWait();
      Thread.yield();
    }
  }

  private static Problem refusal(Future<Written> of) throws InterruptedException {
    try {
      throw new AssertionError("written: " + of.get());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ApiException refused) {
        return refused.problem();
      }
      throw new AssertionError(e);
    }
  }

  @Test
  void whoFindsNobodyAtWorkIsWrittenAlone() throws Exception {
    Written written = writes.create(ISSUE, issue("a"));

    assertThat(written.outcome()).isEqualTo(Written.Outcome.CREATED);
    assertThat(written.object()).isEqualTo(board.get("a"));
    assertThat(board.entries()).isEqualTo(1);
  }

  @Test
  void whatIsHandedInMeanwhileIsWrittenTogether() throws Exception {
    holding();
    List<Future<Written>> all = new ArrayList<>(List.of(create("first")));
    arrived.await();
    int more = Client.MOST_TOGETHER + 2;
    IntStream.range(0, more).forEach(i -> all.add(create("n" + i)));
    awaitWaiting(more);

    held.release();

    for (Future<Written> one : all) {
      assertThat(one.get().outcome()).isEqualTo(Written.Outcome.CREATED);
    }
    assertThat(sizes).containsExactly(1, Client.MOST_TOGETHER, 2);
    assertThat(board.entries()).isEqualTo(3);
    assertThat(all.stream().map(one -> one.resultNow().object().name()))
        .containsExactlyInAnyOrderElementsOf(board.names());
  }

  @Test
  void whoDoesNotWaitIsToldWhatBecameOfHisWrite() throws Exception {
    board.create("taken");
    var told = new LinkedBlockingQueue<Optional<RuntimeException>>();
    SharedWrites.Told note = failure -> told.add(Optional.ofNullable(failure));

    writes.create(ISSUE, issue("good"), note);
    assertThat(told.poll(60, TimeUnit.SECONDS)).isEmpty();
    writes.updateStatus(ISSUE, "team", "good", Board.COUNT, note);
    assertThat(told.poll(60, TimeUnit.SECONDS)).isEmpty();
    writes.create(ISSUE, issue("taken"), note);
    assertThat(told.poll(60, TimeUnit.SECONDS).orElseThrow()).isInstanceOf(ApiException.class);

    assertThat(Board.counted(board.get("good"))).isEqualTo(1);
  }

  @Test
  void fewLingerUntilThereAreEnough() throws Exception {
    var lingering = new SharedWrites("lingering", board.client, Duration.ofDays(1));
    int many = Client.MOST_TOGETHER + 1;
    var told = new CountDownLatch(many);
    for (int i = 0; i < many; i++) {
      lingering.create(ISSUE, issue("n" + i), failure -> told.countDown());
    }
    await().atMost(60, TimeUnit.SECONDS).until(() -> board.entries() == 1);
    assertThat(board.names()).hasSize(Client.MOST_TOGETHER);

    lingering.close();

    assertThat(told.getCount()).isZero();
    assertThat(board.names()).hasSize(many);
    assertThat(board.entries()).isEqualTo(2);
  }

  @Test
  void oneThatIsRefusedLetsTheOthersPass() throws Exception {
    board.create("taken");
    holding();
    Future<Written> first = create("first");
    arrived.await();
    Future<Written> taken = create("taken");
    Future<Written> good = create("good");
    Future<Written> invalid = create("invalid", "");
    Future<Written> better = create("better");
    awaitWaiting(4);

    held.release();

    assertThat(refusal(taken))
        .isEqualTo(new Problem.AlreadyExists(ISSUE.resource(), "taken", false));
    assertThat(refusal(invalid)).isInstanceOf(Problem.Invalid.class);
    assertThat(first.get().object().name()).isEqualTo("first");
    assertThat(good.get().object().name()).isEqualTo("good");
    assertThat(better.get().object().name()).isEqualTo("better");
    assertThat(board.names()).containsExactly("better", "first", "good", "taken");
  }

  @Test
  void aChangeThatFailsFailsAlone() throws Exception {
    board.create("a");
    board.create("b");
    board.create("c");
    holding();
    Future<Written> first = count("a");
    arrived.await();
    Future<Written> good = count("b");
    Future<Written> broken =
        callers.submit(
            () ->
                writes.updateStatus(
                    ISSUE,
                    "team",
                    "c",
                    old -> {
                      throw new UnsupportedOperationException("broken");
                    }));
    Future<Written> missing = count("missing");
    awaitWaiting(3);

    held.release();

    assertThat(Board.counted(first.get().object())).isEqualTo(1);
    assertThat(Board.counted(good.get().object())).isEqualTo(1);
    assertThat(refusal(missing)).isEqualTo(new Problem.NotFound(ISSUE.resource(), "missing"));
    assertThatThrownBy(broken::get).hasCauseInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void aQuotaLetsPassAsManyAsItWouldAlone() throws Exception {
    board.contribution.set(
        plan -> {
          long created =
              plan.steps().stream()
                  .filter(s -> s instanceof Step.Write w && w.kind().equals(ISSUE))
                  .count();
          for (long i = 0; i < created; i++) {
            plan.add(new Step.Count("quota", 5));
          }
        });

    List<Future<Written>> all = IntStream.range(0, 9).mapToObj(i -> create("n" + i)).toList();

    int written = 0;
    for (Future<Written> one : all) {
      try {
        one.get();
        written++;
      } catch (ExecutionException e) {
        assertThat(e).hasCauseInstanceOf(ApiException.class);
      }
    }
    assertThat(written).isEqualTo(5);
    assertThat(board.names()).hasSize(5);
  }

  @Test
  void changesOfOneObjectAreMadeOneAfterTheOther() throws Exception {
    board.create("a");
    board.create("b");
    List<Future<Written>> all = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      all.add(count(i % 2 == 0 ? "a" : "b"));
    }

    for (Future<Written> one : all) {
      assertThat(one.get().outcome()).isEqualTo(Written.Outcome.UPDATED);
    }

    assertThat(Board.counted(board.get("a"))).isEqualTo(100);
    assertThat(Board.counted(board.get("b"))).isEqualTo(100);
  }

  @Test
  void namespacesDoNotWaitForOneAnother() throws Exception {
    holding();
    Future<Written> first = create("first");
    arrived.await();

    Written other = writes.create(ISSUE, issue("other", "a", "a title"));

    assertThat(other.object().namespace()).isEqualTo("other");
    assertThat(first.isDone()).isFalse();
    held.release();
    assertThat(first.get().object().name()).isEqualTo("first");
  }

  @Test
  void aStoreThatIsLostIsToldToAllOfThem() throws Exception {
    holding();
    Future<Written> first = create("first");
    arrived.await();
    List<Future<Written>> more = List.of(create("a"), create("b"));
    awaitWaiting(2);
    board.storage.setUnavailable(true);

    held.release();

    assertThatThrownBy(first::get).hasCauseInstanceOf(StoreUnavailableException.class);
    for (Future<Written> one : more) {
      assertThatThrownBy(one::get).hasCauseInstanceOf(StoreUnavailableException.class);
    }
    board.storage.setUnavailable(false);
    board.storage.loseNextAnswer();
    assertThatThrownBy(() -> writes.create(ISSUE, issue("c")))
        .isInstanceOf(OutcomeUnknownException.class);
    assertThat(writes.create(ISSUE, issue("d")).object().name()).isEqualTo("d");
  }

  @Test
  void whoIsInterruptedLeavesAndWhatHeWantedIsNotWritten() throws Exception {
    holding();
    Future<Written> first = create("first");
    arrived.await();
    Future<Written> leaving = create("leaving");
    awaitWaiting(1);

    leaving.cancel(true);

    long fuse = System.nanoTime() + 60_000_000_000L;
    while (writes.waiting() > 0) {
      assertThat(System.nanoTime()).isLessThan(fuse);
      Thread.yield();
    }
    held.release();
    assertThat(first.get().object().name()).isEqualTo("first");
    assertThat(writes.create(ISSUE, issue("last")).object().name()).isEqualTo("last");
    assertThat(board.names()).containsExactly("first", "last");
  }

  @Test
  void moreThanMayWaitAreRefused() throws Exception {
    holding();
    Future<Written> first = create("first");
    arrived.await();
    List<Future<Written>> all =
        IntStream.range(0, SharedWrites.MOST_WAITING).mapToObj(i -> create("n" + i)).toList();
    awaitWaiting(SharedWrites.MOST_WAITING);

    assertThatThrownBy(() -> writes.create(ISSUE, issue("one-more")))
        .isInstanceOfSatisfying(
            ApiException.class,
            e -> assertThat(e.problem()).isInstanceOf(Problem.TooManyRequests.class));

    held.release();
    assertThat(first.get().object().name()).isEqualTo("first");
    assertThat(all.getLast().get().outcome()).isEqualTo(Written.Outcome.CREATED);
  }

  @Test
  void closingWritesWhatWasHandedInAndTakesNoMore() throws Exception {
    holding();
    Future<Written> first = create("first");
    arrived.await();
    Future<Written> second = create("second");
    awaitWaiting(1);
    Future<?> closing = callers.submit(writes::close);

    held.release();

    closing.get();
    assertThat(first.get().object().name()).isEqualTo("first");
    assertThat(second.get().object().name()).isEqualTo("second");
    assertThatThrownBy(() -> writes.create(ISSUE, issue("third")))
        .isInstanceOf(IllegalStateException.class);
  }
}
