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

  /**
   * Says more exactly what the request does than was known when it came, for its audit entry.
   *
   * @param command that does it again
   */
  public void doing(String command) {
    bracket.doing(Command.of(command));
  }

  /** When the request came. */
  public Instant time() {
    return bracket.received().time();
  }
}
