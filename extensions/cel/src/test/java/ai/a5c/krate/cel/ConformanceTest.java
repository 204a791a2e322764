package ai.a5c.krate.cel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What kube-apiserver's libraries are documented to give, function by function: the file has a line
 * for each, {@code expression} that holds, or {@code expression => part of the error}, or {@code
 * expression =/> part of the refusal}.
 */
class ConformanceTest {
  private static final String OBJECT =
      """
      {"metadata": {"name": "web", "labels": {"app": "web", "tier": "front"}, "generation": 3},
       "spec": {"replicas": 3, "ratio": 0.5, "paused": false, "note": null, "title": "Add a thing",
        "ports": [80, 443], "big": 9223372036854775807, "exp": 1e3, "empty": [], "host": "10.0.0.7",
        "containers": [{"name": "a", "image": "x:1", "cpu": "250m"},
          {"name": "b", "image": "y:2", "cpu": "1"}]}}
      """;

  static List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    try (InputStream in = ConformanceTest.class.getResourceAsStream("conformance.txt")) {
      Stream.of(new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n"))
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .forEach(lines::add);
    }
    assertThat(lines).hasSizeGreaterThan(200);
    return lines;
  }

  @ParameterizedTest
  @MethodSource("lines")
  void theLineHolds(String line) {
    if (line.contains(" =/> ")) {
      String[] parts = line.split(" =/> ");
      assertThat(Cel.refusal(parts[0])).contains(parts[1].strip());
    } else if (line.contains(" => ")) {
      String[] parts = line.split(" => ");
      assertThat(Cel.failure(parts[0], OBJECT)).contains(parts[1].strip());
    } else {
      assertThat(Cel.value(line, OBJECT)).isEqualTo(true);
    }
  }
}
