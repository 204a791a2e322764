package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that ask for tokens, without a server. */
class TokenCommandTest {
  @TempDir Path temporary;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String question, Usage usage, String... arguments) {
    var in = new ByteArrayInputStream(question.getBytes(StandardCharsets.UTF_8));
    return new TokenCommand(
            in,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8))
        .run(usage, List.of(arguments), Map.of());
  }

  private String said() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private static ClientSettings.Outcome read(
      Usage usage, Map<String, String> environment, String... arguments) {
    return ClientSettings.read(usage, List.of(arguments), environment);
  }

  @Test
  void flagsSayForWhomAndForHowLong() {
    assertThat(
            read(
                Usage.TOKEN,
                Map.of(),
                "--user",
                "ada",
                "--group",
                "team",
                "--group=b",
                "--ttl=90s",
                "--for",
                "git",
                "--data-dir",
                "/data"))
        .isEqualTo(
            new ClientSettings.Outcome.Valid(
                new ClientSettings(
                    "ada", List.of("team", "b"), Duration.ofSeconds(90), "Git", Path.of("/data"))));
  }

  @Test
  void whatIsLeftOutHasADefault() {
    assertThat(read(Usage.TOKEN, Map.of("KRATE_DATA_DIR", "/srv"), "--user", "ada"))
        .isEqualTo(
            new ClientSettings.Outcome.Valid(
                new ClientSettings("ada", List.of(), Duration.ofHours(1), "Any", Path.of("/srv"))));
    assertThat(read(Usage.GIT_CREDENTIAL, Map.of("KRATE_DATA_DIR", "/srv"), "--user", "ada"))
        .isEqualTo(
            new ClientSettings.Outcome.Valid(
                new ClientSettings(
                    "ada", List.of(), Duration.ofMinutes(10), "Git", Path.of("/srv"))));
  }

  @Test
  void everyProblemIsToldAtOnce() {
    assertThat(
            read(
                Usage.TOKEN,
                Map.of(),
                "--ttl",
                "soon",
                "--for",
                "api",
                "--group",
                " ",
                "--ttl",
                "1h",
                "--listen",
                "x"))
        .isEqualTo(
            new ClientSettings.Outcome.Invalid(
                List.of(
                    "--user is missing: whom is the token for?",
                    "--ttl is given more than once",
                    "there is no flag --listen",
                    "\"x\" is not expected here",
                    "--group: \" \" is empty",
                    "--ttl: \"soon\" is not a duration like 90s, 30m or 12h",
                    "--for: \"api\" is neither any nor git")));
  }

  @Test
  void aCommandLineThatMakesNoSenseIsNotTried() {
    assertThat(run("", Usage.TOKEN)).isEqualTo(Main.USAGE);

    assertThat(said()).contains("--user is missing", "See: krate token --help");
    assertThat(out.size()).isZero();
  }

  @Test
  void aFolderWithoutAServersFilesIsNamed() {
    assertThat(run("", Usage.TOKEN, "--user", "ada", "--data-dir", temporary.toString()))
        .isEqualTo(Main.FAILED);

    assertThat(said())
        .contains(temporary + " is no data folder of a server", "admin.kubeconfig", "--data-dir")
        .doesNotContain("Exception");
    assertThat(out.size()).isZero();
  }

  @Test
  void aServerThatDoesNotRunIsNamed() throws Exception {
    Path data = temporary.resolve("data");
    int port;
    try (var taken = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
      port = taken.getLocalPort();
    }
    try (DataFolder folder = DataFolder.open(data)) {
      Pki.open(folder, Set.of("127.0.0.1"), InstantSource.system(), new SecureRandom())
          .writeKubeconfig("https://127.0.0.1:" + port);
    }

    assertThat(run("", Usage.KUBECONFIG, "--user", "ada", "--data-dir", data.toString()))
        .isEqualTo(Main.FAILED);
    assertThat(said())
        .contains(
            "No server answers at https://127.0.0.1:" + port, "krate serve --data-dir " + data);
    assertThat(out.size()).isZero();
  }

  @Test
  void gitIsToldNothingAboutOtherHosts() throws Exception {
    Path data = temporary.resolve("data");
    try (DataFolder folder = DataFolder.open(data)) {
      Pki.open(folder, Set.of("127.0.0.1"), InstantSource.system(), new SecureRandom())
          .writeKubeconfig("https://127.0.0.1:1");
    }
    for (String question :
        List.of(
            "protocol=https\nhost=example.org\n\n",
            "protocol=http\nhost=127.0.0.1:1\n\n",
            "protocol=https\nhost=127.0.0.1:2\n\n",
            "protocol=https\nhost=127.0.0.1:1@example.org\n\n",
            "protocol=https\n\n",
            "")) {
      assertThat(
              run(
                  question,
                  Usage.GIT_CREDENTIAL,
                  "--user",
                  "ada",
                  "--data-dir",
                  data.toString(),
                  "get"))
          .as(question)
          .isZero();
    }
    assertThat(out.size()).isZero();
    assertThat(said()).isEmpty();
  }

  @Test
  void gitKeepsAndForgetsNothingHere() {
    for (String operation : List.of("store", "erase", "capability")) {
      assertThat(
              run(
                  "",
                  Usage.GIT_CREDENTIAL,
                  "--user",
                  "ada",
                  "--data-dir",
                  temporary.toString(),
                  operation))
          .isZero();
    }
    assertThat(out.size()).isZero();
  }

  @Test
  void keysAreFilesThatOnlyTheirOwnerReads() throws Exception {
    var keys = new TokenKeyFiles(temporary);
    keys.write("0a.jwk", ai.a5c.krate.api.meta.Secret.of("{}"));
    keys.write("0b.jwk", ai.a5c.krate.api.meta.Secret.of("{}"));
    Files.writeString(temporary.resolve(".0c.jwk.new"), "half");
    keys.delete("0b.jwk");
    keys.delete("0b.jwk");

    assertThat(keys.names()).containsExactly("0a.jwk");
    assertThat(keys.read("0a.jwk").revealText()).isEqualTo("{}");
    assertThat(Files.getPosixFilePermissions(temporary.resolve("0a.jwk")))
        .isEqualTo(java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void theHelpHasEveryCommandAndItsFlags() {
    for (Usage usage : Usage.ALL) {
      assertThat(Help.overview()).contains("krate " + usage.name());
      for (Setting<?> setting : usage.settings()) {
        assertThat(Help.of(usage)).contains(setting.flag());
        assertThat(Help.reference()).contains("`" + setting.flag());
      }
      assertThat(Help.of(usage).lines()).allMatch(line -> line.length() <= 80);
    }
    assertThat(Help.overview().lines()).allMatch(line -> line.length() <= 80);
  }
}
