package ai.a5c.krate.jwt;

import ai.a5c.krate.api.meta.Secret;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.text.ParseException;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A P-256 key of the issuer. May be used from many threads at once. */
final class TokenKey {
  private static final int ID_BYTES = 8;

  private final ECKey jwk;
  private final JWSVerifier verifier;

  private TokenKey(ECKey jwk) throws JOSEException {
    this.jwk = jwk;
    this.verifier = new ECDSAVerifier(jwk.toECPublicKey());
  }

  /** A new key that can sign. */
  static TokenKey make(Instant now, SecureRandom random) {
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      KeyPair pair = generator.generateKeyPair();
      return new TokenKey(
          new ECKey.Builder(Curve.P_256, (ECPublicKey) pair.getPublic())
              .privateKey(pair.getPrivate())
              .keyUse(KeyUse.SIGNATURE)
              .algorithm(JWSAlgorithm.ES256)
              .keyID(HexFormat.of().formatHex(id))
              .issueTime(Date.from(now))
              .build());
    } catch (GeneralSecurityException | JOSEException e) {
      throw new IllegalStateException("every Java platform has P-256", e);
    }
  }

  /** The key of a file; empty if the file is damaged. */
  static Optional<TokenKey> read(String id, Secret content) {
    try {
      ECKey jwk = ECKey.parse(content.revealText());
      boolean ours =
          id.equals(jwk.getKeyID())
              && Curve.P_256.equals(jwk.getCurve())
              && jwk.getIssueTime() != null
              && (jwk.isPrivate() || jwk.getExpirationTime() != null);
      return ours ? Optional.of(new TokenKey(jwk)) : Optional.empty();
    } catch (ParseException | JOSEException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** As it stands in a file. */
  Secret content() {
    return Secret.of(jwk.toJSONString());
  }

  /** This key without what signs. */
  TokenKey retired(Instant until) {
    try {
      return new TokenKey(
          new ECKey.Builder(jwk.toPublicJWK()).expirationTime(Date.from(until)).build());
    } catch (JOSEException e) {
      throw new IllegalStateException("half a key is a key", e);
    }
  }

  String id() {
    return jwk.getKeyID();
  }

  Instant made() {
    return jwk.getIssueTime().toInstant();
  }

  boolean signs() {
    return jwk.isPrivate();
  }

  /** Until when what it signed can hold; null as long as it signs. */
  @Nullable Instant until() {
    Date until = jwk.getExpirationTime();
    return until == null ? null : until.toInstant();
  }

  JWSVerifier verifier() {
    return verifier;
  }

  /**
   * What signs with it.
   *
   * @throws IllegalStateException if it is retired
   */
  JWSSigner signer() {
    try {
      return new ECDSASigner(jwk);
    } catch (JOSEException e) {
      throw new IllegalStateException("the key " + id() + " is retired", e);
    }
  }

  /** The id only. */
  @Override
  public String toString() {
    return "key " + id();
  }
}
