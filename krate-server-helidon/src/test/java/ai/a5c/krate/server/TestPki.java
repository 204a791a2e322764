package ai.a5c.krate.server;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority for tests. */
final class TestPki {
  final X509Certificate certificate;
  private final KeyPair keys = keys();
  private final X500Name name;

  /** A key and its certificate. */
  record Identity(PrivateKey key, X509Certificate certificate) {
    String certificatePem() {
      return pem("CERTIFICATE", encoded(certificate));
    }

    String keyPem() {
      return TestPki.keyPem(key, certificate);
    }
  }

  TestPki(String name) {
    this.name = new X500Name("CN=" + name);
    this.certificate = sign(this.name, keys, null, Duration.ofDays(1), true);
  }

  Identity server() {
    KeyPair pair = keys();
    return new Identity(
        pair.getPrivate(),
        sign(
            new X500Name("CN=server"),
            pair,
            KeyPurposeId.id_kp_serverAuth,
            Duration.ofDays(1),
            false));
  }

  Identity client(String distinguishedName) {
    return client(distinguishedName, KeyPurposeId.id_kp_clientAuth, Duration.ofDays(1));
  }

  Identity client(String distinguishedName, KeyPurposeId purpose, Duration life) {
    KeyPair pair = keys();
    return new Identity(
        pair.getPrivate(), sign(new X500Name(distinguishedName), pair, purpose, life, false));
  }

  String pem() {
    return pem("CERTIFICATE", encoded(certificate));
  }

  private X509Certificate sign(
      X500Name subject, KeyPair pair, KeyPurposeId purpose, Duration life, boolean authority) {
    try {
      Instant now = Instant.now();
      var builder =
          new JcaX509v3CertificateBuilder(
              name,
              new BigInteger(100, new SecureRandom()),
              Date.from(now.minus(Duration.ofDays(2))),
              Date.from(now.plus(life)),
              subject,
              pair.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      if (purpose != null) {
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(
                new GeneralName[] {
                  new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
                  new GeneralName(GeneralName.dNSName, "localhost")
                }));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A client's side of TLS that trusts this authority and shows the identities. */
  SSLContext clientSide(Identity... shown) {
    try {
      KeyStore trust = KeyStore.getInstance("PKCS12");
      trust.load(null, null);
      trust.setCertificateEntry("ca", certificate);
      var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trusted.init(trust);
      KeyManager[] managers = null;
      for (Identity identity : List.of(shown)) {
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry(
            "own", identity.key(), new char[0], new X509Certificate[] {identity.certificate()});
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(own, new char[0]);
        managers = factory.getKeyManagers();
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(managers, trusted.getTrustManagers(), null);
      return context;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyPair keys() {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] encoded(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Some TLS libraries want to find the public key next to the private one. */
  private static String keyPem(PrivateKey key, X509Certificate certificate) {
    try {
      var whole = SubjectPublicKeyInfo.getInstance(certificate.getPublicKey().getEncoded());
      var ec =
          new ECPrivateKey(
              256,
              ((java.security.interfaces.ECPrivateKey) key).getS(),
              whole.getPublicKeyData(),
              whole.getAlgorithm().getParameters());
      return pem("PRIVATE KEY", new PrivateKeyInfo(whole.getAlgorithm(), ec).getEncoded());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String what, byte[] der) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(what, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), what);
  }
}
