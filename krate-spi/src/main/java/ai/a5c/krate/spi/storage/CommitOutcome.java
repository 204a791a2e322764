package ai.a5c.krate.spi.storage;

import ai.a5c.krate.api.git.ObjectId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of a transaction. */
public sealed interface CommitOutcome {
  /**
   * Everything is stored durably.
   *
   * @param applied what each operation became, in the order of the transaction
   */
  record Committed(List<Applied> applied) implements CommitOutcome {
    public Committed {
      applied = List.copyOf(applied);
    }
  }

  /**
   * Nothing was stored.
   *
   * @param operation the index of the first operation that did not find what it expected
   * @param why what it found
   */
  record Rejected(int operation, Mismatch why) implements CommitOutcome {}

  /** What an operation became. */
  sealed interface Applied {
    /** A Put, Append or Delete: the object as stored, or as it was last shown. */
    record Stored(StoredObject object) implements Applied {}

    /** A MoveRef, with the slots of its name filled. */
    record Moved(Change.RefMoved change) implements Applied {}

    /** An Add. */
    record Counted(long value) implements Applied {}

    /** A Require or RequireRef: everything was as expected. */
    record Held() implements Applied {}
  }

  /** Why an operation was rejected. */
  sealed interface Mismatch {
    /** A Put, Append, Delete or Require found this object, or nothing, under its key. */
    record Found(@Nullable StoredObject current) implements Mismatch {}

    /** A MoveRef or RequireRef found the ref here, or did not find it. */
    record RefAt(@Nullable ObjectId current) implements Mismatch {}

    /** An Add would have left the range of its counter. */
    record OutOfRange(String counter, long value, long max) implements Mismatch {}
  }
}
