package ai.a5c.krate.spi.storage;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Uid;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The records' side, which also keeps the refs of the repositories, so that both move in one
 * transaction.
 */
public interface RecordStore extends ResourceStore<Boundary.Records> {
  /** Where a ref points now. */
  Optional<ObjectId> ref(Uid repository, RefName name);

  /**
   * Refs in the order of their names, read in one snapshot.
   *
   * @param prefix only names that begin with it; empty for all
   * @param after only names after this one; null from the beginning
   * @param limit the most refs to give, at least 1
   */
  RefListing refs(Uid repository, String prefix, @Nullable RefName after, int limit);
}
