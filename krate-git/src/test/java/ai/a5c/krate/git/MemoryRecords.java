package ai.a5c.krate.git;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ChangeFeed;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.Key;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.RecordStore;
import ai.a5c.krate.spi.storage.RefListing;
import ai.a5c.krate.spi.storage.StoredObject;
import ai.a5c.krate.spi.storage.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Ref rows in memory: transactions of MoveRef, all or none. Documents are not kept. */
final class MemoryRecords implements RecordStore {
  private final Map<Uid, TreeMap<RefName, ObjectId>> refs = new HashMap<>();
  private long revision;

  @Override
  public synchronized Optional<ObjectId> ref(Uid repository, RefName name) {
    return Optional.ofNullable(of(repository).get(name));
  }

  @Override
  public synchronized RefListing refs(
      Uid repository, String prefix, @Nullable RefName after, int limit) {
    var page = new TreeMap<RefName, ObjectId>();
    TreeMap<RefName, ObjectId> all = of(repository);
    for (var ref : (after == null ? all : all.tailMap(after, false)).entrySet()) {
      if (ref.getKey().value().startsWith(prefix)) {
        page.put(ref.getKey(), ref.getValue());
        if (page.size() == limit) {
          break;
        }
      }
    }
    return new RefListing(page, new Revision(revision));
  }

  /** All refs of a repository. */
  synchronized Map<String, String> snapshot(Uid repository) {
    var all = new TreeMap<String, String>();
    of(repository).forEach((name, id) -> all.put(name.value(), id.hex()));
    return all;
  }

  /** Moves a ref as the server itself does. */
  synchronized void put(Uid repository, String ref, String id) {
    of(repository).put(new RefName(ref), ObjectId.of(id));
  }

  @Override
  public synchronized CommitOutcome commit(Transaction<Boundary.Records> transaction) {
    for (int i = 0; i < transaction.operations().size(); i++) {
      Operation.MoveRef move = (Operation.MoveRef) transaction.operations().get(i);
      ObjectId current = of(move.repository()).get(name(move));
      if (!Objects.equals(current, move.old())) {
        return new CommitOutcome.Rejected(i, new CommitOutcome.Mismatch.RefAt(current));
      }
    }
    var applied = new ArrayList<CommitOutcome.Applied>();
    for (Operation<Boundary.Records> operation : transaction.operations()) {
      Operation.MoveRef move = (Operation.MoveRef) operation;
      ObjectId target = move.target();
      if (target == null) {
        of(move.repository()).remove(name(move));
      } else {
        of(move.repository()).put(name(move), target);
      }
      applied.add(
          new CommitOutcome.Applied.Moved(
              new Change.RefMoved(
                  new Revision(++revision),
                  Instant.EPOCH,
                  transaction.actor(),
                  move.repository(),
                  name(move),
                  move.old(),
                  target)));
    }
    return new CommitOutcome.Committed(applied);
  }

  private static RefName name(Operation.MoveRef move) {
    return new RefName(
        move.ref()
            .fill(
                slot -> {
                  throw new UnsupportedOperationException("slots");
                })
            .utf8());
  }

  private TreeMap<RefName, ObjectId> of(Uid repository) {
    return refs.computeIfAbsent(repository, r -> new TreeMap<>());
  }

  @Override
  public Boundary.Records boundary() {
    return Boundary.Records.RECORDS;
  }

  @Override
  public synchronized Revision head() {
    return new Revision(revision);
  }

  @Override
  public Optional<StoredObject> get(Key<Boundary.Records> key) {
    throw new UnsupportedOperationException("documents");
  }

  @Override
  public Listing list(ListRequest request) {
    throw new UnsupportedOperationException("documents");
  }

  @Override
  public ChangeFeed changes(Revision after) {
    throw new UnsupportedOperationException("feeds");
  }

  @Override
  public long counter(String name) {
    throw new UnsupportedOperationException("counters");
  }
}
