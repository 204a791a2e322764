package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code krate hooks replay} understands, without a server. */
class ReplaySettingsTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  @TempDir Path temporary;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private static ReplaySettings.Outcome read(String... arguments) {
    return ReplaySettings.read(List.of(arguments), Map.of("KRATE_DATA_DIR", "/srv"), NOW);
  }

  private int run(String... arguments) {
    return new HooksCommand(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            InstantSource.fixed(NOW))
        .run(List.of(arguments), Map.of());
  }

  private static ReplaySettings.Outcome valid(
      String delivery, String since, String until, String phase, int most) {
    return new ReplaySettings.Outcome.Valid(
        new ReplaySettings(
            "ci",
            "team",
            delivery,
            Instant.parse(since),
            Instant.parse(until),
            phase,
            most,
            Path.of("/srv")));
  }

  @Test
  void aSpanIsOfTimesOrOfHowLongAgo() {
    var expected = valid("", "2026-11-21T10:30:00Z", "2026-11-21T12:00:00Z", "", 10_000);
    assertThat(read("ci", "--namespace", "team", "--since", "90m")).isEqualTo(expected);
    assertThat(read("--namespace", "team", "--since", "90m", "ci")).isEqualTo(expected);
    assertThat(read("--namespace=team", "--since=2026-11-21T11:30:00+01:00", "ci"))
        .isEqualTo(expected);
    assertThat(
            read(
                "ci", "--namespace=team", "--since=2h", "--until=1h", "--phase=Failed", "--most=7"))
        .isEqualTo(valid("", "2026-11-21T10:00:00Z", "2026-11-21T11:00:00Z", "Failed", 7));
  }

  @Test
  void oneDeliveryIsNamed() {
    assertThat(read("ci", "--namespace", "team", "--delivery", "ci-00000000000023-0"))
        .isEqualTo(
            valid(
                "ci-00000000000023-0", "1970-01-01T00:00:00Z", "2026-11-21T12:00:00Z", "", 10_000));
  }

  @Test
  void everyProblemIsTold() {
    assertThat(read("--since", "soon", "--phase", "Lost", "--most", "0"))
        .isEqualTo(
            new ReplaySettings.Outcome.Invalid(
                List.of(
                    "SUBSCRIPTION is missing: whose deliveries?",
                    "--namespace is missing",
                    "--since: \"soon\" is neither a time like 2026-11-21T12:00:00Z nor a duration"
                        + " like 90m",
                    "--phase: \"Lost\" is neither Failed nor Delivered nor any",
                    "--most: \"0\" is not a number from 1 to 100000")));
    assertThat(read("../x", "--namespace", "a/b"))
        .isEqualTo(
            new ReplaySettings.Outcome.Invalid(
                List.of(
                    "\"../x\" is not a name",
                    "--namespace: \"a/b\" is not a name",
                    "--since is missing, or --delivery: what is to be replayed?")));
    assertThat(read("ci", "--namespace=team", "--delivery=a", "--since=1h"))
        .isEqualTo(
            new ReplaySettings.Outcome.Invalid(
                List.of("--delivery names one delivery: there is no span beside it")));
    assertThat(read("ci", "--namespace=team", "--since=1h", "--until=2h"))
        .isEqualTo(
            new ReplaySettings.Outcome.Invalid(
                List.of(
                    "--since 2026-11-21T11:00:00Z is not before --until 2026-11-21T10:00:00Z")));
  }

  @Test
  void whatMakesNoSenseIsNotTriedAndAFolderWithoutAServerIsNamed() {
    assertThat(run("replay", "ci")).isEqualTo(Main.USAGE);
    assertThat(run("forget", "ci")).isEqualTo(Main.USAGE);
    assertThat(
            run(
                "replay",
                "ci",
                "--namespace=team",
                "--since=1h",
                "--data-dir",
                temporary.toString()))
        .isEqualTo(Main.FAILED);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("--namespace is missing", "There is no command hooks forget")
        .contains(temporary + " is no data folder of a server");
    assertThat(out.size()).isZero();
  }
}
