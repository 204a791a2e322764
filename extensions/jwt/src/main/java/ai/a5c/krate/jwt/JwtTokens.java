package ai.a5c.krate.jwt;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.spi.token.Audience;
import ai.a5c.krate.spi.token.IssuedToken;
import ai.a5c.krate.spi.token.TokenService;
import ai.a5c.krate.spi.token.TokenSettings;
import ai.a5c.krate.spi.token.TokenTerms;
import ai.a5c.krate.spi.token.Verification;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.security.SecureRandom;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Signs and verifies. The algorithm, the type and the members of the header are ours alone (RFC
 * 8725): what a token says of how it wants to be verified is compared, never followed. Claims are
 * read once the signature holds.
 */
final class JwtTokens implements TokenService {
  /** How much the clock may jump back, or two clocks differ. */
  static final Duration LEEWAY = Duration.ofSeconds(5);

  /** Enough for the most names that a token may hold, each character escaped. */
  static final int LONGEST = 16 * 1024;

  static final JOSEObjectType TYPE = new JOSEObjectType("krate+jwt");
  static final String GROUPS = "groups";

  private static final int ID_BYTES = 16;
  private static final Set<String> HEADER = Set.of("alg", "kid", "typ");
  private static final Pattern COMPACT =
      Pattern.compile("([A-Za-z0-9_-]+)\\.([A-Za-z0-9_-]+)\\.([A-Za-z0-9_-]+)");

  private static final Verification MALFORMED = new Verification.Refused("the token is malformed");
  private static final Verification FOREIGN =
      new Verification.Refused("the token was not issued by this server, or too long ago");
  private static final Verification EXPIRED = new Verification.Refused("the token has expired");
  private static final Verification TOO_EARLY =
      new Verification.Refused("the token is not valid yet");
  private static final Verification ELSEWHERE =
      new Verification.Refused("the token is not good for this, but for Git alone");

  private final TokenSettings settings;
  private final KeyRing keys;
  private final InstantSource clock;
  private final SecureRandom random;
  private final VerifiedTokens verified = new VerifiedTokens();

  JwtTokens(TokenSettings settings, KeyRing keys, InstantSource clock, SecureRandom random) {
    this.settings = settings;
    this.keys = keys;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public Duration longestLifetime() {
    return settings.longestLifetime();
  }

  @Override
  public IssuedToken issue(TokenTerms terms) {
    if (terms.lifetime().compareTo(settings.longestLifetime()) > 0) {
      throw new IllegalArgumentException(
          terms.lifetime() + " is longer than " + settings.longestLifetime());
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Instant expires = now.plusSeconds(terms.lifetime().toSeconds());
    TokenKey key = keys.signing();
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(settings.issuer())
            .subject(terms.user())
            .audience(name(terms.audience()))
            .claim(GROUPS, terms.groups())
            .issueTime(Date.from(now))
            .notBeforeTime(Date.from(now))
            .expirationTime(Date.from(expires))
            .jwtID(Base64.getUrlEncoder().withoutPadding().encodeToString(id))
            .build();
    var header = new JWSHeader.Builder(JWSAlgorithm.ES256).type(TYPE).keyID(key.id()).build();
    var jwt = new SignedJWT(header, claims);
    try {
      jwt.sign(key.signer());
    } catch (JOSEException e) {
      throw new IllegalStateException("every Java platform signs with ES256", e);
    }
    return new IssuedToken(Secret.of(jwt.serialize()), expires);
  }

  @Override
  public Verification verify(Secret token, Audience where) {
    keys.tend();
    String text = token.revealText();
    if (text.length() > LONGEST) {
      return MALFORMED;
    }
    Bytes digest = VerifiedTokens.digest(text);
    Optional<VerifiedTokens.Claims> known = verified.find(digest);
    if (known.isPresent()) {
      return judge(known.get(), where);
    }
    if (!isCompact(text)) {
      return MALFORMED;
    }
    try {
      SignedJWT jwt = SignedJWT.parse(text);
      Optional<TokenKey> key = key(jwt.getHeader());
      if (key.isEmpty() || !jwt.verify(key.get().verifier())) {
        return FOREIGN;
      }
      Optional<VerifiedTokens.Claims> claims = claims(jwt.getJWTClaimsSet());
      if (claims.isEmpty()) {
        return FOREIGN;
      }
      verified.keep(digest, claims.get());
      return judge(claims.get(), where);
    } catch (ParseException | JOSEException | IllegalArgumentException e) {
      return MALFORMED;
    }
  }

  private Optional<TokenKey> key(JWSHeader header) {
    boolean ours =
        JWSAlgorithm.ES256.equals(header.getAlgorithm())
            && TYPE.equals(header.getType())
            && header.getIncludedParams().equals(HEADER);
    return ours ? keys.find(header.getKeyID()) : Optional.empty();
  }

  /**
   * What a token of ours says; empty if it speaks for somebody else.
   *
   * @throws ParseException if something is missing that ours have
   */
  private Optional<VerifiedTokens.Claims> claims(JWTClaimsSet claims) throws ParseException {
    Date issued = claims.getIssueTime();
    Date notBefore = claims.getNotBeforeTime();
    Date expires = claims.getExpirationTime();
    List<String> groups = claims.getStringListClaim(GROUPS);
    String user = claims.getSubject();
    if (issued == null || notBefore == null || expires == null || groups == null || user == null) {
      throw new ParseException("a claim is missing", 0);
    }
    if (!settings.issuer().equals(claims.getIssuer())
        || TokenTerms.isReserved(user)
        || groups.stream().anyMatch(TokenTerms::isReserved)) {
      return Optional.empty();
    }
    return Optional.of(
        new VerifiedTokens.Claims(
            subject(user, groups),
            claims.getAudience(),
            notBefore.toInstant(),
            expires.toInstant()));
  }

  private Verification judge(VerifiedTokens.Claims claims, Audience where) {
    Instant now = clock.instant();
    if (now.isBefore(claims.notBefore().minus(LEEWAY))) {
      return TOO_EARLY;
    }
    if (!now.isBefore(claims.expires().plus(LEEWAY))) {
      return EXPIRED;
    }
    boolean api = claims.audience().contains(name(Audience.API));
    boolean git = claims.audience().contains(name(Audience.GIT));
    if (api || (git && where == Audience.GIT)) {
      return new Verification.Verified(claims.subject(), claims.expires());
    }
    return git ? ELSEWHERE : FOREIGN;
  }

  /** The server itself vouches for the user, as for a client certificate: it is one person. */
  private static Subject subject(String user, List<String> groups) {
    List<String> all = new ArrayList<>(groups);
    all.add(Subject.AUTHENTICATED);
    return new Subject(user, "", "", all, Map.of());
  }

  private static String name(Audience audience) {
    return switch (audience) {
      case API -> "krate";
      case GIT -> "krate-git";
    };
  }

  /** Decoders ignore much; one token shall have one form, so that no bit of it can be changed. */
  private static boolean isCompact(String text) {
    var parts = COMPACT.matcher(text);
    if (!parts.matches()) {
      return false;
    }
    for (int part = 1; part <= parts.groupCount(); part++) {
      try {
        byte[] decoded = Base64.getUrlDecoder().decode(parts.group(part));
        if (!Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(decoded)
            .equals(parts.group(part))) {
          return false;
        }
      } catch (IllegalArgumentException e) {
        return false;
      }
    }
    return true;
  }
}
