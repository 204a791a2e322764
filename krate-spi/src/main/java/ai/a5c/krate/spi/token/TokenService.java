package ai.a5c.krate.spi.token;

import ai.a5c.krate.api.meta.Secret;
import java.time.Duration;

/**
 * Issues tokens and checks those that it issued. Who may have which token is decided by the caller.
 *
 * <p>Methods may block and are called from many threads at once.
 */
public interface TokenService {
  /** The longest lifetime that a token may have. */
  Duration longestLifetime();

  /**
   * Issues a token.
   *
   * @throws IllegalArgumentException if the lifetime is longer than the longest
   */
  IssuedToken issue(TokenTerms terms);

  /**
   * Checks a token, however malformed, that somebody shows to prove who he is. Holds for what any
   * service on the same keys has issued.
   *
   * @param where it is shown
   */
  Verification verify(Secret token, Audience where);
}
