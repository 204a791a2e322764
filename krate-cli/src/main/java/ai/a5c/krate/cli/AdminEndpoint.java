package ai.a5c.krate.cli;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.meta.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The server that runs on a data folder, as its administrator: at the address of the kubeconfig in
 * the folder, with the certificates in it; or the server and the person of another kubeconfig. What
 * proves who asks is shown to that server alone: no redirect is followed and no proxy is used. An
 * {@link UncheckedIOException} means that the server was not reached, or broke off. May be used
 * from many threads at once.
 */
final class AdminEndpoint implements ApiEndpoint, AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final long LONGEST_FILE = 1 << 20;
  private static final char[] PASSWORD = "memory only".toCharArray();

  private final URI url;
  private final String authorityPem;
  private final Headers credentials;
  private final HttpClient client;

  private AdminEndpoint(URI url, String authorityPem, SSLContext tls, Headers credentials) {
    this.url = url;
    this.authorityPem = authorityPem;
    this.credentials = credentials;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(CONNECT)
            .sslContext(tls)
            .build();
  }

  /**
   * Reads what is needed from a data folder.
   *
   * @throws java.nio.file.NoSuchFileException if a file is missing
   * @throws IOException if one cannot be read
   */
  static AdminEndpoint of(Path dataFolder) throws IOException {
    URI url =
        Kubeconfig.server(Bytes.utf8(read(dataFolder.resolve("admin.kubeconfig"))))
            .orElseThrow(() -> new IOException("admin.kubeconfig names no server"));
    String authority = read(dataFolder.resolve("ca.crt"));
    return new AdminEndpoint(url, authority, tls(dataFolder, authority), Headers.NONE);
  }

  /**
   * The server and the person of a kubeconfig instead.
   *
   * @throws java.nio.file.NoSuchFileException if it is missing
   * @throws IOException if it cannot be read, or holds less than is needed
   */
  static AdminEndpoint ofKubeconfig(Path file) throws IOException {
    Kubeconfig.Way way = Kubeconfig.way(Bytes.utf8(read(file)));
    Headers credentials =
        way.token().revealText().isEmpty()
            ? Headers.NONE
            : Headers.of("Authorization", "Bearer " + way.token().revealText());
    try {
      Optional<Credential> shown =
          way.certificatePem().isEmpty()
              ? Optional.empty()
              : Optional.of(Credential.parse(way.certificatePem(), way.key().revealText()));
      SSLContext tls = tls(file, way.authorityPem(), shown);
      return new AdminEndpoint(way.server(), way.authorityPem(), tls, credentials);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("the certificate of " + file + " cannot be used", e);
    }
  }

  private static String read(Path file) throws IOException {
    if (Files.size(file) > LONGEST_FILE) {
      throw new IOException(file + " is longer than " + LONGEST_FILE + " bytes");
    }
    return Files.readString(file);
  }

  private static SSLContext tls(Path folder, String authorityPem) throws IOException {
    Path certificate = folder.resolve("admin.crt");
    Credential admin =
        Credential.read(certificate, folder.resolve("admin.key"))
            .orElseThrow(() -> new NoSuchFileException(certificate.toString()));
    return tls(folder, authorityPem, Optional.of(admin));
  }

  private static SSLContext tls(Path from, String authorityPem, Optional<Credential> shown)
      throws IOException {
    byte[] authority = authorityPem.getBytes(StandardCharsets.UTF_8);
    try {
      var certificates = CertificateFactory.getInstance("X.509");
      KeyStore trusted = empty();
      trusted.setCertificateEntry(
          "authority",
          (X509Certificate) certificates.generateCertificate(new ByteArrayInputStream(authority)));
      KeyStore own = empty();
      if (shown.isPresent()) {
        Certificate[] chain = {shown.get().certificate()};
        own.setKeyEntry("own", shown.get().key(), PASSWORD, chain);
      }
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificates of " + from + " cannot be used", e);
    }
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, PASSWORD);
    return store;
  }

  /** Where clients reach the server. */
  URI url() {
    return url;
  }

  /** What clients check the server with, in PEM. */
  String authorityPem() {
    return authorityPem;
  }

  @Override
  public ApiResponse call(ApiRequest request) {
    Bytes body = request.body();
    HttpRequest.Builder http =
        HttpRequest.newBuilder(url.resolve(request.target()))
            .timeout(ANSWER)
            .method(
                request.method(),
                body.isEmpty()
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(body.toArray()));
    credentials
        .asMap()
        .forEach((name, values) -> values.forEach(value -> http.header(name, value)));
    request
        .headers()
        .asMap()
        .forEach((name, values) -> values.forEach(value -> http.header(name, value)));
    try {
      HttpResponse<InputStream> response = client.send(http.build(), BodyHandlers.ofInputStream());
      Headers headers = Headers.NONE;
      for (Map.Entry<String, List<String>> header : response.headers().map().entrySet()) {
        for (String value : header.getValue()) {
          headers = headers.with(header.getKey(), value);
        }
      }
      return new ApiResponse(response.statusCode(), headers, response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new InterruptedIOException(request.target()));
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
