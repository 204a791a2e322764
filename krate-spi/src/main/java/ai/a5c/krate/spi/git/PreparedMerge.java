package ai.a5c.krate.spi.git;

import ai.a5c.krate.api.git.ObjectId;

/** A merge commit whose objects are in quarantine. Used by one thread. */
public interface PreparedMerge extends PreparedObjects {
  /** The merge commit. */
  ObjectId commit();
}
