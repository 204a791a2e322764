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
   * Notes something for the audit entry, such as a rule that was bypassed.
   *
   * @param key a qualified name
   * @param value cut after 1,024 characters; of more than 64 keys the rest is left out
   */
  public void annotate(String key, String value) {
    bracket.annotate(key, value);
  }

  /** When the request came. */
  public Instant time() {
    return bracket.received().time();
  }
}
