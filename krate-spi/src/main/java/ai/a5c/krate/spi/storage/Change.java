package ai.a5c.krate.spi.storage;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.meta.Uid;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One entry of the change log. */
public sealed interface Change {
  Revision revision();

  /** When it was committed, by the clock of the committer. */
  Instant time();

  /** The {@linkplain Transaction#actor() actor} of its transaction. */
  String actor();

  /**
   * A document was written or removed.
   *
   * @param object as written; after a deletion, as it was last shown
   * @param previous what was stored before, null for a creation
   */
  record ObjectChanged(
      Revision revision,
      Instant time,
      String actor,
      Type type,
      StoredObject object,
      @Nullable StoredObject previous)
      implements Change {}

  /** A ref was created ({@code old} is null), moved or deleted ({@code target} is null). */
  record RefMoved(
      Revision revision,
      Instant time,
      String actor,
      Uid repository,
      RefName ref,
      @Nullable ObjectId old,
      @Nullable ObjectId target)
      implements Change {}

  /** What happened to a document. */
  enum Type {
    CREATED,
    UPDATED,
    DELETED
  }
}
