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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody changes the audit trail in the database, and {@code krate audit verify} tells. */
class AuditVerifyIT {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir static Path temporary;

  private static ServerProcess server;
  private static Forge forge;

  private TrailTable table;
  private List<Row> rows;

  private record Said(int code, String out, String err) {}

  @BeforeAll
  static void start() throws Exception {
    server = ServerProcess.start(temporary.resolve("data"));
    forge = Forge.create(server, temporary.resolve("clone"), "acme", "web");
    for (int i = 0; i < 12; i++) {
      write("issue " + i);
    }
  }

  private static void write(String title) {
    server.api().create(forge.issues(), forge.issue(title)).expect(201);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void save() throws Exception {
    table = new TrailTable(server.data());
    Waiting.until("the newest entry is anchored", PATIENCE, this::isAnchored);
    table.save();
    rows = table.rows();
  }

  private boolean isAnchored() {
    try {
      List<Row> all = table.rows();
      return Files.readString(anchor()).contains("\ncount " + all.size() + "\n");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void bringBack() throws Exception {
    table.bringBack();
    table.close();
  }

  private static Path anchor() {
    return server.data().resolve("audit/head");
  }

  private static Said verify() {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int code =
        Main.run(
            List.of("audit", "verify", "--data-dir", server.data().toString()),
            Map.of(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            0);
    return new Said(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private void assertFound(String... finding) {
    Said said = verify();
    assertThat(said.err()).contains(finding);
    assertThat(said.err().lines().filter(line -> line.startsWith("- "))).as(said.err()).hasSize(1);
    assertThat(said.code()).isEqualTo(1);
    assertThat(said.out()).isEmpty();
  }

  private Row row(int i) {
    return rows.get(i);
  }

  private Row fromEnd(int i) {
    return rows.get(rows.size() - 1 - i);
  }

  @Test
  void whatNobodyTouchedIsUnbroken() {
    Said said = verify();

    assertThat(said.err()).isEmpty();
    assertThat(said.out())
        .contains(rows.size() + " entries were checked: the trail is unbroken")
        .contains("holds the first " + rows.size() + ", up to revision " + fromEnd(0).revision());
    assertThat(said.code()).isZero();
  }

  @Test
  void anAlteredEntryIsNamed() throws Exception {
    Row row = fromEnd(5);
    table.write(
        new Row(
            row.revision(),
            row.namespace(),
            row.name(),
            row.content().replace("krate:admin", "krate:other")));

    assertFound(row.shown() + " was altered");
  }

  @Test
  void anAlteredEntryWithARightHashIsNamed() throws Exception {
    Row row = fromEnd(5);
    table.write(row.forged(row.content().replace("krate:admin", "krate:other")));

    assertFound(row.shown() + " was altered, and its hash made anew");
  }

  @Test
  void theLastEntryMadeAnewIsNamed() throws Exception {
    Row row = fromEnd(0);
    table.write(row.forged(row.content().replace("krate:admin", "krate:other")));
    table.endAt(row.forged(row.content().replace("krate:admin", "krate:other")));

    assertFound(row.shown(), "has another hash: the trail up to it was written anew");
  }

  @Test
  void aRemovedEntryIsNamed() throws Exception {
    table.remove(fromEnd(5));

    assertFound(
        fromEnd(5).shown(),
        "was removed between " + fromEnd(6).shown() + " and " + fromEnd(4).shown());
  }

  @Test
  void theFirstEntryIsMissedToo() throws Exception {
    table.remove(row(0));

    assertFound("was removed between the beginning and " + row(1).shown());
  }

  @Test
  void anEndThatIsCutOffIsNamed() throws Exception {
    table.remove(fromEnd(0));
    table.remove(fromEnd(1));
    table.endAt(fromEnd(2));

    assertFound(
        fromEnd(0).shown(),
        "the end of the trail was cut off, 2 of " + rows.size() + " entries",
        "an older backup of the database was restored",
        "The last one that is there is " + fromEnd(2).shown());
  }

  @Test
  void anInsertedEntryIsNamed() throws Exception {
    // A revision that a change has, so that it is no entry's.
    Row forged = fromEnd(5).next(fromEnd(5).revision() + 1);
    table.write(forged);

    Said said = verify();

    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err()).contains(forged.shown() + " was inserted");
  }

  @Test
  void anEntryInsertedAtTheEndIsNamed() throws Exception {
    Row forged = fromEnd(0).next(fromEnd(0).revision() + 7);
    table.write(forged);

    assertFound("the newest entry (revision " + forged.revision() + ") was inserted");
  }

  @Test
  void reorderedEntriesAreNamed() throws Exception {
    Row one = fromEnd(6);
    Row other = fromEnd(2);
    assertThat(one.namespace()).isEqualTo(other.namespace());
    table.rename(one, "kept");
    table.rename(other, one.name());
    table.rename(new Row(0, "", "kept", ""), other.name());

    Said said = verify();

    assertThat(said.code()).isEqualTo(1);
    assertThat(said.err())
        .contains(one.shown() + " was reordered")
        .contains(other.shown() + " was reordered");
  }

  @Test
  void anAnchorThatSomebodyWroteIsNotBelieved() throws Exception {
    String right = Files.readString(anchor());
    try {
      Files.writeString(anchor(), right.replace("count " + rows.size(), "count 3"));
      assertFound("is not as a server wrote it");
      Files.delete(anchor());
      Said said = verify();
      assertThat(said.code()).isEqualTo(1);
      assertThat(said.err()).contains("the anchor of the trail is missing");
    } finally {
      Files.writeString(anchor(), right);
    }
  }

  @Test
  void whatCannotBeReadIsNoVerdict() {
    var err = new ByteArrayOutputStream();
    int code =
        Main.run(
            List.of("audit", "verify", "--data-dir=" + temporary.resolve("nothing")),
            Map.of(),
            System.out,
            new PrintStream(err, true, StandardCharsets.UTF_8),
            0);

    assertThat(code).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("could not be checked");
  }
}
