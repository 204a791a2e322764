package ai.a5c.krate.cli;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Somebody with a client certificate of a server, and with the files that {@link Kubectl} and
 * {@link GitClient} look for.
 */
record Certified(String name, Path files) {
  private static final Duration LIFE = Duration.ofHours(1);

  /** Signs a certificate by the server's authority. */
  static Certified of(ServerProcess server, Path folder, String name, String group) throws Exception {
    Path data = server.data();
    Credential authority =
        Credential.read(data.resolve("ca.crt"), data.resolve("keys/ca.key")).orElseThrow();
    Path files = Files.createDirectories(folder.resolve(name));
    Files.copy(data.resolve("ca.crt"), files.resolve("ca.crt"));
    sign(authority, new X500Name("O=" + group + ",CN=" + name))
        .write(files.resolve("admin.crt"), files.resolve("admin.key"));
    Files.writeString(
        files.resolve("admin.kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: krate, cluster: {server: '%1$s', certificate-authority: ca.crt}}]
        users: [{name: me, user: {client-certificate: admin.crt, client-key: admin.key}}]
        contexts: [{name: krate, context: {cluster: krate, user: me}}]
        current-context: krate
        """
            .formatted(server.url()));
    return new Certified(name, files);
  }

  private static Credential sign(Credential authority, X500Name name)
      throws GeneralSecurityException, OperatorCreationException, IOException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    Instant now = Instant.now();
    var builder =
        new JcaX509v3CertificateBuilder(
            new X500Name("CN=Krate"),
            BigInteger.valueOf(System.nanoTime()),
            Date.from(now.minus(LIFE)),
            Date.from(now.plus(LIFE)),
            name,
            pair.getPublic());
    builder.addExtension(
        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(authority.key());
    return new Credential(
        pair.getPrivate(), new JcaX509CertificateConverter().getCertificate(builder.build(signer)));
  }

  Kubectl kubectl() throws IOException {
    return new Kubectl(
        Kubectl.programs().getFirst(), Files.createDirectories(files.resolve("home")), files);
  }

  /** Git in a folder that somebody else made. */
  GitClient git(Path clone) {
    return new GitClient(clone, files);
  }
}
