package ai.a5c.krate.spi.token;

import java.time.Duration;

/**
 * How tokens are issued.
 *
 * @param issuer the name of the issuer, which every token bears
 * @param longestLifetime of a token; a second to {@link #LIFETIME_LIMIT}
 * @param rotation the age at which a new key takes over from the one that signs
 */
public record TokenSettings(String issuer, Duration longestLifetime, Duration rotation) {
  /** No setting allows longer: a token that holds for days is a password. */
  public static final Duration LIFETIME_LIMIT = Duration.ofHours(24);

  /** The issuer of a server that issues its own tokens. */
  public static final String LOCAL_ISSUER = "krate:local";

  public static final TokenSettings STANDARD =
      new TokenSettings(LOCAL_ISSUER, LIFETIME_LIMIT, Duration.ofDays(30));

  /**
   * Settings.
   *
   * @throws IllegalArgumentException if a duration makes no sense
   */
  public TokenSettings {
    if (issuer.isBlank()
        || longestLifetime.compareTo(Duration.ofSeconds(1)) < 0
        || longestLifetime.compareTo(LIFETIME_LIMIT) > 0
        || !rotation.isPositive()) {
      throw new IllegalArgumentException(
          "no settings of tokens: " + issuer + ", " + longestLifetime + ", " + rotation);
    }
  }
}
