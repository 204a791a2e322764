package ai.a5c.krate.spi.git;

import ai.a5c.krate.spi.storage.Operation;
import java.util.Collection;
import java.util.List;

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
   * Makes the objects durable, ahead of the transaction that will move the refs.
   *
   * @return the operations that move exactly these refs, to be committed with whatever else the
   *     push causes
   */
  List<Operation.MoveRef> prepare(Collection<RefUpdate> accepted);
}
