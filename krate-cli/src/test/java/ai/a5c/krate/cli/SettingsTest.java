package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private static Settings valid(List<String> arguments, Map<String, String> environment) {
    return ((Settings.Outcome.Valid) Settings.read(arguments, environment)).settings();
  }

  private static List<String> problems(List<String> arguments, Map<String, String> environment) {
    return ((Settings.Outcome.Invalid) Settings.read(arguments, environment)).problems();
  }

  @Test
  void everySettingHasItsDefault() {
    Settings settings = valid(List.of(), Map.of("PATH", "/bin"));
    assertThat(settings.get(Settings.DATA_DIR)).isEqualTo(Path.of("krate-data").toAbsolutePath());
    assertThat(settings.get(Settings.LISTEN)).isEqualTo(new Listen("127.0.0.1", 6443));
    assertThat(settings.get(Settings.WEBHOOK_ALLOW_PRIVATE_TARGETS)).isFalse();
    assertThat(settings.find(Settings.DATABASE_URL)).isEmpty();
  }

  @Test
  void aFlagWinsOverItsVariable() {
    Settings settings =
        valid(
            List.of("--listen", "[::1]:0", "--data-dir=/x"),
            Map.of("KRATE_LISTEN", "localhost:1", "KRATE_LOG_LEVEL", "debug"));
    assertThat(settings.get(Settings.LISTEN)).isEqualTo(new Listen("::1", 0));
    assertThat(settings.get(Settings.DATA_DIR)).isEqualTo(Path.of("/x"));
    assertThat(settings.get(Settings.LOG_LEVEL)).isEqualTo(LogLevel.DEBUG);
  }

  @Test
  void aSwitchNeedsNoValue() {
    assertThat(
            valid(List.of("--webhook-allow-private-targets", "--log-level", "info"), Map.of())
                .get(Settings.WEBHOOK_ALLOW_PRIVATE_TARGETS))
        .isTrue();
    assertThat(
            valid(
                    List.of("--webhook-allow-private-targets=false"),
                    Map.of("KRATE_WEBHOOK_ALLOW_PRIVATE_TARGETS", "true"))
                .get(Settings.WEBHOOK_ALLOW_PRIVATE_TARGETS))
        .isFalse();
  }

  @Test
  void everyProblemIsReportedAtOnce() {
    assertThat(
            problems(
                List.of(
                    "--listen",
                    "nowhere",
                    "--colour",
                    "--log-level=loud",
                    "extra",
                    "--database-user",
                    "x",
                    "--data-dir"),
                Map.of("KRATE_DATADIR", "/x", "KRATE_PUBLIC_URL", "http://x")))
        .containsExactlyInAnyOrder(
            "the variable KRATE_DATADIR means nothing to Krate",
            "there is no flag --colour",
            "\"extra\" is not expected here",
            "--data-dir wants a value: --data-dir FOLDER",
            "--listen: \"nowhere\" is not HOST:PORT with a port from 0 to 65535; an IPv6 address stands in"
                + " brackets",
            "KRATE_PUBLIC_URL: \"http://x\" is not a URL like https://forge.example.org, without path or"
                + " query",
            "--log-level: \"loud\" is none of error, warning, info and debug",
            "--database-user means nothing without --database-url");
  }

  @Test
  void aPasswordInTheDatabaseUrlIsRefusedAndNotRepeated() {
    for (String url :
        List.of(
            "postgres://ada:hunter2@db/krate",
            "jdbc:postgresql://db/krate?user=a&password=hunter2")) {
      assertThat(problems(List.of("--database-url", url), Map.of()))
          .singleElement()
          .asString()
          .contains("--database-password-file")
          .doesNotContain("hunter2");
    }
  }

  @Test
  void theShortFormOfADatabaseUrlIsUnderstood() {
    assertThat(
            valid(List.of("--database-url", "postgres://db:5433/krate"), Map.of())
                .find(Settings.DATABASE_URL))
        .contains("jdbc:postgresql://db:5433/krate");
  }

  @Test
  void aFlagIsGivenOnce() {
    assertThat(problems(List.of("--listen", "a:1", "--listen=b:2"), Map.of()))
        .containsExactly("--listen is given more than once");
  }

  @Test
  void variablesOfTheLauncherAndTheTestsAreNotOurs() {
    valid(List.of(), Map.of("KRATE_JAVA_OPTS", "-Xmx1g", "KRATE_TEST_JDBC_URL", "jdbc:x"));
  }

  @Test
  void theHelpNamesEverySetting() {
    for (Setting<?> setting : Settings.ALL) {
      assertThat(Help.serve()).contains(setting.flag(), setting.variable());
    }
    assertThat(Help.serve().lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void theReferencePageSaysWhatTheCodeSays() throws Exception {
    Path page = Path.of("../docs/reference/configuration.md");
    if (Boolean.getBoolean("docs.update")) {
      Files.createDirectories(page.getParent());
      Files.writeString(page, Help.reference());
    }
    assertThat(page).hasContent(Help.reference());
  }
}
