package ai.a5c.krate.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.git.GitUnavailableException;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrashTest {
  @TempDir Path folder;

  /**
   * A server that dies between forcing the objects and moving the refs; run as a process of its
   * own.
   */
  static final class Doomed {
    public static void main(String[] arguments) throws IOException {
      Path folder = Path.of(arguments[0]);
      var settings =
          GitSettings.defaults()
              .withFailPoint(
                  place -> {
                    if (place.equals(FailPoint.AFTER_FSYNC)) {
                      Runtime.getRuntime().halt(7);
                    }
                  });
      var records = GitWorld.records();
      var backend = new JGitBackend(folder.resolve("root"), records, settings);
      Uid repository = Uid.of(arguments[1]);
      backend.create(repository);
      var http = new SmartHttp(backend, GitWorld.MAIN, new CommittingGate(records));
      System.out.println(http.url(repository));
      System.out.flush();
    }
  }

  @Test
  @DisplayName(
      "G6.1 a crash before the refs move loses nothing but space, and is tidied by the next start")
  void aCrashIsTidied() throws Exception {
    try (var world = new GitWorld(folder)) {
      Git local = world.local();
      local.commit("a", "1");
      local.run("push", "-q", "origin", "main");
      String lost = local.commit("b", "2");
      var process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Doomed.class.getName(),
                  folder.toString(),
                  world.repository.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try (var out = process.inputReader()) {
        String url = out.readLine();
        local.attempt("push", url, "main:crashed").expectFailure();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(7);
      } finally {
        process.destroyForcibly();
      }
      assertThat(world.files()).anyMatch(name -> name.endsWith(".keep"));
      assertThat(workplaces()).hasSize(2);
      try (var next =
          new JGitBackend(folder.resolve("root"), world.records, GitSettings.defaults())) {
        assertThat(workplaces()).as("the dead one is gone, the living stays").hasSize(2);
        assertThat(next.compare(world.repository, id(lost), id(lost))).isPresent();
      }
      assertThat(world.files()).noneMatch(name -> name.endsWith(".keep"));
      world.local().attempt("fetch", "origin", lost).expectFailure();
      local.run("push", "-q", "origin", "main");
      assertThat(world.refs()).containsEntry("refs/heads/main", lost);
      world.soundExport();
    }
  }

  private static ObjectId id(String hex) {
    return ObjectId.of(hex);
  }

  private List<Path> workplaces() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("root/quarantine"))) {
      return all.toList();
    }
  }

  @Test
  @DisplayName("G6.2 when nobody knows whether the refs moved, the objects stay")
  void anUnknownOutcomeKeepsTheObjects() {
    try (var world = new GitWorld(folder)) {
      Git local = world.local();
      String one = local.commit("a", "1");
      world.http.use(
          pushed -> {
            var outcome = world.gate.admit(pushed);
            assertThat(outcome.objections()).isEmpty();
            throw new OutcomeUnknownException("lost", new IOException("lost"));
          });
      assertThat(local.attempt("push", "origin", "main").expectFailure().err())
          .contains("fetch to see whether the push took effect");
      assertThat(world.refs()).containsEntry("refs/heads/main", one);
      world.soundExport();
      assertThat(world.cloned().run("rev-parse", "HEAD")).isEqualTo(one);
      world.http.use(world.gate);
      local.run("fetch", "-q", "origin");
      local.commit("b", "2");
      local.run("push", "-q", "origin", "main");
    }
  }

  @Test
  @DisplayName("G6.3 a connection that breaks in the middle of a push changes nothing")
  void aBrokenConnectionChangesNothing() {
    try (var world = new GitWorld(folder)) {
      List<String> before = world.files();
      String command = "0".repeat(40) + " " + "1".repeat(40) + " refs/heads/x\0report-status";
      byte[] start =
          (String.format("%04x", command.length() + 4) + command + "0000PACK\0\0\0\2")
              .getBytes(StandardCharsets.ISO_8859_1);
      var broken = new IOException("connection reset");
      var in =
          new SequenceInputStream(
              new ByteArrayInputStream(start),
              new InputStream() {
                @Override
                public int read() throws IOException {
                  throw broken;
                }
              });
      assertThatThrownBy(
              () ->
                  world.backend.push(
                      world.repository, GitWorld.MAIN, in, new ByteArrayOutputStream(), world.gate))
          .isSameAs(broken);
      assertThat(world.refs()).isEmpty();
      assertThat(world.files()).isEqualTo(before);
    }
  }

  @Test
  @DisplayName("G6.4 a request that ends too early is the connection's fault, and changes nothing")
  void aShortRequestChangesNothing() {
    try (var world = new GitWorld(folder)) {
      List<String> before = world.files();
      String command = "0".repeat(40) + " " + "1".repeat(40) + " refs/heads/x\0report-status";
      String packet = String.format("%04x", command.length() + 4) + command;
      for (String body : List.of(packet, packet + "00", packet + "00aaxx")) {
        assertThatThrownBy(
                () ->
                    world.backend.push(
                        world.repository,
                        GitWorld.MAIN,
                        new ByteArrayInputStream(body.getBytes(StandardCharsets.ISO_8859_1)),
                        new ByteArrayOutputStream(),
                        world.gate))
            .isInstanceOf(IOException.class);
      }
      assertThat(world.files()).isEqualTo(before);
    }
  }

  @Test
  @DisplayName("G6.5 after closing, nothing begins and the workplace is gone")
  void aClosedBackendAnswersNothing() throws IOException {
    var world = new GitWorld(folder);
    world.close();
    world.backend.close();
    assertThat(workplaces()).isEmpty();
    assertThatThrownBy(() -> world.backend.create(world.repository))
        .isInstanceOf(GitUnavailableException.class);
  }
}
