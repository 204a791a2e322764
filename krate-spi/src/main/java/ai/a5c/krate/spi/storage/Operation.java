package ai.a5c.krate.spi.storage;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.meta.Uid;
import org.jspecify.annotations.Nullable;

/**
 * One step of a transaction. Put, Delete, MoveRef and Append make one change each, with a revision
 * of its own. Require and RequireRef change nothing, and make the transaction depend on what it
 * does not write: what they found stays so until the transaction is committed.
 */
public sealed interface Operation<B extends Boundary> {
  /**
   * Stores a document.
   *
   * @param resource the collection
   * @param namespace empty for a cluster-scoped object
   * @param name may hold {@link Slot.ValueOf} slots; one with slots must be expected absent
   */
  record Put<B extends Boundary>(
      B boundary,
      GroupResource resource,
      String namespace,
      Template name,
      Expected expected,
      Document document)
      implements Operation<B> {
    /** Stores a document under a key that is known. */
    public static <B extends Boundary> Put<B> of(Key<B> key, Expected expected, Document document) {
      return new Put<>(
          key.boundary(),
          key.resource(),
          key.namespace(),
          Template.of(key.name()),
          expected,
          document);
    }
  }

  /**
   * Removes a document.
   *
   * @param expected the revision at which it was read
   * @param last the object as watchers shall see it in the deletion, usually the stored one at the
   *     deletion's revision
   */
  record Delete<B extends Boundary>(Key<B> key, Revision expected, Document last)
      implements Operation<B> {}

  /** Finds the key as expected, and changes nothing: no change is made and no revision is taken. */
  record Require<B extends Boundary>(Key<B> key, Expected expected) implements Operation<B> {}

  /**
   * Finds the ref there, and changes nothing: no change is made and no revision is taken.
   *
   * @param at null if the ref must not exist
   */
  record RequireRef(Uid repository, RefName ref, @Nullable ObjectId at)
      implements Operation<Boundary.Records> {}

  /**
   * Creates, moves or deletes a Git ref.
   *
   * @param repository the uid that the repository's refs hang on
   * @param ref the full ref name; may hold {@link Slot.ValueOf} slots
   * @param old where the ref points now, null if it must not exist
   * @param target where it shall point, null to delete it; never both null
   */
  record MoveRef(Uid repository, Template ref, @Nullable ObjectId old, @Nullable ObjectId target)
      implements Operation<Boundary.Records> {
    public MoveRef {
      if (old == null && target == null) {
        throw new IllegalArgumentException("a ref that does not exist cannot be deleted");
      }
    }
  }

  /**
   * Adds to a counter, which is 0 before its first Add and never forgotten. The transaction is
   * rejected if the sum would exceed {@code max} or fall below 0.
   */
  record Add<B extends Boundary>(String counter, long delta, long max) implements Operation<B> {}

  /**
   * Appends a new document to a hash-chained stream, which spans both sides of the boundary.
   *
   * @param stream the chain that {@link Slot.PreviousHash} and {@link Slot.Hash} are of
   * @param name unique in the collection and namespace; may hold {@link Slot.RevisionOf} and {@link
   *     Slot.ValueOf} slots
   */
  record Append<B extends Boundary>(
      String stream, GroupResource resource, String namespace, Template name, Document document)
      implements Operation<B> {}
}
