package ai.a5c.krate.spi.git;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Uid;
import java.util.Collection;
import java.util.Set;

/**
 * A wish to have objects of one repository in another one.
 *
 * @param from where the objects are
 * @param to where they shall be
 * @param wants what shall be there with all that it reaches; refs of {@code from} point to them
 * @param bound how much it may be
 */
public record CopyRequest(Uid from, Uid to, Set<ObjectId> wants, Bound bound) {
  /** How much may be copied at once. */
  public enum Bound {
    /** As much as one push may bring. */
    PUSH,
    /** As much as there is. */
    NONE
  }

  public CopyRequest {
    wants = Set.copyOf(wants);
  }

  /** What some refs point to, as a push would bring it. */
  public static CopyRequest asPush(Uid from, Uid to, Collection<ObjectId> wants) {
    return new CopyRequest(from, to, Set.copyOf(wants), Bound.PUSH);
  }
}
