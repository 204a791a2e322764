package ai.a5c.krate.cli;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.Yaml;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.NoSuchElementException;
import java.util.Optional;

/** The files with which kubectl finds a server and proves who it is. */
final class Kubeconfig {
  private final String server;
  private final String authorityPem;

  /**
   * Files for one server.
   *
   * @param authorityPem what clients check it with
   */
  Kubeconfig(String server, String authorityPem) {
    this.server = server;
    this.authorityPem = authorityPem;
  }

  /** A file that holds everything for somebody with a client certificate. */
  String withCertificate(String user, String certificatePem, String keyPem) {
    return text(
        user,
        "client-certificate-data: "
            + base64(certificatePem)
            + "\n    client-key-data: "
            + base64(keyPem));
  }

  /** A file that holds everything for somebody with a token. */
  String withToken(String user, Secret token) {
    return text(user, "token: " + token.revealText());
  }

  private String text(String user, String credentials) {
    return """
        apiVersion: v1
        kind: Config
        clusters:
        - name: krate
          cluster:
            server: %s
            certificate-authority-data: %s
        users:
        - name: %s
          user:
            %s
        contexts:
        - name: krate
          context:
            cluster: krate
            user: %s
        current-context: krate
        """
        .formatted(server, base64(authorityPem), quoted(user), credentials, quoted(user));
  }

  /** The address of the server that such a file names. */
  static Optional<URI> server(Bytes file) {
    try {
      for (JsonObject document : Yaml.documents(file)) {
        if (document.get("clusters") instanceof JsonArray clusters && !clusters.isEmpty()) {
          String server = JsonTree.textAt(clusters.getJsonObject(0), "cluster", "server");
          return Optional.of(URI.create(server)).filter(url -> "https".equals(url.getScheme()));
        }
      }
    } catch (ClassCastException | IllegalArgumentException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  /**
   * What such a file says of its current context.
   *
   * @param certificatePem empty if there is none; then nor is there a key
   * @param token empty if there is none
   */
  record Way(URI server, String authorityPem, String certificatePem, Secret key, Secret token) {}

  /**
   * Reads a file that holds everything itself, as those of Krate do.
   *
   * @throws IOException if it does not
   */
  static Way way(Bytes file) throws IOException {
    try {
      JsonObject config = Yaml.documents(file).getFirst();
      String current = JsonTree.textAt(config, "current-context");
      JsonObject context = JsonTree.objectAt(named(config, "contexts", current), "context");
      JsonObject cluster =
          JsonTree.objectAt(
              named(config, "clusters", JsonTree.textAt(context, "cluster")), "cluster");
      JsonObject user =
          JsonTree.objectAt(named(config, "users", JsonTree.textAt(context, "user")), "user");
      URI server = URI.create(JsonTree.textAt(cluster, "server"));
      Way way =
          new Way(
              server,
              decoded(cluster, "certificate-authority-data"),
              decoded(user, "client-certificate-data"),
              Secret.of(decoded(user, "client-key-data")),
              Secret.of(JsonTree.textAt(user, "token")));
      if (!"https".equals(server.getScheme()) || way.authorityPem().isEmpty()) {
        throw new IOException(
            "the kubeconfig names no https server with certificate-authority-data");
      }
      return way;
    } catch (ClassCastException | IllegalArgumentException | NoSuchElementException e) {
      throw new IOException("the kubeconfig has no complete current context", e);
    }
  }

  private static JsonObject named(JsonObject config, String list, String name) {
    return config.getOrDefault(list, JsonValue.EMPTY_JSON_ARRAY).asJsonArray().stream()
        .map(JsonValue::asJsonObject)
        .filter(entry -> JsonTree.textAt(entry, "name").equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static String decoded(JsonObject from, String member) {
    byte[] bytes = Base64.getDecoder().decode(JsonTree.textAt(from, member));
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  /** Text in JSON is the same text in YAML, whatever stands in it. */
  private static String quoted(String text) {
    return Json.text(text).toString();
  }

  private static String base64(String pem) {
    return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
  }
}
