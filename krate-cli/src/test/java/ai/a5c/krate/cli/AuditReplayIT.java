package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of an audit trail, run on an empty server, give the same forge again. */
class AuditReplayIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Path DEEDS = Path.of("src/test/resources/audit/deeds.sh");

  @TempDir Path temporary;

  @Test
  void theCommandsOfTheTrailGiveTheSameForge() throws Exception {
    try (ServerProcess first = ServerProcess.start(temporary.resolve("first"));
        ServerProcess second = ServerProcess.start(temporary.resolve("second"))) {
      Path work = Files.createDirectories(temporary.resolve("work"));
      Shell.Ended done = new Shell(work, first.data()).run(Files.readString(DEEDS));
      assertThat(done.code()).as(done.said()).isZero();

      var replay =
          new AuditReplay(
              first, second, new Shell(work.resolve("web"), second.data()), secrets(first));
      replay.run();

      assertThat(replay.deeds()).hasSizeGreaterThan(40);
      awaitTheSame(first, second);
      assertThat(first.api().get(Api.RECORDS + "/auditevents").expect(200).items())
          .filteredOn(entry -> entry.getString("decision").equals("Allowed"))
          .allSatisfy(
              entry ->
                  assertThat(entry.getString("command"))
                      .as(entry.toString())
                      .matches("(?s)(kubectl|git push) .+"));
      assertThat(everythingIn(first)).doesNotContain("aHVzaA", "$hush", "hush too");
    }
  }

  /** What only the people of the first server know, in JSON. */
  private static Map<String, String> secrets(ServerProcess server) {
    String copy = "kubectl.kubernetes.io/last-applied-configuration";
    String secret = Api.CORE + "/namespaces/krate-org-acme/secrets/applied";
    return Map.of(
        "token",
        "\"aHVzaA==\"",
        "plain",
        "\"it's $hush\"",
        "note",
        "\"hush too\"",
        copy,
        Json.createValue(server.api().get(secret).text("metadata", "annotations", copy))
            .toString());
  }

  private static String everythingIn(ServerProcess server) {
    return server.api().get(Api.RECORDS + "/auditevents").expect(200).text();
  }

  private void awaitTheSame(ServerProcess first, ServerProcess second) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Map<String, String> wanted;
    Map<String, String> got;
    do {
      wanted = ForgeState.of(first, Files.createTempDirectory(temporary, "first"));
      got = ForgeState.of(second, Files.createTempDirectory(temporary, "second"));
    } while (!got.equals(wanted) && System.nanoTime() < deadline);
    assertThat(wanted).hasSizeGreaterThan(20);
    assertThat(got).containsExactlyEntriesOf(wanted);
  }
}
