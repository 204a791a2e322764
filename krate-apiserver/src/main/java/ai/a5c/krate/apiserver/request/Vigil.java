package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Decision;
import ai.a5c.krate.apiserver.watch.WatchRight;
import java.util.List;
import java.util.Optional;

/**
 * Decides anew, while a watch goes on, whether its subject may watch and what it sees. A watch that
 * shows everything ends when that right is gone; one that shows a part ends, to be listed again, as
 * soon as the part may be another one.
 */
final class Vigil implements WatchRight {
  /** The most owners that are decided about at once; where there are more, they take turns. */
  private static final int MOST_AT_ONCE = 128;

  /** How often in a row it may be unknown who may do what, before a watch ends for that. */
  private static final int MOST_UNKNOWN = 2;

  private static final String AGAIN = "what may be seen here has changed: list again";

  private final Authorizer authorizer;
  private final Sight sight;
  private final long since;
  private int unknown;

  Vigil(Authorizer authorizer, Sight sight) {
    this.authorizer = authorizer;
    this.sight = sight;
    this.since = changed();
  }

  /**
   * Refuses to go on from where the subject may have seen something else.
   *
   * @throws ApiException Expired
   */
  void requireSince(Revision after) {
    if (!sight.isFull() && since > after.value()) {
      throw new ApiException(new Problem.Expired(AGAIN, ""));
    }
  }

  @Override
  public Optional<Problem> lost() {
    try {
      Optional<Problem> lost = decided();
      unknown = 0;
      return lost;
    } catch (ApiException e) {
      if (e.problem() instanceof Problem.Unavailable && unknown < MOST_UNKNOWN) {
        unknown++;
        return Optional.empty();
      }
      throw e;
    }
  }

  private Optional<Problem> decided() {
    Attributes asked = sight.asked();
    if (!(authorizer.decide(asked) instanceof Decision.Allow)) {
      return Optional.of(
          new Problem.Forbidden(asked.resource(), asked.name(), asked.refusal(), List.of()));
    }
    boolean other = (!sight.isFull() && changed() != since) || sight.isOutdated(MOST_AT_ONCE);
    return other ? Optional.of(new Problem.Expired(AGAIN, "")) : Optional.empty();
  }

  private long changed() {
    return authorizer.changed(sight.asked().subject(), sight.asked().namespace());
  }
}
