package ai.a5c.krate.apiserver.authn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.request.Authenticator;
import ai.a5c.krate.apiserver.request.Caller;
import ai.a5c.krate.spi.token.Audience;
import ai.a5c.krate.spi.token.IssuedToken;
import ai.a5c.krate.spi.token.TokenService;
import ai.a5c.krate.spi.token.TokenTerms;
import ai.a5c.krate.spi.token.Verification;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenAuthenticatorTest {
  private static final Subject ADA = Subject.of("ada", "team");
  private static final Subject GRACE = Subject.of("grace");

  private static final Instant END = Instant.parse("2030-01-01T00:00:00Z");

  private final Authenticator authenticator = new TokenAuthenticator(new TwoTokens());

  /** Knows {@code good} everywhere and {@code git} at Git, both Ada's. */
  private static final class TwoTokens implements TokenService {
    @Override
    public Duration longestLifetime() {
      return Duration.ofHours(1);
    }

    @Override
    public IssuedToken issue(TokenTerms terms) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Verification verify(Secret token, Audience where) {
      boolean holds =
          token.equals(Secret.of("good"))
              || (where == Audience.GIT && token.equals(Secret.of("git")));
      return holds
          ? new Verification.Verified(ADA, END)
          : new Verification.Refused("the token does not hold");
    }
  }

  @Test
  void aTokenThatIsBelievedEndsAndACertificateIsNotSaidTo() {
    var shows = Headers.of("Authorization", "Bearer good");
    var lies = Headers.of("Authorization", "Bearer bad");

    assertThat(authenticator.expires(new Caller(Subject.ANONYMOUS, "192.0.2.1", shows)))
        .contains(END);
    assertThat(authenticator.expires(new Caller(Subject.ANONYMOUS, "192.0.2.1", lies)))
        .contains(Instant.MIN);
    assertThat(authenticator.expires(new Caller(GRACE, "192.0.2.1", shows))).isEmpty();
    assertThat(authenticator.expires(new Caller(GRACE, "192.0.2.1", Headers.NONE))).isEmpty();
  }

  private Subject subject(Audience where, String... headers) {
    return subject(Subject.ANONYMOUS, where, headers);
  }

  private Subject subject(Subject certificate, Audience where, String... headers) {
    return authenticator.authenticate(
        new Caller(certificate, "192.0.2.1", Headers.of(headers), where));
  }

  private String refusal(Audience where, String... headers) {
    return refusal(Subject.ANONYMOUS, where, headers);
  }

  private String refusal(Subject certificate, Audience where, String... headers) {
    Throwable thrown = catchThrowable(() -> subject(certificate, where, headers));
    return thrown instanceof ApiException refused
            && refused.problem() instanceof Problem.Unauthorized(String message)
        ? message
        : "not refused: " + thrown;
  }

  private static String basic(String pair) {
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whoClaimsNothingIsAnonymous() {
    assertThat(subject(Audience.API)).isEqualTo(Subject.ANONYMOUS);
    assertThat(subject(Audience.GIT, "Accept", "*/*")).isEqualTo(Subject.ANONYMOUS);
  }

  @Test
  void aBearerTokenSaysWhoAsks() {
    assertThat(subject(Audience.API, "Authorization", "Bearer good")).isEqualTo(ADA);
    assertThat(subject(Audience.API, "authorization", "bearer  good ")).isEqualTo(ADA);
    assertThat(subject(Audience.GIT, "Authorization", "Bearer git")).isEqualTo(ADA);
  }

  @Test
  void gitTakesATokenAsThePasswordOfAnyUser() {
    for (String user : List.of("ada", "", "x-token", "grace")) {
      assertThat(subject(Audience.GIT, "Authorization", basic(user + ":git"))).isEqualTo(ADA);
    }
    assertThat(refusal(Audience.GIT, "Authorization", basic("a:b:git")))
        .isEqualTo("the token does not hold");
  }

  @Test
  void theApiTakesNoPasswords() {
    assertThat(refusal(Audience.API, "Authorization", basic("ada:good")))
        .isEqualTo("a bearer token or a client certificate is wanted");
  }

  @Test
  void whatDoesNotHoldIsRefusedAndNeverAnonymous() {
    for (String header :
        List.of(
            "Bearer bad",
            "Bearer git",
            "Bearer ",
            "Bearer",
            "Basic",
            "",
            "good",
            "Digest good",
            "Negotiate YII=",
            "Bearergood")) {
      assertThat(refusal(Audience.API, "Authorization", header)).doesNotStartWith("not refused");
    }
    for (String header :
        List.of("Basic", "Basic =", "Basic !!!!", basic("good"), basic("good:"), basic(":"))) {
      assertThat(refusal(Audience.GIT, "Authorization", header)).doesNotStartWith("not refused");
    }
  }

  @Test
  void twoHeadersAreOneTooMany() {
    assertThat(
            refusal(Audience.API, "Authorization", "Bearer good", "Authorization", "Bearer good"))
        .isEqualTo("there is more than one Authorization header");
  }

  @Test
  void aCertificateComesFirstButATokenBesideItMustHold() {
    assertThat(subject(GRACE, Audience.API)).isEqualTo(GRACE);
    assertThat(subject(GRACE, Audience.API, "Authorization", "Bearer good")).isEqualTo(GRACE);
    assertThat(refusal(GRACE, Audience.API, "Authorization", "Bearer bad"))
        .isEqualTo("the token does not hold");
  }

  @Test
  void aCertificateNamesNoController() {
    assertThat(refusal(Subject.of("system:krate:tidy"), Audience.API)).contains("reserved");
  }

  @Test
  void noRefusalRepeatsWhatWasShown() {
    for (String header :
        List.of("Bearer hunter2", basic("ada:hunter2"), "Digest hunter2", "hunter2")) {
      for (Audience where : Audience.values()) {
        assertThat(refusal(where, "Authorization", header))
            .doesNotStartWith("not refused")
            .doesNotContain("hunter2");
      }
    }
  }
}
