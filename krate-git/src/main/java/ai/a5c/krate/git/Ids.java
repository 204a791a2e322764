package ai.a5c.krate.git;

import ai.a5c.krate.api.git.ObjectId;
import java.util.Optional;
import org.eclipse.jgit.lib.AnyObjectId;
import org.jspecify.annotations.Nullable;

/** Krate's object ids as JGit's, and back. */
final class Ids {
  private Ids() {}

  /** JGit's form of an id; empty for SHA-256, of which these repositories have no object. */
  static Optional<org.eclipse.jgit.lib.ObjectId> jgit(ObjectId id) {
    return id.algorithm() == ObjectId.Algorithm.SHA1
        ? Optional.of(org.eclipse.jgit.lib.ObjectId.fromString(id.hex()))
        : Optional.empty();
  }

  static ObjectId krate(AnyObjectId id) {
    return new ObjectId(ObjectId.Algorithm.SHA1, id.name());
  }

  /** Null for the zero id, by which the protocol says "no object". */
  static @Nullable ObjectId krateOrNull(AnyObjectId id) {
    return org.eclipse.jgit.lib.ObjectId.zeroId().equals(id) ? null : krate(id);
  }
}
