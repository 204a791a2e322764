package ai.a5c.krate.apiserver.kind;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import jakarta.json.JsonValue;
import java.math.BigDecimal;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  private static final int LIMIT = 1 << 20;

  @Test
  void duplicatesAreToldByTheirPathAndTheLastOneCounts() {
    var parsed = parse("{\"a\":1,\"b\":[{\"c\":1,\"c\":2}],\"a\":{\"d\":3,\"d\":4},\"a\":5}");
    assertThat(parsed.duplicates()).containsExactly("b[0].c", "a", "a.d", "a");
    assertThat(parsed.object().toString()).isEqualTo("{\"a\":5,\"b\":[{\"c\":2}]}");
  }

  @Test
  void namesOfOneHashAreKeptApart() {
    assertThat("Aa").hasSameHashCodeAs("BB");
    for (int i = 0; i < 2; i++) {
      assertThat(parse("{\"Aa\":1,\"BB\":2,\"o\":{\"Aa\":3}}").object().toString())
          .isEqualTo("{\"Aa\":1,\"BB\":2,\"o\":{\"Aa\":3}}");
    }
  }

  @Test
  void duplicatesAreToldAlsoAmongManyNames() {
    String names =
        IntStream.range(0, 60)
            .mapToObj(i -> "\"n" + i % 40 + "\":{\"x\":1}")
            .collect(Collectors.joining(","));
    assertThat(parse("{" + names + "}").duplicates())
        .containsExactlyElementsOf(IntStream.range(0, 20).mapToObj(i -> "n" + i).toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "-7",
        "1e2",
        "1.0",
        "2147483648",
        "999999999999999999",
        "-999999999999999999",
        "9223372036854775807",
        "9223372036854775808"
      })
  void aNumberIsWhatItSays(String text) {
    assertThat(parse("{\"a\":" + text + "}").object().getJsonNumber("a").bigDecimalValue())
        .isEqualTo(new BigDecimal(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{}x",
        "{} {}",
        "{}]",
        "[]",
        "null",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\":01}",
        "{\"a\":NaN}",
        "{\"a\":1e999999999}",
        "{\"a\":\"\t\"}",
        "{\"a\":[1 2]}"
      })
  void whatIsNotOneObjectIsABadRequest(String text) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOfSatisfying(
            ApiException.class,
            e -> assertThat(e.problem()).isInstanceOf(Problem.BadRequest.class));
  }

  @Test
  void depthSizeAndNumberOfValuesAreBounded() {
    assertThat(parse(nested(Json.DEEPEST - 1)).duplicates()).isEmpty();
    assertThatThrownBy(() -> parse(nested(Json.DEEPEST + 1))).hasMessageContaining("nested deeper");
    assertThatThrownBy(() -> parse(nested(100_000))).hasMessageContaining("nested deeper");
    assertThatThrownBy(() -> Json.parse(Bytes.utf8("{\"a\":1}"), 6))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.problem()).isInstanceOf(Problem.TooLarge.class));
    assertThatThrownBy(() -> parse("{\"a\":[" + "1,".repeat(Json.MOST_VALUES) + "1]}"))
        .hasMessageContaining("values");
    assertThatThrownBy(() -> parse("{\"a\":" + "1".repeat(65) + "}"))
        .hasMessageContaining("number");
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] latin = {'{', '"', (byte) 0xE9, '"', ':', '1', '}'};
    assertThatThrownBy(() -> Json.parse(Bytes.copyOf(latin), LIMIT)).hasMessageContaining("UTF-8");
    assertThat(parse("{\"a\":\"\ufffd\"}").object().getString("a")).isEqualTo("\ufffd");
  }

  @Test
  void numbersKeepTheirTextAndHalfSurrogatesDoNot() {
    var parsed =
        parse("{\"a\":1.50,\"b\":12345678901234567890123,\"c\":\"\\ud83dx\\ud83d\\ude00\"}");
    assertThat(Json.write(parsed.object()).utf8())
        .isEqualTo("{\"a\":1.50,\"b\":12345678901234567890123,\"c\":\"\ufffdx\ud83d\ude00\"}");
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    var object = parse("{\"z\":[true,false,null],\"a\":{\"\u00e9\":\"\\u0000\\n\"}}").object();
    assertThat(Json.stored(Json.write(object))).isEqualTo(object);
    assertThatThrownBy(() -> Json.stored(Bytes.utf8("no")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Property(tries = 500)
  void whatIsWrittenIsWhatTheLibraryWrites(@ForAll("values") JsonValue value) {
    assertThat(Json.write(value).utf8())
        .isEqualTo(new String(value.toString().getBytes(UTF_8), UTF_8));
  }

  @Provide
  Arbitrary<JsonValue> values() {
    var texts =
        Arbitraries.oneOf(
            Arbitraries.strings(),
            Arbitraries.strings().withCharRange('\0', '\u00a0').withChars('"', '\\'));
    Arbitrary<JsonValue> plain =
        Arbitraries.oneOf(
            texts.map(Json::text),
            Arbitraries.longs().map(Json::number),
            Arbitraries.bigDecimals().ofScale(9).map(Json::number),
            Arbitraries.doubles().map(BigDecimal::new).map(Json::number),
            Arbitraries.of(JsonValue.TRUE, JsonValue.FALSE, JsonValue.NULL));
    return Arbitraries.recursive(
        () -> plain,
        inner ->
            Arbitraries.oneOf(
                inner.list().ofMaxSize(4).map(JsonTree::array),
                Arbitraries.maps(texts, inner).ofMaxSize(4).map(JsonTest::object)),
        0,
        3);
  }

  private static JsonValue object(Map<String, JsonValue> members) {
    var object = Json.object();
    members.forEach(object::add);
    return object.build();
  }

  @Property(tries = 2000)
  void anyTextIsReadOrRefusedAndNothingElse(@ForAll("almostJson") String text) {
    JsonValue value;
    try {
      value = Json.parseValue(Bytes.utf8(text), LIMIT);
    } catch (ApiException e) {
      assertThat(e.problem()).isInstanceOf(Problem.BadRequest.class);
      return;
    }
    assertThat(Json.parseValue(Json.write(value), LIMIT)).isEqualTo(value);
  }

  @Provide
  Arbitrary<String> almostJson() {
    var tokens =
        Arbitraries.of(
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"", "1", "-", "e9", "true", "null", " ",
            "\\u");
    return tokens.list().ofMaxSize(12).map(parts -> String.join("", parts));
  }

  @Test
  void yamlIsReadAsTheJsonItStandsFor() {
    var documents =
        Yaml.documents(
            Bytes.utf8(
                "a: 1\nb: [x, 'yes', true, null, 1.5]\nc: &c {d: e}\nf: *c\n---\n---\ng: 2\n"));
    assertThat(documents)
        .extracting(Object::toString)
        .containsExactly(
            "{\"a\":1,\"b\":[\"x\",\"yes\",true,null,1.5],\"c\":{\"d\":\"e\"},\"f\":{\"d\":\"e\"}}",
            "{\"g\":2}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: 1\na: 2\n",
        "- 1\n",
        "a: [",
        "a: &a [*a]\n",
        "text",
        "a: !!java.util.Date {}\n"
      })
  void wrongYamlIsRefused(String text) {
    assertThatThrownBy(() -> Yaml.documents(Bytes.utf8(text)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aFewAliasesDoNotMakeAMountain() {
    StringBuilder laughs = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 9; i++) {
      String item = "*a" + (i - 1);
      laughs.append("a" + i + ": &a" + i + " [" + (item + ",").repeat(9) + item + "]\n");
    }
    assertThatThrownBy(() -> Yaml.documents(Bytes.utf8(laughs.toString())))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Json.Parsed parse(String text) {
    return Json.parse(Bytes.utf8(text), LIMIT);
  }

  private static String nested(int levels) {
    return "{\"a\":" + "[".repeat(levels) + "]".repeat(levels) + "}";
  }
}
