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
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The server that runs on a data folder, as its administrator: at the address of the kubeconfig in
 * the folder, with the certificates in it. An {@link UncheckedIOException} means that the server
 * was not reached, or broke off. May be used from many threads at once.
 */
final class AdminEndpoint implements ApiEndpoint, AutoCloseable {
  private static final Pattern SERVER = Pattern.compile("(?m)^ +server: (https://\\S+)$");
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final char[] PASSWORD = "memory only".toCharArray();

  private final String base;
  private final HttpClient client;

  private AdminEndpoint(String base, SSLContext tls) {
    this.base = base;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(CONNECT)
            .sslContext(tls)
            .build();
  }

  /**
   * Reads what is needed from a data folder.
   *
   * @throws IOException if something is missing or cannot be read
   */
  static AdminEndpoint of(Path dataFolder) throws IOException {
    String kubeconfig = Files.readString(dataFolder.resolve("admin.kubeconfig"));
    Matcher server = SERVER.matcher(kubeconfig);
    if (!server.find()) {
      throw new IOException("the kubeconfig of " + dataFolder + " names no server");
    }
    return new AdminEndpoint(server.group(1), tls(dataFolder));
  }

  private static SSLContext tls(Path folder) throws IOException {
    Credential admin =
        Credential.read(folder.resolve("admin.crt"), folder.resolve("admin.key"))
            .orElseThrow(() -> new IOException("the administrator's certificate is missing"));
    byte[] authority = Files.readAllBytes(folder.resolve("ca.crt"));
    try {
      var certificates = CertificateFactory.getInstance("X.509");
      KeyStore trusted = empty();
      trusted.setCertificateEntry(
          "authority",
          (X509Certificate) certificates.generateCertificate(new ByteArrayInputStream(authority)));
      KeyStore own = empty();
      own.setKeyEntry("admin", admin.key(), PASSWORD, new Certificate[] {admin.certificate()});
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificates of " + folder + " cannot be used", e);
    }
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, PASSWORD);
    return store;
  }

  /** Where the server is. */
  URI url() {
    return URI.create(base);
  }

  @Override
  public ApiResponse call(ApiRequest request) {
    Bytes body = request.body();
    HttpRequest.Builder http =
        HttpRequest.newBuilder(URI.create(base + request.target()))
            .timeout(ANSWER)
            .method(
                request.method(),
                body.isEmpty()
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(body.toArray()));
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
