package ai.a5c.krate.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CommandLineTest {
  private static Options valid(String... arguments) {
    return ((Options.Outcome.Valid) Options.read(List.of(arguments))).options();
  }

  @Test
  void withoutANameEverythingRuns() {
    assertThat(valid().benchmarks())
        .extracting(Benchmark::name)
        .containsExactly(
            "start",
            "memory",
            "creates",
            "together",
            "watch",
            "merges",
            "access",
            "policies",
            "pushes",
            "rules",
            "logs",
            "steps",
            "hooks",
            "hooked-pushes");
    assertThat(valid().measure()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void namesChooseAndOptionsAreTaken() {
    Options options = valid("watch", "--seconds", "7", "creates", "--folder", "there");
    assertThat(options.benchmarks())
        .extracting(Benchmark::name)
        .containsExactly("creates", "watch");
    assertThat(options.measure()).isEqualTo(Duration.ofSeconds(7));
    assertThat(options.folder()).isEqualTo(Path.of("there"));
  }

  @Test
  void everyMistakeIsNamed() {
    var problems =
        (Options.Outcome.Invalid)
            Options.read(List.of("dance", "--seconds", "0", "--x", "--seconds", "y", "--folder"));
    assertThat(problems.problems())
        .containsExactly(
            "there is no benchmark \"dance\"",
            "--seconds: \"0\" is no number from 1 to 20",
            "there is no benchmark \"--x\"",
            "--seconds: \"y\" is no number from 1 to 20",
            "--folder wants a value");
  }

  @Test
  void helpNamesEveryBenchmarkAndMistakesEndWithTwo() {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    assertThat(Main.run(List.of("--help"), new PrintStream(out), new PrintStream(err))).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains(Benchmark.all().stream().map(Benchmark::name).toList());
    assertThat(Main.run(List.of("dance"), new PrintStream(out), new PrintStream(err))).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("dance").contains("--help");
  }

  @Test
  void aTableHasItsTitlesAndCellsThatCannotBreakIt() {
    assertThat(Table.head(List.of("a", "b"))).isEqualTo("| a | b |\n| --- | --- |");
    assertThat(Table.line(List.of("x|y", "1\n2"))).isEqualTo("| x\\|y | 1 2 |");
  }

  @Test
  void quantilesAreTheNearestRanks() {
    Sample sample =
        Sample.of(LongStream.rangeClosed(1, 100).map(n -> n * 1_000_000), 2_000_000_000);
    assertThat(sample.perSecond()).isEqualTo(50);
    assertThat(sample.quantile(0.5)).isEqualTo(50_000_000);
    assertThat(sample.quantile(0.99)).isEqualTo(99_000_000);
    assertThat(sample.text()).isEqualTo("**50/s**, p50 50 ms, p99 99 ms");
    assertThatThrownBy(() -> Sample.of(LongStream.empty(), 1).quantile(0.5))
        .isInstanceOf(BenchmarkFailedException.class);
  }

  @Test
  void aRateIsComparedWithTheOneBesideIt() {
    Sample half = Sample.of(LongStream.of(1_000_000), 1_000_000_000);
    Sample whole = Sample.of(LongStream.of(1_000_000, 1_000_000), 1_000_000_000);
    assertThat(Row.ofRates("load", half, "peer", whole).ratio()).isEqualTo("50 %");
  }

  @Test
  void anEventBeforeItsAnswerTookNoTime() {
    var times = new EventTimes(4, 2);
    int event = times.next();
    times.seen(0, event);
    times.answered(event);
    times.seen(1, event);
    Sample sample = times.sinceAnswer(Duration.ZERO);
    assertThat(sample.count()).isEqualTo(2);
    assertThat(sample.quantile(0.1)).as("it was there before the answer").isZero();
    assertThat(times.sinceRequest(Duration.ZERO).quantile(0.1)).isPositive();
  }

  @Test
  void aFailingClientFailsTheLoad() {
    assertThatThrownBy(
            () ->
                Load.closed(
                    2,
                    Duration.ZERO,
                    Duration.ofMinutes(1),
                    (client, number) -> {
                      throw new IllegalStateException("refused");
                    }))
        .isInstanceOf(BenchmarkFailedException.class)
        .hasMessageContaining("refused");
  }
}
