package ai.a5c.krate.spi.git;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.spi.storage.Operation;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Objects that were received, verified and found connected, but that no ref can reach and no client
 * can fetch yet.
 *
 * <p>Belongs to one push, on the thread of that push; the backend discards what was not {@linkplain
 * #prepare prepared}.
 */
public interface Quarantine {
  /**
   * The updates that the backend itself has no objection to, in the order of the client's commands.
   */
  List<RefUpdate> updates();

  /**
   * Whether the client wants all of its updates or none; then {@link #updates} is all of them, or
   * empty.
   */
  boolean atomic();

  /** The push options, in order. */
  List<String> options();

  /**
   * A merge commit among those that a ref would get: one with several parents, that the target has
   * in its history or is, and {@code without} has not.
   *
   * @param target a commit that one of the updates points to
   * @param without a commit of the repository; null if all of the target's history is meant
   */
  Optional<ObjectId> mergeCommit(ObjectId target, @Nullable ObjectId without);

  /**
   * Makes the objects durable, ahead of the transaction that will move the refs.
   *
   * @return the operations that move exactly these refs, to be committed with whatever else the
   *     push causes
   */
  List<Operation.MoveRef> prepare(Collection<RefUpdate> accepted);
}
