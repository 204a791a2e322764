package ai.a5c.krate.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthTest {
  private final AtomicReference<Optional<String>> database =
      new AtomicReference<>(Optional.empty());
  private final TestServer server =
      new TestServer(
          (s, r, q) -> TestServer.json("{}"),
          TestServer.LIMITS,
          r -> new GitAnswer.NotFound(),
          List.of(new HealthCheck("database", HealthCheck.Kind.READY, database::get)));

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void allIsWell() throws Exception {
    for (String path : List.of("/livez", "/readyz", "/healthz", "/livez/ping")) {
      var answer = server.get(path);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("ok");
      assertThat(answer.headers().firstValue("content-type"))
          .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
    }
    assertThat(server.get("/readyz?verbose").body())
        .isEqualTo("[+]ping ok\n[+]database ok\nreadyz check passed\n");
  }

  @Test
  void whoIsNotReadyIsAliveNevertheless() throws Exception {
    database.set(Optional.of("it does not answer"));
    assertThat(server.get("/livez").statusCode()).isEqualTo(200);
    var answer = server.get("/readyz");
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body())
        .isEqualTo("[+]ping ok\n[-]database failed: it does not answer\nreadyz check failed\n");
    assertThat(server.get("/readyz?exclude=database").statusCode()).isEqualTo(200);
    assertThat(server.get("/readyz/database").statusCode()).isEqualTo(500);
    assertThat(server.get("/readyz/nothing").statusCode()).isEqualTo(404);
  }
}
