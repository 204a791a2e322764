package ai.a5c.krate.apiserver.wire;

import static ai.a5c.krate.apiserver.wire.Samples.json;
import static ai.a5c.krate.apiserver.wire.Samples.refusal;
import static ai.a5c.krate.apiserver.wire.Samples.value;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MergePatchTest {
  /** RFC 7386, appendix A, as far as both sides are objects. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'a':'b'} | {'a':'c'} | {'a':'c'}",
        "{'a':'b'} | {'b':'c'} | {'a':'b','b':'c'}",
        "{'a':'b'} | {'a':null} | {}",
        "{'a':'b','b':'c'} | {'a':null} | {'b':'c'}",
        "{'a':['b']} | {'a':'c'} | {'a':'c'}",
        "{'a':'c'} | {'a':['b']} | {'a':['b']}",
        "{'a':{'b':'c'}} | {'a':{'b':'d','c':null}} | {'a':{'b':'d'}}",
        "{'a':[{'b':'c'}]} | {'a':[1]} | {'a':[1]}",
        "{'e':null} | {'a':1} | {'e':null,'a':1}",
        "{} | {'a':{'bb':{'ccc':null}}} | {'a':{'bb':{}}}",
        "{'a':'b'} | {'a':{'c':null,'d':1}} | {'a':{'d':1}}",
        "{'a':{'b':1}} | {'a':{}} | {'a':{'b':1}}",
        "{'a':1} | {'a':[null,{'b':null}]} | {'a':[null,{'b':null}]}"
      })
  void membersAreReplacedMergedAndRemoved(String object, String patch, String expected) {
    assertThat(Patches.mergePatch(json(object), value(patch))).isEqualTo(json(expected));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "'a'", "null", "1", "true"})
  void aPatchThatIsNoObjectIsABadRequest(String patch) {
    assertThat(refusal(() -> Patches.mergePatch(json("{}"), value(patch))).code()).isEqualTo(400);
  }

  @Test
  void membersKeepTheirPlaces() {
    JsonObject merged = Patches.mergePatch(json("{'a':1,'b':2,'c':3}"), json("{'d':4,'b':5}"));
    assertThat(merged.keySet()).containsExactly("a", "b", "c", "d");
  }

  /** Objects of a few names, so that two of them have some in common. */
  static Arbitrary<JsonObject> objects(Arbitrary<String> names, int depth) {
    Arbitrary<JsonValue> leaves =
        Arbitraries.of(
            JsonValue.TRUE, JsonValue.FALSE, Documents.text("x"), Documents.text("y"), value("1"));
    Arbitrary<JsonValue> values = leaves;
    for (int i = 1; i < depth; i++) {
      Arbitrary<JsonValue> inner = values;
      values =
          Arbitraries.oneOf(
              leaves,
              inner.list().ofMaxSize(3).map(Documents::array),
              Arbitraries.maps(names, inner).ofMaxSize(3).map(Documents::object));
    }
    return Arbitraries.maps(names, values).ofMaxSize(3).map(Documents::object);
  }

  @Provide
  Arbitrary<JsonObject> objects() {
    return objects(Arbitraries.of("a", "b", "c"), 3);
  }

  @Property
  void aPatchAppliedTwiceChangesNothingMore(
      @ForAll("objects") JsonObject object,
      @ForAll("objects") JsonObject a,
      @ForAll("objects") JsonObject b) {
    JsonValue patch = Documents.JSON.createMergeDiff(a, b).toJsonValue();
    JsonObject once = Patches.mergePatch(object, patch);
    assertThat(Patches.mergePatch(once, patch)).isEqualTo(once);
  }

  @Property
  void theDifferenceOfTwoObjectsLeadsFromOneToTheOther(
      @ForAll("objects") JsonObject from, @ForAll("objects") JsonObject to) {
    JsonValue difference = Documents.JSON.createMergeDiff(from, to).toJsonValue();
    assertThat(Patches.mergePatch(from, difference)).isEqualTo(to);
  }

  @Property
  void anEmptyPatchChangesNothing(@ForAll("objects") JsonObject object) {
    assertThat(Patches.mergePatch(object, JsonValue.EMPTY_JSON_OBJECT)).isEqualTo(object);
  }
}
