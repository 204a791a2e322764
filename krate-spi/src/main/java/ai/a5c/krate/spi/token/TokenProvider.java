package ai.a5c.krate.spi.token;

import java.security.SecureRandom;
import java.time.InstantSource;

/** Opens the token service; found on the class path with {@link java.util.ServiceLoader}. */
public interface TokenProvider {
  /**
   * Opens the service on its keys, and makes what is missing. Each opening signs with a new key;
   * what the keys before it signed holds until it expires.
   *
   * @param keys used by one service at a time, which the caller sees to
   * @param random for keys and identifiers
   * @throws TokenKeysException if a key cannot be read or written
   */
  TokenService open(
      KeyFiles keys, TokenSettings settings, InstantSource clock, SecureRandom random);
}
