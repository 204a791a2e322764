package ai.a5c.krate.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.spi.token.Audience;
import ai.a5c.krate.spi.token.IssuedToken;
import ai.a5c.krate.spi.token.TokenProvider;
import ai.a5c.krate.spi.token.TokenSettings;
import ai.a5c.krate.spi.token.TokenTerms;
import ai.a5c.krate.spi.token.Verification;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JwtTokensTest {
  private static final String FOREIGN = "the token was not issued by this server, or too long ago";
  private static final String MALFORMED = "the token is malformed";

  private final TestIssuer issuer = new TestIssuer();

  /** The issuer's own key, as somebody has it who broke into the data folder. */
  private ECKey stolen() throws Exception {
    return ECKey.parse(issuer.keys.read(issuer.keys.signing().getFirst()).revealText());
  }

  private JWTClaimsSet.Builder claims() {
    Date now = Date.from(issuer.now());
    return new JWTClaimsSet.Builder()
        .issuer("krate:local")
        .subject("ada")
        .audience("krate")
        .claim("groups", List.of("team"))
        .issueTime(now)
        .notBeforeTime(now)
        .expirationTime(Date.from(issuer.now().plusSeconds(600)));
  }

  private JWSHeader.Builder header() throws Exception {
    return new JWSHeader.Builder(JWSAlgorithm.ES256)
        .type(new JOSEObjectType("krate+jwt"))
        .keyID(stolen().getKeyID());
  }

  private static String signed(JWSHeader.Builder header, JWTClaimsSet.Builder claims, JWSSigner by)
      throws Exception {
    var jwt = new SignedJWT(header.build(), claims.build());
    jwt.sign(by);
    return jwt.serialize();
  }

  private String signed(JWTClaimsSet.Builder claims) throws Exception {
    return signed(header(), claims, new ECDSASigner(stolen()));
  }

  private static String encoded(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aTokenSaysWhoSomebodyIs() {
    assertThat(issuer.verify(issuer.token(Audience.API), Audience.API))
        .isEqualTo(
            new Verification.Verified(
                new Subject("ada", "", "", List.of("team", "system:authenticated"), Map.of()),
                Instant.parse("2026-11-21T09:00:00Z")));
  }

  @Test
  void aTokenIsAStandardOne() throws Exception {
    var jwt = SignedJWT.parse(issuer.token(Audience.API));

    assertThat(jwt.getHeader().toJSONObject())
        .containsOnlyKeys("alg", "kid", "typ")
        .containsEntry("alg", "ES256");
    assertThat(jwt.getJWTClaimsSet().getClaims())
        .containsOnlyKeys("iss", "sub", "aud", "groups", "iat", "nbf", "exp", "jti");
    assertThat(jwt.getJWTClaimsSet().getJWTID()).hasSize(22);
  }

  @Test
  void whatIsSignedWithTheKeyHolds() throws Exception {
    assertThat(issuer.verify(signed(claims()), Audience.API))
        .isInstanceOf(Verification.Verified.class);
  }

  @Test
  void aTokenForTheApiIsGoodForGitAndNotTheOtherWayRound() {
    assertThat(issuer.verify(issuer.token(Audience.API), Audience.GIT))
        .isInstanceOf(Verification.Verified.class);
    assertThat(issuer.verify(issuer.token(Audience.GIT), Audience.GIT))
        .isInstanceOf(Verification.Verified.class);
    assertThat(issuer.refusal(issuer.token(Audience.GIT)))
        .isEqualTo("the token is not good for this, but for Git alone");
  }

  @Test
  void aTokenHoldsUntilItExpiresAndFiveSecondsMore() {
    IssuedToken token = issuer.issue(Duration.ofMinutes(1));

    issuer.pass(Duration.ofSeconds(64));
    assertThat(issuer.holds(token)).isTrue();
    issuer.pass(Duration.ofSeconds(1));
    assertThat(issuer.refusal(token.token().revealText())).isEqualTo("the token has expired");
  }

  @Test
  void aClockThatIsSetBackAFewSecondsDoesNoHarm() {
    IssuedToken token = issuer.issue(Duration.ofMinutes(1));

    issuer.pass(Duration.ofSeconds(-5));
    assertThat(issuer.holds(token)).isTrue();
    issuer.pass(Duration.ofSeconds(-1));
    assertThat(issuer.refusal(token.token().revealText())).isEqualTo("the token is not valid yet");
  }

  @Test
  void noCharacterOfATokenCanBeChangedLeftOutOrAdded() {
    String token = issuer.token(Audience.API);
    List<String> forged = new ArrayList<>();
    for (int at = 0; at < token.length(); at++) {
      for (int bit = 0; bit < 7; bit++) {
        char changed = (char) (token.charAt(at) ^ (1 << bit));
        forged.add(token.substring(0, at) + changed + token.substring(at + 1));
      }
      forged.add(token.substring(0, at));
      forged.add(token.substring(0, at) + token.substring(at + 1));
      forged.add(token.substring(0, at) + "=" + token.substring(at));
    }
    forged.addAll(List.of(token + "A", token + "=", token + ".", token + "\n", " " + token));

    assertThat(forged)
        .filteredOn(text -> !text.equals(token))
        .hasSizeGreaterThan(3_000)
        .allMatch(text -> List.of(FOREIGN, MALFORMED).contains(issuer.refusal(text)));
  }

  @Test
  void aTokenWithoutASignatureIsRefused() throws Exception {
    String claims = encoded(claims().build().toString());
    String key = stolen().getKeyID();

    assertThat(
            Stream.of("none", "None", "NONE", "nOnE")
                .map(alg -> "{\"alg\":\"" + alg + "\",\"typ\":\"krate+jwt\",\"kid\":\"" + key)
                .map(header -> encoded(header + "\"}") + "." + claims + ".")
                .flatMap(token -> Stream.of(token, token + "AAAA"))
                .map(issuer::refusal))
        .hasSize(8)
        .allMatch(List.of(FOREIGN, MALFORMED)::contains);
  }

  @Test
  void thePublicKeyIsNoSecretThatSigns() throws Exception {
    byte[] published = stolen().toECPublicKey().getEncoded();
    byte[] json = stolen().toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8);
    for (byte[] secret : List.of(published, json)) {
      var header =
          new JWSHeader.Builder(JWSAlgorithm.HS256)
              .type(new JOSEObjectType("krate+jwt"))
              .keyID(stolen().getKeyID());
      assertThat(issuer.refusal(signed(header, claims(), new MACSigner(secret))))
          .isEqualTo(FOREIGN);
    }
  }

  @Test
  void anotherKeyIsRefusedWhateverItIsCalled() throws Exception {
    var other = new TestIssuer();
    String foreign = other.token(Audience.API);
    ECKey key = ECKey.parse(other.keys.read(other.keys.signing().getFirst()).revealText());

    assertThat(issuer.refusal(foreign)).isEqualTo(FOREIGN);
    assertThat(issuer.refusal(signed(header(), claims(), new ECDSASigner(key)))).isEqualTo(FOREIGN);
    assertThat(
            issuer.refusal(
                signed(
                    header().jwk(key.toPublicJWK()).keyID(key.getKeyID()),
                    claims(),
                    new ECDSASigner(key))))
        .isEqualTo(FOREIGN);
  }

  @Test
  void aHeaderSaysWhatOursSayAndNoMore() throws Exception {
    var signer = new ECDSASigner(stolen());

    assertThat(
            List.of(
                signed(header().type(JOSEObjectType.JWT), claims(), signer),
                signed(header().contentType("json"), claims(), signer),
                signed(header().keyID("../../ca"), claims(), signer),
                signed(header().customParam("x", "y"), claims(), signer)))
        .allMatch(token -> issuer.refusal(token).equals(FOREIGN));
  }

  @Test
  void claimsThatOursHaveMustBeThere() throws Exception {
    assertThat(issuer.refusal(signed(claims().issuer("https://issuer.example.org"))))
        .isEqualTo(FOREIGN);
    assertThat(issuer.refusal(signed(claims().issuer(null)))).isEqualTo(FOREIGN);
    assertThat(issuer.refusal(signed(claims().audience("other")))).isEqualTo(FOREIGN);
    assertThat(issuer.refusal(signed(claims().audience(List.of())))).isEqualTo(FOREIGN);
    assertThat(
            List.of(
                signed(claims().subject(null)),
                signed(claims().expirationTime(null)),
                signed(claims().notBeforeTime(null)),
                signed(claims().issueTime(null)),
                signed(claims().claim("groups", null)),
                signed(claims().claim("groups", "team")),
                signed(claims().claim("groups", List.of(1))),
                signed(claims().claim("sub", List.of("ada"))),
                signed(claims().claim("exp", "tomorrow"))))
        .allMatch(token -> issuer.refusal(token).equals(MALFORMED));
  }

  @Test
  void reservedNamesAreRefusedEvenIfTheyAreSigned() throws Exception {
    assertThat(issuer.refusal(signed(claims().subject("system:krate:tidy")))).isEqualTo(FOREIGN);
    assertThat(issuer.refusal(signed(claims().claim("groups", List.of("system:masters")))))
        .isEqualTo(FOREIGN);
  }

  @Test
  void whatIsNoTokenIsRefused() {
    assertThat(
            List.of(
                "",
                ".",
                "..",
                "a.b",
                "a.b.c.d",
                "hunter2",
                "\u0000.\u0000.\u0000",
                encoded("[]") + "." + encoded("{}") + "." + encoded("x"),
                encoded("{}") + "." + encoded("{}") + "." + encoded("x"),
                encoded("{".repeat(4_000)) + "." + encoded("{}") + "." + encoded("x"),
                "a".repeat(1_000_000)))
        .allMatch(token -> issuer.refusal(token).equals(MALFORMED));
  }

  @Test
  void noReasonQuotesTheToken() throws Exception {
    String token = signed(claims().issuer("https://hunter2.example.org"));

    assertThat(issuer.refusal(token)).doesNotContain("hunter2").doesNotContain(token);
    assertThat(Secret.of(token)).hasToString("***");
    assertThat(issuer.issue(Duration.ofHours(1)).toString()).doesNotContain("eyJ");
  }

  @Test
  void theLongestNamesFit() {
    List<String> groups =
        java.util.stream.IntStream.range(0, 15)
            .mapToObj(i -> "\"".repeat(255) + i % 10 + i / 10)
            .map(name -> name.substring(1))
            .toList();
    var terms = new TokenTerms("\\".repeat(240), groups, Audience.API, Duration.ofHours(1));

    assertThat(issuer.service().verify(issuer.service().issue(terms).token(), Audience.API))
        .isInstanceOf(Verification.Verified.class);
  }

  @Test
  void namesAndLifetimesHaveBounds() {
    Duration hour = Duration.ofHours(1);
    for (String name :
        List.of("", " ", " ada", "a\nb", "a\u200bb", "x".repeat(257), "system:admin")) {
      assertThatThrownBy(() -> new TokenTerms(name, List.of(), Audience.API, hour))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> new TokenTerms("ada", List.of(name), Audience.API, hour))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new TokenTerms("ada", List.of(), Audience.API, Duration.ofMillis(999)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> issuer.issue(Duration.ofHours(24).plusSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(issuer.holds(issuer.issue(Duration.ofHours(24)))).isTrue();
  }

  @Test
  void theLongestLifetimeIsASetting() {
    var strict =
        new TestIssuer(
            new TokenSettings("krate:local", Duration.ofMinutes(10), Duration.ofDays(1)));

    assertThat(strict.service().longestLifetime()).isEqualTo(Duration.ofMinutes(10));
    assertThatThrownBy(() -> strict.issue(Duration.ofMinutes(11)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theProviderIsFoundOnTheClassPath() {
    assertThat(ServiceLoader.load(TokenProvider.class))
        .singleElement()
        .isInstanceOf(JwtTokenProvider.class);
  }

  @Test
  void aTokenThatIsKnownIsJudgedAgain() {
    String git = issuer.token(Audience.GIT);
    assertThat(issuer.verify(git, Audience.GIT)).isInstanceOf(Verification.Verified.class);

    assertThat(issuer.refusal(git)).contains("Git alone");
    issuer.pass(Duration.ofHours(2));
    assertThat(issuer.refusal(git)).isEqualTo("the token has expired");
    issuer.pass(Duration.ofHours(-4));
    assertThat(issuer.refusal(git)).isEqualTo("the token is not valid yet");
  }

  @Test
  void onlySoManyTokensAreRemembered() {
    var known = new VerifiedTokens();
    var said =
        new VerifiedTokens.Claims(Subject.of("ada"), List.of("krate"), Instant.MIN, Instant.MAX);
    for (int i = 0; i < VerifiedTokens.MOST + 10; i++) {
      known.keep(VerifiedTokens.digest("t" + i), said);
      assertThat(known.find(VerifiedTokens.digest("t0"))).contains(said);
    }

    assertThat(known.size()).isEqualTo(VerifiedTokens.MOST);
    assertThat(known.find(VerifiedTokens.digest("t1"))).isEmpty();
  }
}
