package ai.a5c.krate.testkit.api;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** TLS of a client that trusts one authority and shows one certificate, from PEM files. */
public final class ClientTls {
  private static final char[] PASSWORD = "memory only".toCharArray();

  private ClientTls() {}

  /**
   * Reads the files.
   *
   * @param authority the certificates that a server's certificate may be signed with
   * @param certificate the client's certificate, and those that it is signed with, if any
   * @param key the client's key in PKCS#8, for elliptic curves or RSA
   * @throws IOException if a file cannot be read or is something else
   */
  public static SSLContext of(Path authority, Path certificate, Path key) throws IOException {
    try {
      KeyStore own = empty();
      own.setKeyEntry(
          "client", key(key), PASSWORD, certificates(certificate).toArray(Certificate[]::new));
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, PASSWORD);
      return context(keys.getKeyManagers(), authority);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("no client can be made of " + List.of(authority, certificate, key), e);
    }
  }

  /**
   * A client that shows no certificate.
   *
   * @param authority the certificates that a server's certificate may be signed with
   * @throws IOException if the file cannot be read or is something else
   */
  public static SSLContext trusting(Path authority) throws IOException {
    try {
      return context(new KeyManager[0], authority);
    } catch (GeneralSecurityException e) {
      throw new IOException("no client can be made of " + authority, e);
    }
  }

  private static SSLContext context(KeyManager[] keys, Path authority)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = empty();
    int number = 0;
    for (Certificate one : certificates(authority)) {
      trusted.setCertificateEntry("authority-" + number++, one);
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, trust.getTrustManagers(), null);
    return context;
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, PASSWORD);
    return store;
  }

  private static Collection<? extends Certificate> certificates(Path file)
      throws GeneralSecurityException, IOException {
    try (InputStream in = new ByteArrayInputStream(Files.readAllBytes(file))) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in);
    }
  }

  private static PrivateKey key(Path file) throws GeneralSecurityException, IOException {
    String pem = Files.readString(file, StandardCharsets.US_ASCII);
    byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    try {
      return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (InvalidKeySpecException e) {
      return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
    }
  }
}
