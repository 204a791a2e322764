package ai.a5c.krate.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every benchmark once, with next to no load: that it works, not how fast it is. */
class SmokeIT {
  @TempDir Path temporary;

  @Test
  void everyBenchmarkHasFiguresAndNothingIsLeft() throws Exception {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int code;
    try (Lab lab = Lab.open(temporary, Scale.smoke())) {
      code =
          Main.run(
              Benchmark.all(),
              lab,
              new PrintStream(out, true, StandardCharsets.UTF_8),
              new PrintStream(err, true, StandardCharsets.UTF_8));
    }
    String text = out.toString(StandardCharsets.UTF_8);
    assertThat(code).as(text).isZero();
    List<String> lines = text.lines().toList();
    assertThat(lines).anyMatch(line -> line.startsWith("- Processors: "));
    for (Benchmark benchmark : Benchmark.all()) {
      assertThat(lines)
          .filteredOn(line -> line.startsWith("| " + benchmark.name() + " |"))
          .hasSizeBetween(1, 4)
          .allMatch(line -> line.contains("**"));
    }
    assertThat(temporary).isEmptyDirectory();
    assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive)).isEmpty();
  }
}
