package ai.a5c.krate.cli;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.testkit.api.ApiConformance;
import ai.a5c.krate.testkit.api.TestedKind;
import jakarta.json.Json;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A whole server keeps the published rules of the API, its history too, by HTTP. */
class HttpConformanceIT extends ApiConformance {
  private static final String REPOSITORY = "forge";

  @TempDir static Path temporary;

  private static ServerProcess server;

  @BeforeAll
  static void start() throws Exception {
    server = ServerProcess.start(temporary.resolve("data"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  protected ApiEndpoint endpoint() {
    return server.api().endpoint();
  }

  @Override
  protected TestedKind kind() {
    return new TestedKind(
        "krate.a5c.ai",
        "v1alpha1",
        "issues",
        "Issue",
        Json.createObjectBuilder().add("repository", REPOSITORY).add("title", "An issue").build(),
        "title",
        Json.createObjectBuilder().add("repository", REPOSITORY).add("title", "").build(),
        Json.createObjectBuilder().add("observedGeneration", 1).build());
  }

  @Override
  protected void createNamespace(ApiEndpoint endpoint, String name) {
    Api api = new Api(endpoint);
    api.create(
            Api.CORE + "/namespaces",
            """
            {"apiVersion":"v1","kind":"Namespace",
             "metadata":{"name":"%1$s","labels":{"krate.a5c.ai/organization":"%1$s"}}}"""
                .formatted(name))
        .expect(201);
    api.create(
            Api.config(name, "repositories"),
            """
            {"apiVersion":"config.krate.a5c.ai/v1alpha1","kind":"Repository",
             "metadata":{"name":"%s"},"spec":{}}"""
                .formatted(REPOSITORY))
        .expect(201);
  }

  @Override
  protected Duration patience() {
    return Duration.ofSeconds(60);
  }
}
