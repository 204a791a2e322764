package ai.a5c.krate.testkit.storage;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.blob.BlobStore;
import ai.a5c.krate.spi.lease.Leases;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.RecordStore;
import ai.a5c.krate.spi.storage.ResourceStore;
import ai.a5c.krate.spi.storage.Storage;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import ai.a5c.krate.spi.storage.Transaction;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A store in memory that keeps {@link ResourceStoreContract}, for tests of everything above it.
 *
 * <p>It can be told to fail. {@link #reopen} gives what the next process would find.
 */
public final class FakeStorage implements Storage {
  private enum Failure {
    NONE,
    UNAVAILABLE,
    COMMIT_LOST,
    ANSWER_LOST
  }

  private final FakeMemory memory;
  private final Set<String> recordGroups;
  private final InstantSource clock;
  private final FakeStore<Boundary.Configuration> configuration;
  private final FakeStore.Records records;
  private final FakeBlobs blobs;
  private final Leases leases;
  private final AtomicReference<Failure> nextCommit = new AtomicReference<>(Failure.NONE);
  private volatile boolean unavailable;
  private volatile boolean closed;

  /**
   * An empty store.
   *
   * @param recordGroups the API groups on the records' side; every other is configuration
   * @param clock what changes are dated by
   */
  public FakeStorage(Set<String> recordGroups, InstantSource clock) {
    this(new FakeMemory(), new FakeLeases(clock), Set.copyOf(recordGroups), clock);
  }

  private FakeStorage(
      FakeMemory memory, Leases leases, Set<String> recordGroups, InstantSource clock) {
    this.memory = memory;
    this.recordGroups = recordGroups;
    this.clock = clock;
    this.configuration = new FakeStore<>(this, Boundary.Configuration.CONFIGURATION);
    this.records = new FakeStore.Records(this);
    this.blobs = new FakeBlobs(this);
    this.leases = leases;
  }

  @Override
  public ResourceStore<Boundary.Configuration> configuration() {
    return configuration;
  }

  @Override
  public RecordStore records() {
    return records;
  }

  @Override
  public Leases leases() {
    return leases;
  }

  @Override
  public BlobStore blobs() {
    return blobs;
  }

  @Override
  public void close() {
    memory.lock.lock();
    try {
      closed = true;
      memory.grown.signalAll();
    } finally {
      memory.lock.unlock();
    }
  }

  /** Another store with the same memory; this one stays as it is. */
  public FakeStorage reopen() {
    return new FakeStorage(memory, leases, recordGroups, clock);
  }

  /** Discards history up to a revision, but not beyond any counter {@code cursor/...}. */
  public void compact(Revision upTo) {
    memory.lock.lock();
    try {
      memory.compact(upTo.value());
    } finally {
      memory.lock.unlock();
    }
  }

  /** The next commit finds no store: it stores nothing and says so. */
  public void failNextCommit() {
    nextCommit.set(Failure.UNAVAILABLE);
  }

  /** The next commit stores nothing and cannot tell. */
  public void loseNextCommit() {
    nextCommit.set(Failure.COMMIT_LOST);
  }

  /** The next commit stores everything and cannot tell. */
  public void loseNextAnswer() {
    nextCommit.set(Failure.ANSWER_LOST);
  }

  /** Until told otherwise, whether the store cannot be reached: every call says so. */
  public void setUnavailable(boolean unavailable) {
    memory.lock.lock();
    try {
      this.unavailable = unavailable;
      memory.grown.signalAll();
    } finally {
      memory.lock.unlock();
    }
  }

  FakeMemory memory() {
    return memory;
  }

  Set<String> recordGroups() {
    return recordGroups;
  }

  boolean isClosed() {
    return closed;
  }

  void requireReachable() {
    if (unavailable || closed) {
      throw lost(closed ? "the store is closed" : "the store cannot be reached");
    }
  }

  CommitOutcome commit(Boundary side, Transaction<?> transaction) {
    FakeCheck.check(side, recordGroups, transaction);
    memory.lock.lock();
    try {
      requireReachable();
      Failure failure = nextCommit.getAndSet(Failure.NONE);
      if (failure == Failure.UNAVAILABLE) {
        throw lost("the store cannot be reached");
      }
      if (failure == Failure.COMMIT_LOST) {
        throw unknown();
      }
      CommitOutcome outcome =
          new FakeCommit(memory, recordGroups, transaction, clock.instant()).run();
      if (failure == Failure.ANSWER_LOST) {
        throw unknown();
      }
      return outcome;
    } finally {
      memory.lock.unlock();
    }
  }

  private static StoreUnavailableException lost(String message) {
    return new StoreUnavailableException(message, new IOException("connection refused"));
  }

  private static OutcomeUnknownException unknown() {
    return new OutcomeUnknownException(
        "the store was lost while it committed", new IOException("connection reset"));
  }
}
