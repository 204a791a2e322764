package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.Subject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A request whose subject may do what it wants. Only {@link Road} makes one. */
public final class Authorized {
  private final Bracket bracket;
  private final Subject subject;
  private final @Nullable Sight sight;

  /**
   * A request that is let in.
   *
   * @param sight null if it is not about objects of a kind
   */
  Authorized(Authenticated request, @Nullable Sight sight) {
    this.sight = sight;
    this.bracket = request.bracket();
    this.subject = request.subject();
  }

  Bracket bracket() {
    return bracket;
  }

  /** The objects that the subject may do with what it asks for. */
  Sight sight() {
    if (sight == null) {
      throw new IllegalStateException("not about objects of a kind: " + errand());
    }
    return sight;
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

  /**
   * Notes something for the audit entry, such as a rule that was bypassed.
   *
   * @param key a qualified name
   * @param value cut after 10,240 characters; what is more than 64 keys or 65,536 characters
   *     together is left out
   */
  public void annotate(String key, String value) {
    bracket.annotate(key, value);
  }

  /** When the request came. */
  public Instant time() {
    return bracket.received().time();
  }
}
