package ai.a5c.krate.apiserver.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.core.Condition;
import ai.a5c.krate.api.meta.Bytes;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordCodecTest {
  private static final Kind WIDGET = KindReader.read(Widget.class);
  private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

  @Test
  void absenceIsReadAsDefaultZeroOrNull() {
    Widget widget = RecordCodec.read(Widget.class, json("{'spec':{'title':'t'}}"));
    assertThat(widget.spec())
        .isEqualTo(
            new Widget.Spec(
                "t",
                "",
                Widget.Colour.DARK_RED,
                1,
                null,
                false,
                Duration.ofSeconds(90),
                null,
                List.of(),
                List.of(),
                Map.of(),
                Bytes.EMPTY,
                null,
                new Widget.Place(7)));
    assertThat(widget.status()).isEqualTo(new Widget.Status(0, null, List.of(), List.of()));
  }

  @Test
  void whatEqualsItsAbsenceIsNotWritten() {
    Widget widget = RecordCodec.read(Widget.class, json("{'spec':{'title':'t'}}"));
    assertThat(RecordCodec.write(widget))
        .isEqualTo(
            json(
                "{'spec':{'title':'t','colour':'DarkRed','count':1,'lasts':'1m30s','place':{'shelf':7}}}"));
  }

  @Test
  void timesAreReadWithTheirOffsetAndWrittenInWholeSecondsOfUtc() {
    JsonObject sent = json("{'title':'t','made':'2026-01-02T13:00:00.75+01:00'}");
    Widget.Spec spec = RecordCodec.read(Widget.Spec.class, sent);
    assertThat(spec.made()).isEqualTo(NOON.plusMillis(750));
    assertThat(RecordCodec.write(spec).getString("made")).isEqualTo("2026-01-02T12:00:00Z");
  }

  @Test
  void conditionsAreWrittenAsKubernetesWritesThem() {
    var ready = new Condition("Ready", Condition.Truth.TRUE, "Created", "", NOON, 3);
    assertThat(RecordCodec.write(ready))
        .isEqualTo(
            json(
                "{'type':'Ready','status':'True','reason':'Created',"
                    + "'lastTransitionTime':'2026-01-02T12:00:00Z','observedGeneration':3}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "{\"title\":5} # title is no String",
        "{\"colour\":\"Green\"} # colour is no Colour",
        "{\"lasts\":\"long\"} # lasts is no Duration",
        "{\"count\":3000000000} # count is no int",
        "{\"words\":[\"a\",1]} # words[1] is no String",
        "{\"parts\":[{\"count\":true}]} # parts[0].count is no int",
        "{\"notes\":{\"ada\":1}} # notes[ada] is no String",
        "{\"picture\":\"a\"} # picture is no Bytes"
      })
  void whatTheSchemaRefusesCannotBeRead(String spec, String message) {
    assertThatThrownBy(() -> RecordCodec.read(Widget.Spec.class, json(spec)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void aRequiredValueWithoutZeroMustBeThere() {
    assertThatThrownBy(() -> RecordCodec.read(Condition.class, json("{'type':'Ready'}")))
        .hasMessage("status is absent");
  }

  @Property(tries = 300)
  void whatIsWrittenIsReadAgain(@ForAll("widgets") Widget widget) {
    JsonObject written = RecordCodec.write(widget);
    assertThat(RecordCodec.read(Widget.class, written)).isEqualTo(widget);
    assertThat(RecordCodec.read(Widget.class, Json.stored(Json.write(written)))).isEqualTo(widget);
  }

  @Property(tries = 300)
  void whatIsWrittenIsAsTheSchemaWantsItAndDecodingChangesNothing(
      @ForAll("widgets") Widget widget) {
    JsonObject written = RecordCodec.write(widget);
    assertThat(SchemaValidation.errors(WIDGET, written)).isEmpty();
    Decoded decoded = Decoder.decode(WIDGET, written, List.of());
    assertThat(decoded.unknown()).isEmpty();
    assertThat(Json.write(decoded.object())).isEqualTo(Json.write(written));
  }

  @Property
  void durationsArePrintedAsTheyAreRead(@ForAll @LongRange long nanos) {
    Duration duration = Duration.ofNanos(Math.max(nanos, -Long.MAX_VALUE));
    assertThat(GoDuration.parse(GoDuration.print(duration))).contains(duration);
  }

  @ParameterizedTest
  @CsvSource({
    "0,0s",
    "72h,72h",
    "90s,1m30s",
    "1.5h,1h30m",
    "1h0m0.5s,1h0.5s",
    "1500us,1.5ms",
    "7ns,7ns",
    "-1m,-1m",
    "1.s,1s",
    ".5s,500ms",
    "3600s,1h"
  })
  void durationsAreGos(String read, String printed) {
    assertThat(GoDuration.parse(read).map(GoDuration::print)).contains(printed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-", "1", "s", "1d", "1s ", "1 s", "1.2.3s", ".s", "9999999h", "PT1S"})
  void whatIsNoDurationOfGosIsNone(String text) {
    assertThat(GoDuration.parse(text)).isEmpty();
  }

  @Provide
  Arbitrary<Widget> widgets() {
    return Combinators.combine(specs(), statuses()).as(Widget::new);
  }

  private static Arbitrary<Widget.Spec> specs() {
    Arbitrary<String> words =
        Arbitraries.strings().withCharRange('a', 'z').ofMinLength(1).ofMaxLength(8);
    Arbitrary<String> titles = Arbitraries.strings().ofMaxLength(9).map(s -> "t" + cleaned(s));
    var first =
        Combinators.combine(
                titles,
                Arbitraries.of(Widget.Colour.class),
                Arbitraries.integers().between(1, 9),
                Arbitraries.longs().injectNull(0.3),
                Arbitraries.of(true, false),
                durations(),
                instants().injectNull(0.3),
                words.list().uniqueElements().ofMaxSize(3))
            .as(
                (title, colour, count, weight, broken, lasts, made, found) ->
                    new Widget.Spec(
                        title,
                        "",
                        colour,
                        count,
                        weight,
                        broken,
                        lasts,
                        made,
                        found,
                        List.of(),
                        Map.of(),
                        Bytes.EMPTY,
                        null,
                        new Widget.Place(7)));
    return Combinators.combine(
            first,
            words.list().uniqueElements().ofMaxSize(3),
            Arbitraries.maps(
                    Arbitraries.strings().ofMaxLength(5).map(RecordCodecTest::cleaned),
                    Arbitraries.strings().ofMaxLength(5).map(RecordCodecTest::cleaned))
                .ofMaxSize(2),
            Arbitraries.bytes().array(byte[].class).ofMaxSize(99),
            Arbitraries.integers())
        .as(
            (s, parts, notes, picture, shelf) ->
                new Widget.Spec(
                    s.title(),
                    "",
                    s.colour(),
                    s.count(),
                    s.weight(),
                    s.broken(),
                    s.lasts(),
                    s.made(),
                    s.words(),
                    parts.stream().map(p -> new Widget.Part(p, 2)).toList(),
                    notes,
                    Bytes.copyOf(picture),
                    json("{'a':{'b':[]}}"),
                    new Widget.Place(shelf)));
  }

  private static Arbitrary<Widget.Status> statuses() {
    return Combinators.combine(
            Arbitraries.longs(),
            Arbitraries.of("ada", "bob").map(Widget.Maker::new).injectNull(0.3),
            Arbitraries.integers().map(Widget.Try::new).list().ofMaxSize(3),
            instants())
        .as(
            (number, maker, tries, time) ->
                new Widget.Status(
                    number,
                    maker,
                    tries,
                    List.of(
                        new Condition("Ready", Condition.Truth.UNKNOWN, "Why", "", time, number))));
  }

  private static Arbitrary<Duration> durations() {
    return Arbitraries.longs().between(-Long.MAX_VALUE, Long.MAX_VALUE).map(Duration::ofNanos);
  }

  private static Arbitrary<Instant> instants() {
    return Arbitraries.longs().between(0, 253_402_300_799L).map(Instant::ofEpochSecond);
  }

  /** Half a surrogate pair does not survive UTF-8, nor does it count as a character. */
  private static String cleaned(String text) {
    return text.codePoints()
        .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static JsonObject json(String text) {
    return Json.parse(Bytes.utf8(text.replace('\'', '"')), 1 << 16).object();
  }
}
