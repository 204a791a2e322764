package ai.a5c.krate.jwt;

import ai.a5c.krate.spi.token.KeyFiles;
import ai.a5c.krate.spi.token.TokenProvider;
import ai.a5c.krate.spi.token.TokenService;
import ai.a5c.krate.spi.token.TokenSettings;
import java.security.SecureRandom;
import java.time.InstantSource;

/**
 * Opens an issuer of JSON Web Tokens.
 *
 * <p>Each key is a file {@code ID.jwk} with a JSON Web Key (RFC 7517). The one that signs is
 * private; when another takes over, its private half is destroyed, and the file goes when the last
 * token that it signed has expired.
 */
public final class JwtTokenProvider implements TokenProvider {
  /** For {@link java.util.ServiceLoader}. */
  public JwtTokenProvider() {}

  @Override
  public TokenService open(
      KeyFiles keys, TokenSettings settings, InstantSource clock, SecureRandom random) {
    return new JwtTokens(
        settings, KeyRing.open(keys, settings.rotation(), clock, random), clock, random);
  }
}
