package ai.a5c.krate.apiserver.watch;

import static ai.a5c.krate.apiserver.house.House.NOTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ChangeFeed;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.CompactedException;
import ai.a5c.krate.spi.storage.Document;
import ai.a5c.krate.spi.storage.Expected;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.ResourceStore;
import ai.a5c.krate.spi.storage.StoredObject;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Transaction;
import ai.a5c.krate.testkit.storage.FakeStorage;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WatchHubTest {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(20);

  private final FakeStorage storage = new FakeStorage(Set.of(NOTE.group()), InstantSource.system());

  @AfterEach
  void close() {
    storage.close();
  }

  private Revision write(String name, int size) {
    Key<Boundary.Records> key = new Key<>(Boundary.Records.RECORDS, NOTE.resource(), "team", name);
    Document document = new Document(Template.of(Bytes.utf8("x".repeat(size))), "v1", null);
    CommitOutcome outcome =
        storage
            .records()
            .commit(
                new Transaction<>(
                    "test", List.of(Operation.Put.of(key, Expected.absent(), document))));
    assertThat(outcome).isInstanceOf(CommitOutcome.Committed.class);
    return storage.records().head();
  }

  private static List<Long> read(WatchHub.Cursor cursor, Revision upTo)
      throws InterruptedException {
    List<Long> seen = new ArrayList<>();
    while (upTo.isAfter(cursor.seen())) {
      cursor.next(PATIENCE).forEach(change -> seen.add(change.revision().value()));
    }
    return seen;
  }

  private static List<Long> all(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }

  @Test
  void aCursorThatFellBehindTheRingReadsHistoryAndMissesNothing() throws Exception {
    try (WatchHub hub = new WatchHub(storage.records(), 4)) {
      WatchHub.Cursor cursor = hub.from(Revision.ZERO);
      Revision last = Revision.ZERO;
      for (int i = 0; i < 300; i++) {
        last = write("n" + i, 1);
      }
      assertThat(hub.awaitReached(last, PATIENCE)).isTrue();

      assertThat(read(cursor, last)).isEqualTo(all(1, 300));
      last = write("later", 1);
      assertThat(read(cursor, last)).isEqualTo(all(301, 301));
    }
  }

  @Test
  void largeChangesLeaveTheRingEarlierAndAreReadFromHistory() throws Exception {
    try (WatchHub hub = new WatchHub(storage.records(), 1_000)) {
      WatchHub.Cursor cursor = hub.from(Revision.ZERO);
      Revision last = Revision.ZERO;
      for (int i = 0; i < 30; i++) {
        last = write("n" + i, 2 * 1024 * 1024);
      }
      assertThat(hub.awaitReached(last, PATIENCE)).isTrue();

      assertThat(read(cursor, last)).isEqualTo(all(1, 30));
    }
  }

  @Test
  void aFreshCursorReadsWhatIsInTheRingWithoutTheStore() throws Exception {
    Counting store = new Counting(storage);
    try (WatchHub hub = new WatchHub(store, 100)) {
      Revision last = write("a", 1);
      assertThat(hub.awaitReached(last, PATIENCE)).isTrue();
      for (int i = 0; i < 10; i++) {
        assertThat(read(hub.from(Revision.ZERO), last)).isEqualTo(all(1, 1));
      }
      assertThat(store.feeds).hasValue(1);
    }
  }

  @Test
  void whatIsNoLongerInHistoryIsSaidAtOnce() throws Exception {
    for (int i = 0; i < 5; i++) {
      write("n" + i, 1);
    }
    storage.compact(new Revision(3));
    try (WatchHub hub = new WatchHub(storage.records(), 100)) {
      assertThatThrownBy(() -> hub.from(new Revision(2))).isInstanceOf(CompactedException.class);
      assertThat(read(hub.from(new Revision(3)), new Revision(5))).isEqualTo(all(4, 5));
    }
  }

  @Test
  void changesOfTheOtherSideMoveTheCursorOn() throws Exception {
    try (WatchHub hub = new WatchHub(storage.configuration(), 100)) {
      WatchHub.Cursor cursor = hub.from(Revision.ZERO);
      Revision last = write("a", 1);

      assertThat(read(cursor, last)).isEmpty();
      assertThat(cursor.seen()).isEqualTo(last);
    }
  }

  @Test
  void closingWakesWhoeverWaits() throws Exception {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor();
        WatchHub hub = new WatchHub(storage.records(), 100)) {
      WatchHub.Cursor one = hub.from(Revision.ZERO);
      WatchHub.Cursor other = hub.from(Revision.ZERO);
      Future<List<Change>> waiting = executor.submit(() -> one.next(Long.MAX_VALUE));
      Future<List<Change>> stopped = executor.submit(() -> other.next(Long.MAX_VALUE));
      one.close();
      assertThatThrownBy(waiting::get).hasRootCauseInstanceOf(WatchClosedException.class);
      hub.close();
      assertThatThrownBy(stopped::get).hasRootCauseInstanceOf(WatchClosedException.class);
    }
  }

  @Test
  void aFeedThatBreaksIsOpenedAgainAndNothingIsLost() throws Exception {
    Counting store = new Counting(storage);
    try (WatchHub hub = new WatchHub(store, 100)) {
      WatchHub.Cursor cursor = hub.from(Revision.ZERO);
      store.breaks.set(1);
      Revision last = Revision.ZERO;
      for (int i = 0; i < 20; i++) {
        last = write("n" + i, 1);
      }
      assertThat(read(cursor, last)).isEqualTo(all(1, 20));
      last = write("later", 1);
      assertThat(read(cursor, last)).isEqualTo(all(21, 21));
    }
  }

  @Test
  void aStoreThatIsAwayForAWhileLosesNothing() throws Exception {
    try (WatchHub hub = new WatchHub(storage.records(), 100)) {
      WatchHub.Cursor cursor = hub.from(Revision.ZERO);
      write("a", 1);
      storage.setUnavailable(true);
      storage.setUnavailable(false);
      Revision last = write("b", 1);

      assertThat(read(cursor, last)).isEqualTo(all(1, 2));
    }
  }

  /** Counts the feeds of the records' side, and breaks some of them by a fault nobody expects. */
  private static final class Counting implements ResourceStore<Boundary.Records> {
    private final FakeStorage storage;
    private final AtomicInteger feeds = new AtomicInteger();
    private final AtomicInteger breaks = new AtomicInteger();

    Counting(FakeStorage storage) {
      this.storage = storage;
    }

    @Override
    public Boundary.Records boundary() {
      return storage.records().boundary();
    }

    @Override
    public Revision head() {
      return storage.records().head();
    }

    @Override
    public Optional<StoredObject> get(Key<Boundary.Records> key) {
      return storage.records().get(key);
    }

    @Override
    public Listing list(ListRequest request) {
      return storage.records().list(request);
    }

    @Override
    public CommitOutcome commit(Transaction<Boundary.Records> transaction) {
      return storage.records().commit(transaction);
    }

    @Override
    public ChangeFeed changes(Revision after) {
      feeds.incrementAndGet();
      ChangeFeed feed = storage.records().changes(after);
      return new ChangeFeed() {
        @Override
        public Batch next() throws InterruptedException {
          Batch batch = feed.next();
          if (breaks.getAndDecrement() > 0) {
            throw new UnsupportedOperationException("broken");
          }
          return batch;
        }

        @Override
        public void close() {
          feed.close();
        }
      };
    }

    @Override
    public long counter(String name) {
      return storage.records().counter(name);
    }
  }
}
