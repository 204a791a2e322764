package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.cli.TrailTable.Row;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the running server makes of a trail whose end somebody has cut off. */
class AuditAnchorIT {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir Path temporary;

  private ServerProcess server;

  @BeforeEach
  void start() throws Exception {
    server = ServerProcess.start(temporary.resolve("data"));
    for (int i = 0; i < 5; i++) {
      write("n" + i);
    }
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void write(String name) {
    server
        .api()
        .create(
            Api.CORE + "/namespaces",
            "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\""
                + name
                + "\"}}")
        .expect(201);
  }

  private Path audit(String file) {
    return server.data().resolve("audit").resolve(file);
  }

  private boolean isAnchored(Row row) {
    try {
      return Files.readString(audit("head")).contains("hash " + row.hash());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private String log() throws Exception {
    return Files.readString(temporary.resolve("data.log"));
  }

  private String verify(int code) {
    var said = new ByteArrayOutputStream();
    var stream = new PrintStream(said, true, StandardCharsets.UTF_8);
    List<String> command = List.of("audit", "verify", "--data-dir", server.data().toString());
    assertThat(Main.run(command, Map.of(), stream, stream, 0)).as(said::toString).isEqualTo(code);
    return said.toString(StandardCharsets.UTF_8);
  }

  /** Removes the newest entry, and makes the next one follow the one before it. */
  private Row cut() throws Exception {
    try (TrailTable table = new TrailTable(server.data())) {
      List<Row> rows = table.rows();
      Waiting.until("it is anchored", PATIENCE, () -> isAnchored(rows.getLast()));
      table.remove(rows.getLast());
      table.endAt(rows.get(rows.size() - 2));
      return rows.getLast();
    }
  }

  private void restart() throws Exception {
    server.stop();
    server.close();
    server = ServerProcess.start(temporary.resolve("data"));
  }

  @Test
  void theAnchorIsExactAfterTheServerStopped() throws Exception {
    List<Row> rows;
    try (TrailTable table = new TrailTable(server.data())) {
      write("last");
      rows = table.rows();
    }
    server.stop();

    assertThat(isAnchored(rows.getLast())).isTrue();
    assertThat(Files.readString(audit("head"))).contains("count " + rows.size());
  }

  @Test
  void theServerNoticesWhenTheNextEntryFollowsAnotherOne() throws Exception {
    Row gone = cut();

    write("one-more");

    Waiting.until(
        "the evidence is kept", PATIENCE, () -> Files.exists(audit("lost-" + gone.revision())));
    assertThat(verify(1)).contains(gone.shown()).contains("was removed");
    assertThat(log()).contains("the audit trail is not what it was: the entry " + gone.shown());
  }

  @Test
  void theServerNoticesAtStartGoesOnAndKeepsTheEvidence() throws Exception {
    Row gone = cut();

    restart();

    assertThat(log())
        .contains("the audit trail is not what it was: the entry " + gone.shown())
        .contains("an older backup of the database was restored");
    assertThat(server.api().get("/readyz").code()).isEqualTo(200);
    write("one-more");
    assertThat(verify(1)).contains(gone.shown()).contains("missed at");

    Files.delete(audit("lost-" + gone.revision()));
    assertThat(verify(0)).contains("the trail is unbroken");
  }

  @Test
  void theServerDoesNotBelieveAnAnchorThatItHasNotWritten() throws Exception {
    server.stop();
    Files.writeString(audit("head"), Files.readString(audit("head")).replace("hash 0", "hash 1"));
    Files.writeString(audit("head"), Files.readString(audit("head")) + "\n");
    server.close();
    server = ServerProcess.start(temporary.resolve("data"));

    assertThat(log()).contains("was not written by this server");
    Waiting.until("there is a new anchor", PATIENCE, () -> Files.exists(audit("head")));
    assertThat(verify(1)).contains("is not as a server wrote it");
  }

  @Test
  void anAnchorThatIsGoneIsMissedAndMadeAnew() throws Exception {
    server.stop();
    Files.delete(audit("head"));
    server.close();
    server = ServerProcess.start(temporary.resolve("data"));

    assertThat(log()).contains("the anchor of the audit trail is gone");
    Waiting.until("there is an anchor", PATIENCE, () -> Files.exists(audit("head")));
    assertThat(verify(0)).contains("the trail is unbroken");
  }
}
