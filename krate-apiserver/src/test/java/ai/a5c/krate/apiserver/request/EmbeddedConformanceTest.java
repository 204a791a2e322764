package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.testkit.api.ApiConformance;
import ai.a5c.krate.testkit.api.TestedKind;
import org.junit.jupiter.api.AfterEach;

/** The hall keeps the published rules of the API. */
class EmbeddedConformanceTest extends ApiConformance {
  private final House house = new House();

  @AfterEach
  void close() {
    house.close();
  }

  @Override
  protected ApiEndpoint endpoint() {
    return house.server().endpoint(House.ADMIN);
  }

  @Override
  protected TestedKind kind() {
    return new TestedKind(
        "toys.example.org",
        "v1",
        "notes",
        "Note",
        Json.object().add("title", "hello").build(),
        "title",
        Json.object().add("title", "").build(),
        Json.object().add("phase", "Read").build());
  }

  @Override
  protected void createNamespace(ApiEndpoint endpoint, String name) {
    String body =
        "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"" + name + "\"}}";
    House.Answer answer =
        House.call(endpoint, ApiRequest.of("POST", "/api/v1/namespaces", "application/json", body));
    if (answer.status() != 201) {
      throw new AssertionError(answer.toString());
    }
  }
}
