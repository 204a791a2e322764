package ai.a5c.krate.spi.storage;

import ai.a5c.krate.api.meta.Revision;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * One side of the storage boundary: documents under keys, and the log of their changes.
 *
 * <p>Methods block, may be called from many threads at once, and answer interruption with {@link
 * StoreUnavailableException}, the interrupt flag set. A key of the other side is refused with
 * {@link IllegalArgumentException}. What one call has answered, every later call sees.
 */
public interface ResourceStore<B extends Boundary> {
  /** The side that this handle is of. */
  B boundary();

  /** The revision of the newest committed change of the whole log. */
  Revision head();

  /** The document stored under the key now. */
  Optional<StoredObject> get(Key<B> key);

  /** The documents stored under the keys now, each as {@link #get} would give it, in no order. */
  default List<StoredObject> getAll(Collection<Key<B>> keys) {
    return keys.stream().flatMap(key -> get(key).stream()).toList();
  }

  /**
   * A part of a collection, read in one snapshot.
   *
   * @throws CompactedException if the revision asked for is no longer in history
   * @throws IllegalArgumentException if the revision asked for is still to come
   */
  Listing list(ListRequest request);

  /**
   * Commits all operations or none, durably: when this returns {@link CommitOutcome.Committed}, a
   * crash of any process or of the machine does not undo it. Every change gets the next revision,
   * in the order of the operations.
   *
   * <p>Transactions are committed one after the other: each is decided by what all before it left,
   * for what it writes and for what it requires. So of two that each require what the other writes,
   * the second is rejected.
   *
   * @throws StoreUnavailableException if nothing was stored because the store cannot be reached
   * @throws OutcomeUnknownException if the store was lost while committing: all is stored, or
   *     nothing
   */
  CommitOutcome commit(Transaction<B> transaction);

  /**
   * The changes after a revision, this side's alone.
   *
   * @throws CompactedException if changes after the revision are no longer in history
   * @throws IllegalArgumentException if the revision is still to come
   */
  ChangeFeed changes(Revision after);

  /** The value of a counter: 0 if nothing was ever added to it. */
  long counter(String name);
}
