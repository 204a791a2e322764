package ai.a5c.krate.spi.token;

import ai.a5c.krate.api.Subject;
import java.time.Instant;

/** What a token that somebody shows turns out to be. */
public sealed interface Verification {
  /**
   * It holds.
   *
   * @param subject whom it speaks of; {@code system:authenticated} is among the groups, and the
   *     issuer is empty if it is the server itself: then he is the one whom a client certificate of
   *     that name names
   * @param expires until when it holds
   */
  record Verified(Subject subject, Instant expires) implements Verification {}

  /**
   * It does not.
   *
   * @param reason one line for the one who showed it; it quotes nothing of the token
   */
  record Refused(String reason) implements Verification {}
}
