package ai.a5c.krate.apiserver.kind;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FormatsTest {
  private static Optional<Instant> parsed(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-22T02:36:20Z",
        "2026-11-22T02:36:20.5Z",
        "2026-11-22T02:36:20.123Z",
        "2026-11-22T02:36:20.123456Z",
        "2026-11-22T02:36:20.123456789Z",
        "2024-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999Z",
        "2026-11-22T02:36:20+01:00",
        "2026-11-22T02:36Z",
        "2026-11-22t02:36:20z"
      })
  void aTimeIsRead(String text) {
    assertThat(Formats.time(text)).isPresent().isEqualTo(parsed(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Z",
        "2026-11-22T02:36:20",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T23:59:60Z",
        "2026-11-22T02:36:20.1234567890Z",
        "2026-11-22 02:36:20Z",
        "2026-11-22T02:36:2\u0660Z"
      })
  void whatIsNoTimeIsNone(String text) {
    assertThat(Formats.time(text)).isEmpty().isEqualTo(parsed(text));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void timesAreThoseOfTheParserOfAllForms(@ForAll("times") String text) {
    assertThat(Formats.time(text)).isEqualTo(parsed(text));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void alsoOfWhatIsNearlyATime(
      @ForAll("times") String text, @ForAll("places") int place, @ForAll("parts") String part) {
    int at = Math.min(place, text.length());
    String other = text.substring(0, at) + part + text.substring(Math.min(at + 1, text.length()));
    assertThat(Formats.time(other)).isEqualTo(parsed(other));
  }

  @Provide
  Arbitrary<String> times() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 9999),
            Arbitraries.integers().between(0, 13),
            Arbitraries.integers().between(0, 32),
            Arbitraries.integers().between(0, 24),
            Arbitraries.integers().between(0, 60),
            Arbitraries.integers().between(0, 60),
            Arbitraries.strings().numeric().ofMaxLength(10).map(f -> f.isEmpty() ? f : "." + f),
            Arbitraries.of("Z", "Z", "z", "+00:00", "-07:30", ""))
        .as(
            (year, month, day, hour, minute, second, fraction, zone) ->
                "%04d-%02d-%02dT%02d:%02d:%02d%s%s"
                    .formatted(year, month, day, hour, minute, second, fraction, zone));
  }

  @Provide
  Arbitrary<Integer> places() {
    return Arbitraries.integers().between(0, 31);
  }

  @Provide
  Arbitrary<String> parts() {
    return Arbitraries.of("", "0", "9", "00", ".", ":", "-", "T", "Z", " ", "+", "\u0661", "x");
  }
}
