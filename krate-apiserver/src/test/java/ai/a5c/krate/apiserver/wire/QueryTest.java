package ai.a5c.krate.apiserver.wire;

import static ai.a5c.krate.apiserver.wire.Samples.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {
  @Test
  void namesAndValuesAreDecodedAndKeepTheirOrder() {
    Query query = Query.parse("a=1&b=x%20y&a=2+3&%C3%A4=%e2%82%ac&&c");
    assertThat(query.parameters().keySet()).containsExactly("a", "b", "ä", "c");
    assertThat(query.all("a")).containsExactly("1", "2 3");
    assertThat(query.text("b")).isEqualTo("x y");
    assertThat(query.text("ä")).isEqualTo("€");
    assertThat(query.first("c")).contains("");
    assertThat(query.first("d")).isEmpty();
  }

  @Test
  void aValueMayHoldEqualsSigns() {
    assertThat(Query.parse("fieldSelector=metadata.name=x").text("fieldSelector"))
        .isEqualTo("metadata.name=x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=%", "a=%2", "a=%zz", "%=1", "a=%ff", "a=%00", "a=%c3%28"})
  void whatDoesNotDecodeIsRefused(String raw) {
    assertThat(refusal(() -> Query.parse(raw)).code()).isEqualTo(400);
  }

  @Test
  void moreThanAThousandParametersAreRefused() {
    assertThat(Query.parse("a&".repeat(1_000)).all("a")).hasSize(1_000);
    assertThat(refusal(() -> Query.parse("a&".repeat(1_001))).code()).isEqualTo(400);
    assertThat(refusal(() -> Query.parse("a".repeat(64 * 1024 + 1))).code()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({"watch,true", "watch=,true", "watch=1,true", "watch=true,true", "watch=yes,true"})
  void flagsAreTrueWhenTheyAreThere(String raw, boolean expected) {
    assertThat(Query.parse(raw).flag("watch")).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "watch=0", "watch=false", "watch=False", "other=true"})
  void flagsAreFalseWhenTheyAreAbsentOrSaySo(String raw) {
    assertThat(Query.parse(raw).flag("watch")).isFalse();
  }

  @Test
  void numbersAreReadOrRefused() {
    assertThat(Query.parse("limit=500").number("limit")).hasValue(500);
    assertThat(Query.parse("limit=").number("limit")).isEmpty();
    assertThat(refusal(() -> Query.parse("limit=5x").number("limit")).message())
        .isEqualTo("the parameter limit is no whole number: \"5x\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "-1", "1.5", "0x10", "9223372036854775808", "+1"})
  void aMalformedResourceVersionIsABadRequest(String value) {
    Query query = new Query(Map.of("resourceVersion", List.of(value)));
    assertThat(refusal(query::resourceVersion).message())
        .isEqualTo("invalid resource version \"" + value + "\"");
  }

  @Property
  void everyTextSurvivesEncoding(@ForAll @CharRange(from = '\u0001', to = '\u2fff') String text) {
    String raw = "v=" + URLEncoder.encode(text, StandardCharsets.UTF_8);
    assertThat(Query.parse(raw).text("v")).isEqualTo(text);
  }
}
