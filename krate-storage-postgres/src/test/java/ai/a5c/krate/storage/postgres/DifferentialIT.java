package ai.a5c.krate.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ChangeFeed;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.ResourceStore;
import ai.a5c.krate.spi.storage.Storage;
import ai.a5c.krate.testkit.database.TestDatabases;
import ai.a5c.krate.testkit.storage.FakeStorage;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Random transactions on PostgreSQL and on the store in memory: the same answers, the same history.
 * A failure tells its seed; {@code -Dkrate.seed=N} runs it again.
 */
class DifferentialIT {
  @RegisterExtension static final TestDatabases DATABASES = new TestDatabases();

  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-01-02T03:04:05.678901Z"));
  private static final Set<String> RECORDS = Set.of(RandomTransactions.RECORDS);
  private static final int TRANSACTIONS = 600;
  private static final int BATCH = 40;

  private final long seed = Long.getLong("krate.seed", new Random().nextLong());
  private final Random random = new Random(seed);

  @Test
  void oneByOneTheAnswersAreTheSame() throws Exception {
    try (Storage postgres = Databases.open(DATABASES.fresh(), StorageSettings.of(RECORDS), CLOCK);
        var fake = new FakeStorage(RECORDS, CLOCK)) {
      var transactions = new RandomTransactions(random, fake);
      for (int i = 0; i < TRANSACTIONS; i++) {
        transactions.next().commitTo(postgres, fake, (actual, expected) -> same(actual, expected));
      }
      assertSameState(postgres, fake);
    }
  }

  @Test
  void inOneBatchTheAnswersAreTheSame() throws Exception {
    var gate = new BatchGate();
    StorageSettings settings = StorageSettings.of(RECORDS).withFailPoint(gate);
    try (Storage postgres = Databases.open(DATABASES.fresh(), settings, CLOCK);
        var fake = new FakeStorage(RECORDS, CLOCK)) {
      var transactions = new RandomTransactions(random, fake);
      for (int i = 0; i < TRANSACTIONS / BATCH; i++) {
        commitInOneBatch(postgres, fake, gate, transactions);
      }
      assertSameState(postgres, fake);
    }
  }

  private void commitInOneBatch(
      Storage postgres, FakeStorage fake, BatchGate gate, RandomTransactions transactions)
      throws InterruptedException {
    gate.close();
    var threads = new ArrayList<Thread>();
    var answers = new ArrayList<Answer>();
    for (int i = 0; i <= BATCH; i++) {
      // The first holds the committer, so that all others wait for the same batch.
      RandomTransactions.Drawn drawn = i == 0 ? transactions.create() : transactions.next();
      var answer = new Answer();
      answers.add(answer);
      Thread thread = Thread.ofPlatform().start(() -> answer.actual = drawn.outcomeOf(postgres));
      while (thread.getState() != Thread.State.WAITING && thread.isAlive()) {
        Thread.onSpinWait();
      }
      threads.add(thread);
      answer.expected = drawn.outcomeOf(fake);
    }
    gate.open();
    for (Thread thread : threads) {
      thread.join();
    }
    for (Answer answer : answers) {
      same(answer.actual, answer.expected);
    }
  }

  private void same(Object actual, Object expected) {
    assertThat(actual).as("seed " + seed).isEqualTo(expected);
  }

  private void assertSameState(Storage postgres, FakeStorage fake) throws Exception {
    same(postgres.records().head(), fake.records().head());
    same(history(postgres.records()), history(fake.records()));
    same(history(postgres.configuration()), history(fake.configuration()));
    long head = fake.records().head().value();
    for (int i = 0; i < 30; i++) {
      var at = new Revision(random.nextLong(head + 1));
      ListRequest.Place after =
          random.nextBoolean() ? null : new ListRequest.Place("team", "n" + random.nextInt(9));
      var request =
          new ListRequest(
              RandomTransactions.WIDGETS,
              random.nextBoolean() ? null : "team",
              after,
              1 + random.nextInt(5),
              random.nextInt(4) == 0 ? null : at);
      same(postgres.records().list(request), fake.records().list(request));
    }
    for (String counter : RandomTransactions.COUNTERS) {
      same(postgres.records().counter(counter), fake.records().counter(counter));
    }
    same(
        postgres.records().refs(RandomTransactions.REPOSITORY, "", null, 100),
        fake.records().refs(RandomTransactions.REPOSITORY, "", null, 100));
    same(
        postgres.records().ref(RandomTransactions.REPOSITORY, new RefName("refs/heads/b1")),
        fake.records().ref(RandomTransactions.REPOSITORY, new RefName("refs/heads/b1")));
    System.out.println("seed " + seed + ": " + head + " revisions");
  }

  private static List<Change> history(ResourceStore<?> store) throws Exception {
    var changes = new ArrayList<Change>();
    Revision head = store.head();
    try (ChangeFeed feed = store.changes(Revision.ZERO)) {
      for (Revision position = Revision.ZERO; head.isAfter(position); ) {
        ChangeFeed.Batch batch = feed.next();
        changes.addAll(batch.changes());
        position = batch.upTo();
      }
    }
    return changes;
  }

  /** What the two stores said, or threw. */
  private static final class Answer {
    private volatile Object actual = "";
    private Object expected = "";
  }

  /** Holds the committer between the statements of a batch and its commit. */
  private static final class BatchGate implements FailPoint {
    private volatile CountDownLatch opened = new CountDownLatch(0);

    void close() {
      opened = new CountDownLatch(1);
    }

    void open() {
      opened.countDown();
    }

    @Override
    public void reached(Place place) {
      try {
        if (place == Place.BEFORE_COMMIT) {
          opened.await();
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
