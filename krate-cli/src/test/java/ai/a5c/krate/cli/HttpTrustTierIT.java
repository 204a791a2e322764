package ai.a5c.krate.cli;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.testkit.api.ClientTls;
import ai.a5c.krate.testkit.api.HttpApiEndpoint;
import ai.a5c.krate.testkit.api.TrustTierSuite;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;

/** The trust tiers, with real people, the real git and real processes, at a server. */
class HttpTrustTierIT extends TrustTierSuite {
  @TempDir static Path temporary;

  private final Map<Person, Member> members = new EnumMap<>(Person.class);
  private ServerProcess server;
  private HttpApiEndpoint anybody;

  @Override
  protected void open() throws Exception {
    server = ServerProcess.start(temporary.resolve("data"));
    anybody =
        new HttpApiEndpoint(
            server.url(),
            ClientTls.trusting(server.data().resolve("ca.crt")),
            Duration.ofSeconds(60));
    for (Person person : Person.values()) {
      if (person != Person.ADMIN) {
        members.put(
            person, Member.of(server, temporary.resolve("people"), person.user(), person.group()));
      }
    }
  }

  @AfterAll
  void stop() {
    if (anybody != null) {
      anybody.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @Override
  public ApiEndpoint endpoint(Person person) throws Exception {
    if (person == Person.ADMIN) {
      return server.api().endpoint();
    }
    String token = "Bearer " + members.get(person).token();
    return request ->
        anybody.call(
            new ApiRequest(
                request.method(),
                request.target(),
                request.headers().with("Authorization", token),
                request.body()));
  }

  @Override
  public String remote(Person person, String organization, String repository) {
    Member member = members.get(person);
    return server
        .git(organization, repository)
        .replace("https://", "https://" + member.name() + ":" + member.token() + "@");
  }

  @Override
  public List<String> gitOptions() {
    return List.of("-c", "http.sslCAInfo=" + server.data().resolve("ca.crt"));
  }

  @Override
  public boolean isolates() {
    return true;
  }

  @Override
  public Path folder() {
    return temporary;
  }
}
