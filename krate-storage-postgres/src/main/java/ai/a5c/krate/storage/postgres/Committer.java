package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import ai.a5c.krate.spi.storage.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The one writer of a {@link PostgresStorage}: commits whatever is queued in one transaction of the
 * database, so that the lock of the log and the wait for the disk are shared.
 */
final class Committer {
  private static final Logger LOGGER = System.getLogger(Committer.class.getName());
  private static final Duration CERTAINTY = Duration.ofSeconds(10);
  private static final Duration RETRY = Duration.ofMillis(50);

  /** For how long a batch is tried again, so that a restart of the database goes unnoticed. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final String UNIQUE_VIOLATION = "23505";

  /** The classes of SQLSTATE that speak of the data of one statement: 21, 22, 23, 54. */
  private static final List<String> OF_THE_DATA = List.of("21", "22", "23", "54");

  private final DataSource direct;
  private final UUID id;
  private final Sides sides;
  private final InstantSource clock;
  private final FailPoint failPoint;
  private final Tail tail;
  private final Segments segments;
  private final CommitQueue queue = new CommitQueue();
  private final Thread thread;
  private @Nullable Session session;
  private long batchNumber;

  /** Set while the database is away for longer than the patience: then nobody waits for it. */
  private boolean away;

  Committer(DataSource direct, UUID id, StorageSettings settings, InstantSource clock, Tail tail) {
    this.direct = direct;
    this.id = id;
    this.sides = new Sides(settings.recordGroups());
    this.clock = clock;
    this.failPoint = settings.failPoint();
    this.tail = tail;
    this.segments = new Segments(settings.retention().segment());
    this.thread = Thread.ofPlatform().name("krate-committer").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** As {@link ai.a5c.krate.spi.storage.ResourceStore#commit}. */
  CommitOutcome commit(Boundary side, Transaction<?> transaction) {
    BatchState.Wanted wanted = TransactionCheck.check(sides, side, transaction);
    var submission = new Submission(transaction, wanted);
    queue.add(submission);
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return submission.await();
        } catch (InterruptedException e) {
          interrupted = true;
          if (queue.withdraw(submission)) {
            throw new StoreUnavailableException("interrupted before the commit began", e);
          }
          // Too late to take it back: the answer comes within the committer's own deadlines.
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Takes no more transactions, finishes what it has taken, and lets go of the connection. */
  void close() {
    queue.close();
    Threads.join(thread);
  }

  private void run() {
    for (List<Submission> batch = queue.take(); !batch.isEmpty(); batch = queue.take()) {
      try {
        process(batch);
      } catch (RuntimeException | Error e) {
        LOGGER.log(Level.ERROR, "the committer failed", e);
        disconnect();
        fail(batch, () -> new OutcomeUnknownException("the committer failed", e));
      }
    }
    disconnect();
  }

  private void process(List<Submission> batch) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    boolean careful = false;
    boolean lost = false;
    while (true) {
      Attempt result = attempt(batch, careful);
      switch (result) {
        case Attempt.Done(BatchPlan plan) -> {
          away = false;
          tail.publish(plan.changes());
          plan.answer();
          return;
        }
        case Attempt.Unknown(Exception cause) -> {
          away = true;
          fail(
              batch,
              () -> new OutcomeUnknownException("the database was lost while it committed", cause));
          return;
        }
        case Attempt.NameTaken ignored -> careful = true;
        case Attempt.BadData(SQLException cause) -> {
          split(batch, cause);
          return;
        }
        case Attempt.Lost(Exception cause) -> {
          // One more try is due in any case: the connection may have been stale.
          boolean waited = away || System.nanoTime() - deadline > 0;
          if (waited && lost) {
            away = true;
            fail(
                batch,
                () -> new StoreUnavailableException("the database cannot be reached", cause));
            return;
          }
          lost = true;
          LockSupport.parkNanos(RETRY.toNanos());
        }
      }
    }
  }

  /** What became of one try to commit a batch. */
  private sealed interface Attempt {
    record Done(BatchPlan plan) implements Attempt {}

    /** Nothing was stored: a completed name that was guessed to be free is taken. */
    record NameTaken() implements Attempt {}

    /** Nothing was stored: the database does not take the data of one of them. */
    record BadData(SQLException cause) implements Attempt {}

    /** Nothing was stored: the connection broke, or the lock did not come. */
    record Lost(Exception cause) implements Attempt {}

    /** All was stored or nothing. */
    record Unknown(Exception cause) implements Attempt {}
  }

  private Attempt attempt(List<Submission> batch, boolean careful) {
    BatchPlan plan;
    try {
      plan = execute(connected(), batch, careful);
      if (!plan.writes()) {
        connected().connection().rollback();
        return new Attempt.Done(plan);
      }
      failPoint.reached(FailPoint.Place.BEFORE_COMMIT);
    } catch (SQLException e) {
      return abandon(e, careful);
    } catch (RuntimeException e) {
      disconnect();
      return new Attempt.Lost(e);
    }
    try {
      connected().connection().commit();
      failPoint.reached(FailPoint.Place.AFTER_COMMIT);
      return new Attempt.Done(plan);
    } catch (SQLException | RuntimeException e) {
      disconnect();
      return findOut(plan, e);
    }
  }

  private BatchPlan execute(Session open, List<Submission> batch, boolean careful)
      throws SQLException {
    var wanted = BatchState.Wanted.nothing();
    batch.forEach(submission -> wanted.add(submission.wanted()));
    var reader = new BatchReader(open.connection());
    var base = BatchState.base();
    long head = reader.lockAndRead(wanted, base);
    var time = clock.instant().truncatedTo(ChronoUnit.MICROS);
    BatchPlan plan = BatchPlan.decide(sides, batch, base, head, time);
    for (BatchState.Wanted more = plan.mustRead(careful);
        !more.isEmpty();
        more = plan.mustRead(careful)) {
      reader.read(more, base);
      plan = BatchPlan.decide(sides, batch, base, head, time);
    }
    if (plan.writes()) {
      segments.makeRoom(open.connection(), head + plan.changes().size());
      batchNumber++;
      var mark = new BatchWriter.Mark(id, batchNumber);
      BatchWriter.write(open.connection(), base, plan, head, mark);
    }
    return plan;
  }

  private Attempt abandon(SQLException e, boolean careful) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    boolean ofTheData = OF_THE_DATA.stream().anyMatch(state::startsWith);
    if (!ofTheData || !rolledBack()) {
      disconnect();
      return new Attempt.Lost(e);
    }
    return state.equals(UNIQUE_VIOLATION) && !careful
        ? new Attempt.NameTaken()
        : new Attempt.BadData(e);
  }

  private boolean rolledBack() {
    try {
      connected().connection().rollback();
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  /** One transaction that the database does not take must not fail the others. */
  private void split(List<Submission> batch, SQLException cause) {
    if (batch.size() == 1) {
      fail(
          batch, () -> new StoreUnavailableException("the database does not take the data", cause));
      return;
    }
    for (Submission submission : batch) {
      process(List.of(submission));
    }
  }

  /** The connection broke while COMMIT was on its way: only the database knows. */
  private Attempt findOut(BatchPlan plan, Exception cause) {
    long deadline = System.nanoTime() + CERTAINTY.toNanos();
    while (true) {
      try {
        return connected().newestBatch(id) == batchNumber
            ? new Attempt.Done(plan)
            : new Attempt.Lost(cause);
      } catch (SQLException e) {
        disconnect();
        cause.addSuppressed(e);
        if (System.nanoTime() - deadline > 0) {
          return new Attempt.Unknown(cause);
        }
        LockSupport.parkNanos(RETRY.toNanos());
      }
    }
  }

  private Session connected() throws SQLException {
    Session open = session;
    if (open == null) {
      open = Session.open(direct, id);
      session = open;
    }
    return open;
  }

  private void disconnect() {
    Session open = session;
    session = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        LOGGER.log(Level.DEBUG, "a broken connection could not be closed", e);
      }
    }
  }

  private static void fail(List<Submission> batch, Supplier<? extends RuntimeException> failure) {
    batch.forEach(submission -> submission.fail(failure));
  }
}
