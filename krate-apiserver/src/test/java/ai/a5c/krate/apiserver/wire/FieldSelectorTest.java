package ai.a5c.krate.apiserver.wire;

import static ai.a5c.krate.apiserver.wire.Samples.WIDGET;
import static ai.a5c.krate.apiserver.wire.Samples.json;
import static ai.a5c.krate.apiserver.wire.Samples.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldSelectorTest {
  private static final JsonObject OBJECT =
      json(
          """
          {'metadata':{'name':'w-1','namespace':'acme'},'spec':{'title':'a,b=c','size':3},
           'status':{'author':{'name':'ada'}}}\
          """);

  private static FieldSelector parse(String text) {
    return FieldSelector.parse(text, WIDGET);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "metadata.name=w-1",
        "metadata.name==w-1",
        "metadata.name!=w-2",
        "metadata.namespace=acme,status.author=ada",
        "metadata.name=w-1,,",
        "spec.title=a\\,b\\=c",
        "spec.size=3"
      })
  void theseSelectIt(String selector) {
    assertThat(parse(selector).matches(OBJECT)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "metadata.name=w-2",
        "metadata.name!=w-1",
        "metadata.name=w-1,metadata.name=w-2",
        "spec.title=",
        "spec.size!=3",
        "status.author=bob"
      })
  void theseDoNot(String selector) {
    assertThat(parse(selector).matches(OBJECT)).isFalse();
  }

  @Test
  void anAbsentFieldIsEmpty() {
    assertThat(parse("status.author=").matches(json("{}"))).isTrue();
    assertThat(parse("status.author!=").matches(json("{}"))).isFalse();
    assertThat(parse("status.author!=ada").matches(json("{}"))).isTrue();
  }

  @Test
  void aFieldThatIsNotDeclaredIsRefusedByName() {
    var refusal = refusal(() -> parse("spec.color=red"));
    assertThat(refusal.code()).isEqualTo(400);
    assertThat(refusal.message()).isEqualTo("field label not supported: spec.color");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "metadata.name",
        "=x",
        "metadata.name=a=b",
        "metadata.name=a\\",
        "metadata.name=a\\b",
        "metadata.name in (a)"
      })
  void whatIsMalformedIsRefused(String selector) {
    assertThat(refusal(() -> parse(selector)).code()).isEqualTo(400);
  }

  @Test
  void aSelectorThatPinsTheNameSaysSo() {
    FieldSelector pinned = parse("metadata.namespace=acme,metadata.name=w-1");
    assertThat(pinned.requiredName()).contains("w-1");
    assertThat(pinned.requiredNamespace()).contains("acme");
    assertThat(parse("metadata.name!=w-1").requiredName()).isEmpty();
    assertThat(parse("metadata.name=").requiredName()).isEmpty();
    assertThat(parse("spec.title=x").requiredNamespace()).isEmpty();
    assertThat(parse("").isEverything()).isTrue();
  }

  @Property
  void anyValueCanBeWrittenEscaped(@ForAll String value) {
    String escaped = value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=");
    JsonObject object =
        Documents.object().add("spec", Documents.object().add("title", value)).build();
    assertThat(parse("spec.title=" + escaped).matches(object)).isTrue();
    assertThat(parse("spec.title!=" + escaped).matches(object)).isFalse();
  }
}
