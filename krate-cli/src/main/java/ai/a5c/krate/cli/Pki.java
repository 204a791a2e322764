package ai.a5c.krate.cli;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The server's own authority and what it signs: the server's certificate and the administrator's.
 * Each is made at the first start, and made again when it is about to expire or no longer fits; the
 * authority keeps its key, so that what clients trust stays right.
 */
final class Pki {
  private static final X500Name AUTHORITY = new X500Name("CN=Krate");
  private static final X500Name SERVER = new X500Name("CN=krate-server");
  private static final X500Name ADMIN = new X500Name("O=system:masters,CN=krate:admin");
  private static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);
  private static final Duration LIFE = Duration.ofDays(365);
  private static final Duration RENEW_BEFORE = Duration.ofDays(90);

  /** Clocks differ a little. */
  private static final Duration BACKDATED = Duration.ofMinutes(10);

  private final DataFolder folder;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Credential authority;
  private final Credential server;
  private final Credential admin;

  private Pki(DataFolder folder, Set<String> hosts, InstantSource clock, SecureRandom random)
      throws IOException {
    this.folder = folder;
    this.clock = clock;
    this.random = random;
    this.authority = authority();
    this.server = server(hosts);
    this.admin = admin();
  }

  /**
   * Opens the authority of a data folder, and makes what is missing or no longer fits.
   *
   * @param hosts names and addresses that the server's certificate must hold
   * @throws StartFailedException if files cannot be read or written
   */
  static Pki open(DataFolder folder, Set<String> hosts, InstantSource clock, SecureRandom random) {
    try {
      return new Pki(folder, hosts, clock, random);
    } catch (IOException e) {
      throw new StartFailedException(
          "The certificates in " + folder.root() + " cannot be used: " + e.getMessage(), e);
    }
  }

  X509Certificate authorityCertificate() {
    return authority.certificate();
  }

  Credential serverCredential() {
    return server;
  }

  private Credential authority() throws IOException {
    Path key = folder.keys().resolve("ca.key");
    Optional<Credential> kept = Credential.read(folder.caCertificate(), key);
    if (kept.isPresent() && kept.get().fits()) {
      if (!expires(kept.get())) {
        return kept.get();
      }
      PublicKey same = kept.get().certificate().getPublicKey();
      return written(
          new Credential(kept.get().key(), sign(AUTHORITY, same, kept.get().key(), null, Set.of())),
          folder.caCertificate(),
          key);
    }
    KeyPair fresh = keys();
    return written(
        new Credential(
            fresh.getPrivate(),
            sign(AUTHORITY, fresh.getPublic(), fresh.getPrivate(), null, Set.of())),
        folder.caCertificate(),
        key);
  }

  private Credential server(Set<String> hosts) throws IOException {
    Path certificate = folder.keys().resolve("server.crt");
    Path key = folder.keys().resolve("server.key");
    Optional<Credential> kept = Credential.read(certificate, key);
    if (kept.isPresent()
        && usable(kept.get())
        && names(kept.get()).containsAll(hosts.stream().map(Pki::canonical).toList())) {
      return kept.get();
    }
    return written(issue(SERVER, KeyPurposeId.id_kp_serverAuth, hosts), certificate, key);
  }

  private Credential admin() throws IOException {
    Optional<Credential> kept = Credential.read(folder.adminCertificate(), folder.adminKey());
    if (kept.isPresent() && usable(kept.get())) {
      return kept.get();
    }
    return written(
        issue(ADMIN, KeyPurposeId.id_kp_clientAuth, Set.of()),
        folder.adminCertificate(),
        folder.adminKey());
  }

  private static Credential written(Credential credential, Path certificate, Path key)
      throws IOException {
    credential.write(certificate, key);
    return credential;
  }

  private boolean usable(Credential credential) {
    try {
      credential.certificate().verify(authority.certificate().getPublicKey());
      return credential.fits() && !expires(credential);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private boolean expires(Credential credential) {
    Instant now = clock.instant();
    return now.plus(RENEW_BEFORE).isAfter(credential.certificate().getNotAfter().toInstant())
        || now.isBefore(credential.certificate().getNotBefore().toInstant());
  }

  private static Set<String> names(Credential credential) throws IOException {
    try {
      Set<String> names = new TreeSet<>();
      Collection<List<?>> all = credential.certificate().getSubjectAlternativeNames();
      if (all != null) {
        all.forEach(name -> names.add(canonical(String.valueOf(name.get(1)))));
      }
      return names;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private static boolean isAddress(String host) {
    return host.contains(":") || host.matches("[0-9.]+");
  }

  /** One address has many spellings. */
  private static String canonical(String host) {
    if (!isAddress(host)) {
      return host;
    }
    try {
      return InetAddress.getByName(host).getHostAddress();
    } catch (UnknownHostException e) {
      return host;
    }
  }

  private Credential issue(X500Name subject, KeyPurposeId purpose, Set<String> hosts)
      throws IOException {
    KeyPair pair = keys();
    return new Credential(
        pair.getPrivate(), sign(subject, pair.getPublic(), authority.key(), purpose, hosts));
  }

  /** Signs a certificate; without a purpose it is an authority. */
  private X509Certificate sign(
      X500Name subject,
      PublicKey key,
      PrivateKey signer,
      @org.jspecify.annotations.Nullable KeyPurposeId purpose,
      Set<String> hosts)
      throws IOException {
    Instant now = clock.instant();
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              AUTHORITY,
              new BigInteger(120, random).setBit(120),
              Date.from(now.minus(BACKDATED)),
              Date.from(now.plus(purpose == null ? AUTHORITY_LIFE : LIFE)),
              subject,
              key);
      var identifiers = new JcaX509ExtensionUtils();
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(key));
      extend(builder, purpose, hosts);
      var signing = new JcaContentSignerBuilder("SHA256withECDSA").build(signer);
      return new JcaX509CertificateConverter().getCertificate(builder.build(signing));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("signing a certificate failed", e);
    }
  }

  private static void extend(
      X509v3CertificateBuilder builder,
      @org.jspecify.annotations.Nullable KeyPurposeId purpose,
      Set<String> hosts)
      throws CertIOException {
    if (purpose == null) {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      return;
    }
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
    if (!hosts.isEmpty()) {
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(
              new TreeSet<>(hosts).stream().map(Pki::name).toArray(GeneralName[]::new)));
    }
  }

  private static GeneralName name(String host) {
    return new GeneralName(isAddress(host) ? GeneralName.iPAddress : GeneralName.dNSName, host);
  }

  private KeyPair keys() throws IOException {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IOException("P-256 is part of every JDK", e);
    }
  }

  /** Writes the administrator's kubeconfig, which holds everything that kubectl needs. */
  void writeKubeconfig(String serverUrl) {
    String text =
        new Kubeconfig(serverUrl, authority.certificatePem())
            .withCertificate("krate-admin", admin.certificatePem(), admin.keyPem());
    try {
      DurableFile.writeSecret(folder.adminKubeconfig(), text.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new StartFailedException(
          "The kubeconfig " + folder.adminKubeconfig() + " cannot be written: " + e, e);
    }
  }
}
