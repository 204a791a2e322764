package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.Subject;
import java.time.Instant;

/** A request whose subject may do what it wants. Only {@link Road} makes one. */
public final class Authorized {
  private final Bracket bracket;
  private final Subject subject;

  Authorized(Authenticated request) {
    this.bracket = request.bracket();
    this.subject = request.subject();
  }

  Bracket bracket() {
    return bracket;
  }

  public Subject subject() {
    return subject;
  }

  /** What was asked for. */
  public Errand errand() {
    return bracket.received().errand();
  }

  /** When the request came. */
  public Instant time() {
    return bracket.received().time();
  }
}
