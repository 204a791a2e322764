package ai.a5c.krate.apiserver.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgesTest {
  @ParameterizedTest
  @CsvSource({
    "PT0S,0s",
    "PT5S,5s",
    "PT1.999S,1s",
    "PT119S,119s",
    "PT2M,2m",
    "PT2M30S,2m30s",
    "PT9M59S,9m59s",
    "PT10M59S,10m",
    "PT2H59M59S,179m",
    "PT3H,3h",
    "PT3H1M59S,3h1m",
    "PT7H59M,7h59m",
    "PT8H59M,8h",
    "PT47H59M,47h",
    "PT48H,2d",
    "PT98H,4d2h",
    "P7DT23H,7d23h",
    "P8DT5H,8d",
    "P729D,729d",
    "P730D,2y",
    "P731D,2y1d",
    "P2919D,7y364d",
    "P2920D,8y",
    "P5000D,13y",
    "PT-1S,0s",
    "PT-1.9S,0s",
    "PT-2S,<invalid>",
    "P-1D,<invalid>"
  })
  void agesAreShorterTheLessTheyMatter(Duration age, String expected) {
    assertThat(Ages.of(age)).isEqualTo(expected);
  }

  @Test
  void timesAreReadWithTheirOffset() {
    Instant now = Instant.parse("2026-03-01T12:00:00Z");
    assertThat(Ages.since("2026-03-01T11:59:55Z", now)).isEqualTo("5s");
    assertThat(Ages.since("2026-03-01T13:00:00+02:00", now)).isEqualTo("60m");
    assertThat(Ages.since("yesterday", now)).isEqualTo("<invalid>");
  }
}
