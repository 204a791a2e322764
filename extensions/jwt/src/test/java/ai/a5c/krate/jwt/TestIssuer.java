package ai.a5c.krate.jwt;

import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.spi.token.Audience;
import ai.a5c.krate.spi.token.IssuedToken;
import ai.a5c.krate.spi.token.TokenService;
import ai.a5c.krate.spi.token.TokenSettings;
import ai.a5c.krate.spi.token.TokenTerms;
import ai.a5c.krate.spi.token.Verification;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A service whose time passes when a test says so. */
final class TestIssuer {
  static final Instant BEGIN = Instant.parse("2026-11-21T08:00:00Z");

  final MemoryKeys keys = new MemoryKeys();
  private final TokenSettings settings;
  private volatile Instant now = BEGIN;
  private TokenService service;

  TestIssuer() {
    this(TokenSettings.STANDARD);
  }

  TestIssuer(TokenSettings settings) {
    this.settings = settings;
    this.service = open();
  }

  private TokenService open() {
    return new JwtTokenProvider().open(keys, settings, () -> now, new SecureRandom());
  }

  void restart() {
    service = open();
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  Instant now() {
    return now;
  }

  TokenService service() {
    return service;
  }

  IssuedToken issue(Duration lifetime) {
    return service.issue(new TokenTerms("ada", List.of("team"), Audience.API, lifetime));
  }

  /** The text of a token for an hour. */
  String token(Audience audience) {
    return service
        .issue(new TokenTerms("ada", List.of("team"), audience, Duration.ofHours(1)))
        .token()
        .revealText();
  }

  Verification verify(String token, Audience where) {
    return service.verify(Secret.of(token), where);
  }

  boolean holds(IssuedToken token) {
    return service.verify(token.token(), Audience.API) instanceof Verification.Verified;
  }

  /** Why it is refused at the API. */
  String refusal(String token) {
    return verify(token, Audience.API) instanceof Verification.Refused(String reason)
        ? reason
        : "it is not refused";
  }
}
