package ai.a5c.krate.testkit.storage;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.spi.storage.Storage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/**
 * The laws of {@code ai.a5c.krate.spi.storage}, which every implementation joins by extending this
 * class.
 *
 * <p>Each rule has a number and a sentence. In short:
 *
 * <ul>
 *   <li><b>S1, commit.</b> All operations or none. Each says what it expects and finds exactly
 *       that, or the transaction is rejected with the index of the first that did not, and what it
 *       found. Of many who hold one revision, one wins. What was answered is seen by every later
 *       call.
 *   <li><b>S2, revisions.</b> One log, one counter: every change has the revision after the one
 *       before it, in the order of the operations, with no gap. An Add, a Require and a rejected
 *       transaction take none.
 *   <li><b>S3, slots.</b> The committer completes names and documents from revisions and counters.
 *       A slot may name a later operation. A slot in the wrong place is refused with {@link
 *       IllegalArgumentException}, and nothing is stored.
 *   <li><b>S4, streams.</b> Each Append holds the hash of the entry before it and its own. A stream
 *       spans both sides: a configuration transaction may append to a collection of records. The
 *       reverse is refused.
 *   <li><b>S5, counters.</b> They belong to the storage, whichever side adds, and stay in 0 to max.
 *       {@code OutOfRange} tells the value that the Add found.
 *   <li><b>S6, refs.</b> They move by compare-and-set.
 *   <li><b>S7, lists.</b> One snapshot, in the order of bytes, at a revision of the whole log, now
 *       or as of any revision in history.
 *   <li><b>S8, feeds.</b> From any revision on in history: each change once, in order, none left
 *       out.
 *   <li><b>S9, compaction.</b> History up to a floor is discarded, never beyond the value of a
 *       counter whose name begins with {@code cursor/}: it is the position of a reader.
 *   <li><b>S10, boundary.</b> What belongs to the other side is refused with {@link
 *       IllegalArgumentException}.
 *   <li><b>S11, documents.</b> Storage version and key id come back with every form of an object.
 *   <li><b>S12, requirements.</b> A Require or RequireRef holds or rejects the transaction with
 *       what it found, and changes nothing. It is decided together with the writes, at one place in
 *       the order of commits: of two transactions that each require what the other writes, one
 *       commits. It counts as an operation on its key or ref, and has no value that a slot could
 *       name.
 * </ul>
 */
@TestInstance(TestInstance.Lifecycle.PER_METHOD)
public abstract class ResourceStoreContract
    implements CommitRules,
        RevisionRules,
        SlotRules,
        StreamRules,
        CounterRules,
        RefRules,
        ListRules,
        FeedRules,
        CompactionRules,
        BoundaryRules,
        RequireRules {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Bench[] bench = new Bench[1];

  /**
   * An empty store of its own for each call.
   *
   * @param recordGroups the API groups of the records' side
   */
  protected abstract Storage openEmpty(Set<String> recordGroups, InstantSource clock)
      throws Exception;

  /** Discards the history of the storage up to a revision, as far as the store allows. */
  protected abstract void compact(Storage storage, Revision upTo);

  /** How long to wait for what must happen before the rule is held to be broken. */
  protected Duration patience() {
    return PATIENCE;
  }

  @BeforeEach
  final void openStorage() throws Exception {
    Storage storage = openEmpty(Bench.RECORD_GROUPS, InstantSource.system());
    bench[0] = new Bench(storage, patience(), upTo -> compact(storage, upTo));
  }

  @AfterEach
  final void closeStorage() {
    bench().storage().close();
  }

  @Override
  public final Bench bench() {
    return bench[0];
  }
}
