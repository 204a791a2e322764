package ai.a5c.krate.apiserver.kind;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Bytes;
import jakarta.json.JsonObject;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldPathTest {
  private static final JsonObject OBJECT =
      Json.parse(
              Bytes.utf8(
                  "{\"a\":{\"b\":1,\"n\":null},\"c\":[{\"type\":\"X\",\"v\":2},{\"type\":\"Y\",\"v\":3}],"
                      + "\"e\":[]}"),
              999)
          .object();

  @ParameterizedTest
  @CsvSource({"a.b,1", "c[X].v,2", "c[Y].v,3", "c[-1].v,3", "c[#],2", "a[#],2", "e[#],0"})
  void theWayLeadsToTheValue(String path, String value) {
    assertThat(FieldPath.parse(path).in(OBJECT)).map(Object::toString).contains(value);
    assertThat(FieldPath.parse(path)).hasToString(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x", "a.x", "a.b.x", "a.n", "c[Z].v", "c.v", "a[X]", "e[-1].v", "e[X]", "a.b[#]", "x[#]"
      })
  void aWayThatBreaksOffLeadsNowhere(String path) {
    assertThat(FieldPath.parse(path).in(OBJECT)).isEmpty();
  }
}
