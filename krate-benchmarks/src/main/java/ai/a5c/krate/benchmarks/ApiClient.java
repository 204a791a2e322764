package ai.a5c.krate.benchmarks;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The administrator at the API, over TLS with the certificate of the data folder. */
final class ApiClient implements AutoCloseable {
  static final String CONFIGURATION = "/apis/config.krate.a5c.ai/v1alpha1/";
  static final String RECORDS = "/apis/krate.a5c.ai/v1alpha1/";
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Duration READY = Duration.ofSeconds(30);

  private final String url;
  private final HttpClient http;

  ApiClient(String url, Path data) {
    this.url = url;
    try {
      this.http =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .sslContext(identity(data))
              .connectTimeout(TIMEOUT)
              .build();
    } catch (IOException | GeneralSecurityException e) {
      throw new BenchmarkFailedException("the data folder's keys cannot be used: " + e, e);
    }
  }

  private static SSLContext identity(Path data) throws IOException, GeneralSecurityException {
    Certificate own = certificate(data.resolve("admin.crt"));
    String pem = Files.readString(data.resolve("admin.key"));
    byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry("admin", key, new char[0], new Certificate[] {own});
    keys.setCertificateEntry("ca", certificate(data.resolve("ca.crt")));
    var keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keyManagers.init(keys, new char[0]);
    var trustManagers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trustManagers.init(keys);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
    return context;
  }

  private static Certificate certificate(Path file) throws IOException, GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(file)));
  }

  HttpClient http() {
    return http;
  }

  URI uri(String path) {
    return URI.create(url + path);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path)).timeout(TIMEOUT);
  }

  /** Creates an object; gives it as it was stored. */
  String create(String path, String json) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return expected(response, 201);
  }

  /** A merge patch; gives the code of the answer, which is 200 or 409. */
  int patch(String path, String json) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(
            request(path)
                .header("Content-Type", "application/merge-patch+json")
                .method("PATCH", HttpRequest.BodyPublishers.ofString(json))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() == 409) {
      return 409;
    }
    if (expected(response, 200).isEmpty()) {
      throw new BenchmarkFailedException("a patch was answered without the object");
    }
    return 200;
  }

  /** Deletes an object. */
  void delete(String path) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(request(path).DELETE().build(), HttpResponse.BodyHandlers.ofString());
    if (expected(response, 200).isEmpty()) {
      throw new BenchmarkFailedException("a deletion was answered without a body");
    }
  }

  String get(String path) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofString());
    return expected(response, 200);
  }

  /** The lines of a watch, as they come; whoever closes the stream ends it. */
  InputStream watch(String path) throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        http.send(
            HttpRequest.newBuilder(uri(path)).GET().build(),
            HttpResponse.BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      throw new BenchmarkFailedException("a watch was answered " + response.statusCode());
    }
    return response.body();
  }

  private static String expected(HttpResponse<String> response, int code) {
    if (response.statusCode() != code) {
      throw new BenchmarkFailedException(
          response.request().method()
              + " "
              + response.request().uri().getPath()
              + " was answered "
              + response.statusCode()
              + ": "
              + response.body());
    }
    return response.body();
  }

  static JsonObject json(String text) {
    try (JsonReader reader = Json.createReader(new StringReader(text))) {
      return reader.readObject();
    }
  }

  /** Creates an organization with its namespace; gives the namespace. */
  String organization(String name) throws IOException, InterruptedException {
    String namespace = "krate-org-" + name;
    create(
        "/api/v1/namespaces",
        """
        {"apiVersion":"v1","kind":"Namespace","metadata":{"name":"%s",\
        "labels":{"krate.a5c.ai/organization":"%s"}}}"""
            .formatted(namespace, name));
    create(
        CONFIGURATION + "organizations",
        """
        {"apiVersion":"config.krate.a5c.ai/v1alpha1","kind":"Organization",\
        "metadata":{"name":"%s"},"spec":{"displayName":"%s"}}"""
            .formatted(name, name));
    awaitReady(CONFIGURATION + "organizations/" + name);
    return namespace;
  }

  /** Creates a repository, and waits until it can be pushed to. */
  void repository(String namespace, String name) throws IOException, InterruptedException {
    String path = CONFIGURATION + "namespaces/" + namespace + "/repositories";
    create(
        path,
        """
        {"apiVersion":"config.krate.a5c.ai/v1alpha1","kind":"Repository",\
        "metadata":{"name":"%s"},"spec":{"defaultBranch":"main"}}"""
            .formatted(name));
    awaitReady(path + "/" + name);
  }

  private void awaitReady(String path) throws IOException, InterruptedException {
    long end = System.nanoTime() + READY.toNanos();
    while (!ready(json(get(path)))) {
      if (System.nanoTime() - end > 0) {
        throw new BenchmarkFailedException(path + " is not ready after " + READY);
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private static boolean ready(JsonObject object) {
    JsonObject status = object.getJsonObject("status");
    return status != null
        && status.getJsonArray("conditions") != null
        && status.getJsonArray("conditions").getValuesAs(JsonObject.class).stream()
            .anyMatch(
                c -> c.getString("type").equals("Ready") && c.getString("status").equals("True"));
  }

  /** Opens a pull request; gives its name. */
  String pullRequest(String namespace, String repository, String branch)
      throws IOException, InterruptedException {
    String created =
        create(
            RECORDS + "namespaces/" + namespace + "/pullrequests",
            """
            {"apiVersion":"krate.a5c.ai/v1alpha1","kind":"PullRequest",\
            "metadata":{"generateName":"%s-"},\
            "spec":{"repository":"%s","sourceBranch":"%s","title":"Change %s"}}"""
                .formatted(repository, repository, branch, branch));
    return json(created).getJsonObject("metadata").getString("name");
  }

  /** An issue of about a kilobyte. */
  static String issue(String metadata, String repository) {
    return """
    {"apiVersion":"krate.a5c.ai/v1alpha1","kind":"Issue","metadata":{%s},\
    "spec":{"repository":"%s","title":"The page is slow","body":"%s"}}"""
        .formatted(metadata, repository, "It takes long. ".repeat(30));
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
