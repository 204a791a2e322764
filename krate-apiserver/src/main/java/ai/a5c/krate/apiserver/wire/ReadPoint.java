package ai.a5c.krate.apiserver.wire;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.problem.ApiException;
import java.util.OptionalLong;

/** How fresh, or how old, the state must be that a get or list answers with. */
public sealed interface ReadPoint {
  /** Every write that was acknowledged before the request is seen. */
  record Latest() implements ReadPoint {}

  /** Whatever is at hand. */
  record Any() implements ReadPoint {}

  /** This revision or a later one. */
  record NotOlderThan(Revision revision) implements ReadPoint {}

  /** Exactly this revision, or the answer that it has expired. */
  record Exact(Revision revision) implements ReadPoint {}

  /**
   * What {@code resourceVersion} asks of a get: absent the latest, 0 any, otherwise not older.
   *
   * @throws ApiException BadRequest if it is malformed
   */
  static ReadPoint ofGet(Query query) {
    return notOlderThan(query.resourceVersion());
  }

  /** The latest if absent, any if 0, otherwise not older. */
  static ReadPoint notOlderThan(OptionalLong resourceVersion) {
    if (resourceVersion.isEmpty()) {
      return new Latest();
    }
    long value = resourceVersion.getAsLong();
    return value == 0 ? new Any() : new NotOlderThan(new Revision(value));
  }
}
