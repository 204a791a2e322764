package ai.a5c.krate.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** A private key and its certificate, and how they stand in files. */
final class Credential {
  private static final int FIELD_BITS = 256;

  private final PrivateKey key;
  private final X509Certificate certificate;

  Credential(PrivateKey key, X509Certificate certificate) {
    this.key = key;
    this.certificate = certificate;
  }

  /** Reads both; empty unless both files are there. */
  static Optional<Credential> read(Path certificate, Path key) throws IOException {
    if (Files.notExists(certificate) || Files.notExists(key)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          parse(
              Files.readString(certificate, StandardCharsets.US_ASCII),
              Files.readString(key, StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("neither " + certificate + " nor " + key + " may be damaged", e);
    }
  }

  /**
   * Reads both from their PEM.
   *
   * @throws GeneralSecurityException if one of them is not what it must be
   * @throws IllegalArgumentException if one of them is no base64
   */
  static Credential parse(String certificatePem, String keyPem) throws GeneralSecurityException {
    byte[] certificate = certificatePem.getBytes(StandardCharsets.US_ASCII);
    var factory = CertificateFactory.getInstance("X.509");
    var x509 = (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(certificate));
    byte[] der = Base64.getMimeDecoder().decode(keyPem.replaceAll("-----[A-Z ]+-----", ""));
    return new Credential(
        KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der)), x509);
  }

  /** Writes the key first: a certificate without its key is made again. */
  void write(Path certificateFile, Path keyFile) throws IOException {
    DurableFile.writeSecret(keyFile, keyPem().getBytes(StandardCharsets.US_ASCII));
    DurableFile.writePublic(certificateFile, certificatePem().getBytes(StandardCharsets.US_ASCII));
  }

  PrivateKey key() {
    return key;
  }

  X509Certificate certificate() {
    return certificate;
  }

  /**
   * Whether the files hold halves of different credentials, as after a crash between writing them.
   */
  boolean fits() {
    try {
      byte[] probe = {1, 2, 3};
      var signer = java.security.Signature.getInstance("SHA256withECDSA");
      signer.initSign(key);
      signer.update(probe);
      byte[] signature = signer.sign();
      signer.initVerify(certificate.getPublicKey());
      signer.update(probe);
      return signer.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  String certificatePem() {
    try {
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was made or read can be written", e);
    }
  }

  /**
   * PKCS#8 with the public key in it, without which the GnuTLS of some systems' Git refuses the
   * file.
   */
  String keyPem() {
    var whole = SubjectPublicKeyInfo.getInstance(certificate.getPublicKey().getEncoded());
    var ec =
        new org.bouncycastle.asn1.sec.ECPrivateKey(
            FIELD_BITS,
            ((ECPrivateKey) key).getS(),
            whole.getPublicKeyData(),
            whole.getAlgorithm().getParameters());
    try {
      return pem("PRIVATE KEY", new PrivateKeyInfo(whole.getAlgorithm(), ec).getEncoded());
    } catch (IOException e) {
      throw new IllegalStateException("a key in memory can be written", e);
    }
  }

  private static String pem(String what, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n";
  }
}
