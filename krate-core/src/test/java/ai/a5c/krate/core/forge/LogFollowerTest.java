package ai.a5c.krate.core.forge;

import static ai.a5c.krate.core.forge.Board.CONFIG_MAP;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Change;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class LogFollowerTest {
  private static final Duration FUSE = Duration.ofSeconds(60);

  private final Board board = new Board();

  @AfterEach
  void close() {
    board.close();
  }

  /** Remembers what it was given, and begins wherever it was told to. */
  private static class Recorder implements LogFollower.Reader {
    final List<Long> revisions = new ArrayList<>();
    final AtomicInteger begun = new AtomicInteger();
    final AtomicInteger lost = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private Revision from;
    private Revision upTo = Revision.ZERO;

    Recorder(Revision from) {
      this.from = from;
    }

    @Override
    public Revision begin() throws InterruptedException {
      begun.incrementAndGet();
      return from;
    }

    @Override
    public void read(List<Change> changes, Revision reached) throws InterruptedException {
      lock.lock();
      try {
        changes.forEach(change -> revisions.add(change.revision().value()));
        assertThat(upTo.isAfter(reached)).isFalse();
        upTo = reached;
        from = reached;
        moved.signalAll();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void lost(Revision floor) {
      lost.incrementAndGet();
      from = floor;
    }

    void await(Revision revision) throws InterruptedException {
      lock.lock();
      try {
        long left = FUSE.toNanos();
        while (revision.isAfter(upTo)) {
          assertThat(left).isPositive();
          left = moved.awaitNanos(left);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private LogFollower follow(LogFollower.Reader reader) {
    LogFollower follower = new LogFollower("follower", board.server.hubs().all(), reader);
    follower.start();
    return follower;
  }

  private void writeBothSides(int times) {
    for (int i = 0; i < times; i++) {
      board.create("n" + board.head());
      var unused = board.client.create(CONFIG_MAP, Board.configMap("c" + board.head()));
    }
  }

  @Test
  void bothSidesAreReadInOrderAndNothingIsMissing() throws Exception {
    writeBothSides(3);
    Recorder reader = new Recorder(Revision.ZERO);
    try (LogFollower follower = follow(reader)) {
      writeBothSides(20);
      Revision head = board.head();

      reader.await(head);

      assertThat(reader.revisions)
          .containsExactlyElementsOf(
              java.util.stream.LongStream.rangeClosed(1, head.value()).boxed().toList());
      assertThat(reader.begun).hasValue(1);
      follower.stop();
    }
  }

  @Test
  void historyThatIsGoneIsToldAndReadingGoesOn() throws Exception {
    writeBothSides(10);
    // A hub that is younger than the changes has to ask for history.
    try (var hub = new ai.a5c.krate.apiserver.watch.WatchHub(board.storage.records(), 4)) {
      Revision head = board.head();
      board.storage.compact(head);
      Recorder reader = new Recorder(Revision.ZERO);
      try (LogFollower follower = new LogFollower("follower", List.of(hub), reader)) {
        follower.start();
        board.create("after");

        reader.await(board.head());

        assertThat(reader.lost).hasValue(1);
        assertThat(reader.begun).hasValue(2);
        assertThat(reader.revisions).containsExactly(head.value() + 1, head.value() + 2);
      }
    }
  }

  @Test
  void aReaderThatFailsBeginsAgainAndMissesNothing() throws Exception {
    AtomicInteger left = new AtomicInteger(1);
    Recorder reader =
        new Recorder(Revision.ZERO) {
          @Override
          public void read(List<Change> changes, Revision reached) throws InterruptedException {
            if (!changes.isEmpty() && left.getAndDecrement() > 0) {
              throw new UnsupportedOperationException("once");
            }
            super.read(changes, reached);
          }
        };
    board.create("a");
    try (LogFollower follower = follow(reader)) {
      board.create("b");

      reader.await(board.head());

      assertThat(reader.begun).hasValue(2);
      assertThat(reader.revisions).containsExactly(1L, 2L, 3L, 4L);
      follower.stop();
    }
  }

  @Test
  void closingEndsAWaitAndAPauseAndIsWaitedFor() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    Recorder quiet =
        new Recorder(board.head()) {
          @Override
          public Duration patience() {
            waiting.countDown();
            return Duration.ofHours(1);
          }
        };
    LogFollower follower = follow(quiet);
    waiting.await();
    follower.close();
    follower.close();

    CountDownLatch failed = new CountDownLatch(1);
    Recorder failing =
        new Recorder(board.head()) {
          @Override
          public Revision begin() {
            failed.countDown();
            throw new UnsupportedOperationException("never");
          }
        };
    LogFollower pausing = follow(failing);
    failed.await();
    pausing.close();
    int reads = quiet.revisions.size();
    board.create("a");

    assertThat(quiet.revisions).hasSize(reads);
  }
}
