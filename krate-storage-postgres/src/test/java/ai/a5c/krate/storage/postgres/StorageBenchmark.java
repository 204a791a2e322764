package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.database.Database;
import ai.a5c.krate.spi.database.DatabaseProvider;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ChangeFeed;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.Document;
import ai.a5c.krate.spi.storage.Expected;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.Slot;
import ai.a5c.krate.spi.storage.Storage;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Transaction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Measures durable commits on the embedded server, each of one document of 0.7 KB and one entry of
 * a hash-chained stream: commits per second, and the time from the beginning of a commit and from
 * its answer until a feed has given the change.
 *
 * <p>{@code main} takes the seconds of each run and the numbers of writers: {@code 10 1 32}.
 */
public final class StorageBenchmark {
  private static final GroupResource WIDGETS = new GroupResource("records.example", "widgets");
  private static final GroupResource ENTRIES = new GroupResource("records.example", "entries");
  private static final String PADDING = "x".repeat(650);
  private static final int MOST_SAMPLES = 1 << 20;

  private final Storage storage;
  private final AtomicLongArray began = new AtomicLongArray(MOST_SAMPLES);
  private final AtomicLongArray answered = new AtomicLongArray(MOST_SAMPLES);
  private final AtomicLongArray seen = new AtomicLongArray(MOST_SAMPLES);

  private StorageBenchmark(Storage storage) {
    this.storage = storage;
  }

  /** Runs the measurement and prints it. */
  public static void main(String[] arguments) throws Exception {
    Duration length = Duration.ofSeconds(Long.parseLong(arguments[0]));
    Path folder = Files.createTempDirectory("krate-benchmark");
    DatabaseProvider provider =
        ServiceLoader.load(DatabaseProvider.class).findFirst().orElseThrow();
    for (int index = 1; index < arguments.length; index++) {
      int writers = Integer.parseInt(arguments[index]);
      try (Database database = provider.start(folder.resolve("of-" + index));
          Storage storage =
              PostgresStorage.open(
                  new DatabaseAddress(database.jdbcUrl(), database.user(), database.password(), 8),
                  StorageSettings.of(Set.of("records.example")),
                  InstantSource.system())) {
        new StorageBenchmark(storage).run(writers, Duration.ofSeconds(3));
        new StorageBenchmark(storage).run(writers, length);
      }
    }
  }

  private void run(int writers, Duration length) throws Exception {
    Revision head = storage.records().head();
    long end = System.nanoTime() + length.toNanos();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor();
        ChangeFeed feed = storage.records().changes(head)) {
      Future<?> reader = executor.submit(() -> read(feed, head));
      var tasks = new ArrayList<Callable<Integer>>();
      for (int writer = 0; writer < writers; writer++) {
        String prefix = "b" + head + "-w" + writer + "-";
        tasks.add(() -> write(prefix, head, end));
      }
      int commits = 0;
      for (Future<Integer> done : executor.invokeAll(tasks)) {
        commits += done.get();
      }
      Revision last = storage.records().head();
      while (seen.get(slot(head, last)) == 0) {
        Thread.onSpinWait();
      }
      feed.close();
      reader.cancel(true);
      report(writers, commits, length, head, last);
    }
  }

  private int write(String prefix, Revision head, long end) {
    int commits = 0;
    while (System.nanoTime() < end) {
      long start = System.nanoTime();
      CommitOutcome outcome = storage.records().commit(transaction(prefix + commits));
      long now = System.nanoTime();
      if (!(outcome instanceof CommitOutcome.Committed(List<CommitOutcome.Applied> applied))
          || !(applied.get(0) instanceof CommitOutcome.Applied.Stored stored)) {
        throw new IllegalStateException("not committed: " + outcome);
      }
      int slot = slot(head, stored.object().revision());
      began.set(slot, start);
      answered.set(slot, now);
      commits++;
    }
    return commits;
  }

  private void read(ChangeFeed feed, Revision head) {
    try {
      while (true) {
        List<Change> changes = feed.next().changes();
        long now = System.nanoTime();
        changes.forEach(change -> seen.set(slot(head, change.revision()), now));
      }
    } catch (InterruptedException | IllegalStateException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void report(int writers, int commits, Duration length, Revision head, Revision last) {
    var commit = new ArrayList<Double>();
    var whole = new ArrayList<Double>();
    var after = new ArrayList<Double>();
    for (long revision = head.value() + 1; revision <= last.value(); revision++) {
      int slot = slot(head, new Revision(revision));
      if (began.get(slot) != 0) {
        commit.add((answered.get(slot) - began.get(slot)) / 1e6);
        whole.add((seen.get(slot) - began.get(slot)) / 1e6);
        after.add((seen.get(slot) - answered.get(slot)) / 1e6);
      }
    }
    System.out.printf(
        "%2d writers: %.0f commits/s; commit %s; commit to feed %s; answer to feed %s%n",
        writers,
        commits / (length.toMillis() / 1e3),
        percentiles(commit),
        percentiles(whole),
        percentiles(after));
  }

  private static String percentiles(List<Double> samples) {
    samples.sort(null);
    return "p50 %.2f ms p99 %.2f ms"
        .formatted(samples.get(samples.size() / 2), samples.get((int) (samples.size() * 0.99)));
  }

  private static int slot(Revision head, Revision revision) {
    return (int) ((revision.value() - head.value()) % MOST_SAMPLES);
  }

  private static Transaction<Boundary.Records> transaction(String name) {
    var key = new Key<>(Boundary.Records.RECORDS, WIDGETS, "team", name);
    Template entry =
        Template.builder()
            .text("{\"revision\":\"")
            .slot(new Slot.RevisionOf(0))
            .text("\",\"previous\":\"")
            .slot(new Slot.PreviousHash())
            .text("\",\"hash\":\"")
            .slot(new Slot.Hash())
            .text("\",\"padding\":\"" + PADDING.substring(200) + "\"}")
            .build();
    Template document =
        Template.builder()
            .text("{\"resourceVersion\":\"")
            .slot(new Slot.RevisionOf(0))
            .text("\",\"padding\":\"" + PADDING + "\"}")
            .build();
    return new Transaction<>(
        "benchmark",
        List.of(
            Operation.Put.of(key, Expected.absent(), new Document(document, "v1", null)),
            new Operation.Append<>(
                "audit",
                ENTRIES,
                "team",
                Template.builder().text("e-").slot(new Slot.RevisionOf(1)).build(),
                new Document(entry, "v1", null))));
  }
}
