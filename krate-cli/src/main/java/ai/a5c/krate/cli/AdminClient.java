package ai.a5c.krate.cli;

import ai.a5c.krate.api.authentication.TokenRequest;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.apiserver.kind.GoDuration;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.spi.token.IssuedToken;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/**
 * The administrator's way in to a running server, as its data folder holds it. The credentials are
 * shown to that server alone: no redirect is followed and no proxy is used. Every method throws
 * {@link CommandFailedException} with what to do about it.
 */
final class AdminClient implements AutoCloseable {
  private static final String TOKENS = "/apis/" + TokenRequest.GROUP + "/v1alpha1/tokenrequests";
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final int LONGEST_ANSWER = 1 << 20;
  private static final long LONGEST_FILE = 1 << 20;

  private final Path folder;
  private final URI url;
  private final HttpClient http;

  private AdminClient(Path folder, URI url, HttpClient http) {
    this.folder = folder;
    this.url = url;
    this.http = http;
  }

  /** Reads the address and the credentials of a data folder. */
  static AdminClient open(Path folder) {
    try {
      URI url =
          Kubeconfig.server(Bytes.utf8(read(folder.resolve("admin.kubeconfig"))))
              .orElseThrow(() -> new IOException("admin.kubeconfig names no server"));
      HttpClient http =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .proxy(HttpClient.Builder.NO_PROXY)
              .connectTimeout(CONNECT)
              .sslContext(tls(folder))
              .build();
      return new AdminClient(folder, url, http);
    } catch (NoSuchFileException e) {
      throw new CommandFailedException(
          folder
              + " is no data folder of a server: there is no "
              + Path.of(e.getFile()).getFileName()
              + " in it. Name the right one with "
              + Settings.DATA_DIR.flag()
              + ", or begin with: krate serve",
          e);
    } catch (IOException e) {
      throw new CommandFailedException(
          "The administrator's credentials in " + folder + " cannot be read: " + e, e);
    }
  }

  /** Where clients reach the server. */
  URI url() {
    return url;
  }

  /** What clients check the server with, in PEM. */
  String authorityPem() {
    try {
      return read(folder.resolve("ca.crt"));
    } catch (IOException e) {
      throw new CommandFailedException("ca.crt in " + folder + " cannot be read: " + e, e);
    }
  }

  /** Asks for a token. */
  IssuedToken token(ClientSettings wanted) {
    JsonObject question =
        Json.object()
            .add("apiVersion", TokenRequest.GROUP + "/v1alpha1")
            .add("kind", "TokenRequest")
            .add(
                "spec",
                Json.object()
                    .add("user", wanted.user())
                    .add("groups", JsonTree.texts(wanted.groups()))
                    .add("use", wanted.use())
                    .add("lifetime", GoDuration.print(wanted.ttl())))
            .build();
    JsonObject answer = post(TOKENS, question);
    String token = JsonTree.textAt(answer, "status", "token");
    String expires = JsonTree.textAt(answer, "status", "expirationTimestamp");
    if (token.isEmpty() || expires.isEmpty()) {
      throw new CommandFailedException("The answer of " + url + " holds no token.");
    }
    return new IssuedToken(Secret.of(token), Instant.parse(expires));
  }

  private JsonObject post(String path, JsonObject body) {
    HttpRequest request =
        HttpRequest.newBuilder(url.resolve(path))
            .timeout(ANSWER)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(body).toArray()))
            .build();
    try {
      HttpResponse<InputStream> response =
          http.send(request, HttpResponse.BodyHandlers.ofInputStream());
      JsonObject answer;
      try (InputStream in = response.body()) {
        answer = Json.parse(Bytes.owning(in.readNBytes(LONGEST_ANSWER)), LONGEST_ANSWER).object();
      }
      if (response.statusCode() / 100 != 2) {
        throw new CommandFailedException(
            "The server refuses: " + JsonTree.textAt(answer, "message"));
      }
      return answer;
    } catch (ApiException e) {
      throw new CommandFailedException("What answers at " + url + " is no Krate server.", e);
    } catch (IOException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailedException("interrupted", e);
    }
  }

  private CommandFailedException unreachable(IOException fault) {
    if (fault instanceof SSLException) {
      return new CommandFailedException(
          "What answers at " + url + " is not the server of " + folder + ": " + fault.getMessage(),
          fault);
    }
    if (fault instanceof HttpTimeoutException && !(fault.getCause() instanceof ConnectException)) {
      return new CommandFailedException("The server at " + url + " does not answer.", fault);
    }
    return new CommandFailedException(
        "No server answers at "
            + url
            + ". Start it first: krate serve "
            + Settings.DATA_DIR.flag()
            + " "
            + folder,
        fault);
  }

  private static String read(Path file) throws IOException {
    if (Files.size(file) > LONGEST_FILE) {
      throw new IOException(file + " is longer than " + LONGEST_FILE + " bytes");
    }
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  private static SSLContext tls(Path folder) throws IOException {
    Path certificate = folder.resolve("admin.crt");
    Path key = folder.resolve("admin.key");
    Credential admin =
        Credential.read(certificate, key)
            .orElseThrow(() -> new NoSuchFileException(certificate.toString()));
    try (InputStream in = Files.newInputStream(folder.resolve("ca.crt"))) {
      char[] none = {};
      KeyStore own = KeyStore.getInstance("PKCS12");
      own.load(null, none);
      own.setKeyEntry("admin", admin.key(), none, new Certificate[] {admin.certificate()});
      var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, none);
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, none);
      trusted.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return tls;
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificates are damaged", e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
