package ai.a5c.krate.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.spi.token.Audience;
import ai.a5c.krate.spi.token.IssuedToken;
import ai.a5c.krate.spi.token.TokenKeysException;
import com.nimbusds.jwt.SignedJWT;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class KeyRingTest {
  private static final Duration DAY = Duration.ofHours(24);

  private final TestIssuer issuer = new TestIssuer();

  private static String keyOf(IssuedToken token) throws Exception {
    return SignedJWT.parse(token.token().revealText()).getHeader().getKeyID();
  }

  @Test
  void aRestartSignsWithAnotherKeyAndOldTokensGoOnToHold() throws Exception {
    IssuedToken before = issuer.issue(DAY);
    issuer.restart();
    IssuedToken after = issuer.issue(DAY);

    assertThat(keyOf(after)).isNotEqualTo(keyOf(before));
    issuer.pass(DAY);
    assertThat(issuer.holds(before)).isTrue();
    assertThat(issuer.holds(after)).isTrue();
  }

  @Test
  void aKeyIsReplacedWhenItIsThirtyDaysOld() throws Exception {
    issuer.pass(Duration.ofDays(30).minusSeconds(1));
    IssuedToken last = issuer.issue(DAY);
    issuer.pass(Duration.ofSeconds(1));
    IssuedToken first = issuer.issue(DAY);

    assertThat(keyOf(first)).isNotEqualTo(keyOf(last));
    issuer.pass(DAY.minusSeconds(1));
    assertThat(issuer.holds(last)).isTrue();
    assertThat(issuer.holds(first)).isTrue();
  }

  @Test
  void onlyOneKeySignsAndTheOthersHaveLostTheirPrivateHalf() {
    issuer.restart();
    issuer.restart();
    issuer.pass(Duration.ofDays(30));
    issuer.issue(DAY);

    assertThat(issuer.keys.signing()).hasSize(1);
  }

  @Test
  void aKeyGoesWhenTheLastTokenOfItsHasExpired() {
    IssuedToken last = issuer.issue(DAY);
    issuer.restart();
    assertThat(issuer.keys.names()).hasSize(2);

    issuer.pass(DAY.plusSeconds(4));
    assertThat(issuer.holds(last)).isTrue();
    assertThat(issuer.keys.names()).hasSize(2);

    issuer.pass(Duration.ofSeconds(2));
    assertThat(issuer.holds(last)).isFalse();
    assertThat(issuer.keys.names()).hasSize(1);
  }

  @Test
  void aRestartDropsWhatIsOver() {
    issuer.restart();
    issuer.pass(Duration.ofDays(3));
    issuer.restart();

    assertThat(issuer.keys.names()).hasSize(2);
  }

  @Test
  void aServerThatStartsOverAndOverStopsMakingKeys() {
    List<IssuedToken> tokens = new ArrayList<>();
    for (int i = 0; i < KeyRing.MOST + 10; i++) {
      issuer.restart();
      tokens.add(issuer.issue(DAY));
    }

    assertThat(issuer.keys.names()).hasSize(KeyRing.MOST);
    assertThat(issuer.keys.signing()).hasSize(1);
    assertThat(tokens).allMatch(issuer::holds);
  }

  @Test
  void tokensGoOnWhenAKeyCannotBeWritten() throws Exception {
    IssuedToken before = issuer.issue(DAY);
    issuer.pass(Duration.ofDays(30));
    issuer.keys.full = true;
    IssuedToken meanwhile = issuer.issue(DAY);
    assertThat(keyOf(meanwhile)).isEqualTo(keyOf(before));
    assertThat(issuer.holds(meanwhile)).isTrue();

    issuer.keys.full = false;
    issuer.pass(Duration.ofMinutes(1));
    assertThat(keyOf(issuer.issue(DAY))).isNotEqualTo(keyOf(before));
    assertThat(issuer.holds(meanwhile)).isTrue();
  }

  @Test
  void aDamagedKeyIsNamedWithTheWayOut() {
    issuer.keys.write("0123456789abcdef.jwk", Secret.of("{\"kty\":\"EC\"}"));

    assertThatThrownBy(issuer::restart)
        .isInstanceOf(TokenKeysException.class)
        .hasMessageContaining("0123456789abcdef.jwk")
        .hasMessageContaining("Remove it");
  }

  @Test
  void aKeyThatStandsUnderAnotherNameIsDamaged() {
    Secret content = issuer.keys.read(issuer.keys.names().getFirst());
    issuer.keys.write("0123456789abcdef.jwk", content);

    assertThatThrownBy(issuer::restart).isInstanceOf(TokenKeysException.class);
  }

  @Test
  void otherFilesAreLeftAlone() {
    issuer.keys.write("readme", Secret.of("hello"));
    issuer.restart();

    assertThat(issuer.keys.names()).contains("readme");
  }

  @Test
  void manyMayIssueWhileTheKeyIsReplaced() throws Exception {
    issuer.pass(Duration.ofDays(30));
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> tokens = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        tokens.add(executor.submit(() -> issuer.token(Audience.API)));
      }
      for (Future<String> token : tokens) {
        assertThat(issuer.refusal(token.get())).isEqualTo("it is not refused");
      }
    }
    assertThat(issuer.keys.names()).hasSize(2);
  }
}
