package ai.a5c.krate.apiserver.wire;

import static ai.a5c.krate.apiserver.wire.Samples.WIDGET;
import static ai.a5c.krate.apiserver.wire.Samples.json;
import static ai.a5c.krate.apiserver.wire.Samples.refusal;
import static ai.a5c.krate.apiserver.wire.Samples.value;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.problem.Status;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonPatch;
import jakarta.json.JsonValue;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonPatchTest {
  private static JsonObject patched(String object, String patch) {
    return Patches.jsonPatch(WIDGET, json(object), value(patch));
  }

  private static Status refused(String object, String patch) {
    return refusal(() -> patched(object, patch));
  }

  /** RFC 6902, appendix A, and the liberties of Kubernetes. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'a':1} | [] | {'a':1}",
        "{'a':1} | [{'op':'add','path':'/b','value':2}] | {'a':1,'b':2}",
        "{'a':1} | [{'op':'add','path':'/a','value':2}] | {'a':2}",
        "{'a':[1,3]} | [{'op':'add','path':'/a/1','value':2}] | {'a':[1,2,3]}",
        "{'a':[1]} | [{'op':'add','path':'/a/1','value':2}] | {'a':[1,2]}",
        "{'a':[1]} | [{'op':'add','path':'/a/-','value':[2]}] | {'a':[1,[2]]}",
        "{'a':1} | [{'op':'add','path':'/b','value':{'c':{}}}] | {'a':1,'b':{'c':{}}}",
        "{'a':1} | [{'op':'add','path':'/b','value':null}] | {'a':1,'b':null}",
        "{'a':1} | [{'op':'add','path':'','value':{'b':2}}] | {'b':2}",
        "{} | [{'op':'add','path':'/a','value':1,'xyz':2}] | {'a':1}",
        "{} | [{'op':'add','path':'/','value':1}] | {'':1}",
        "{'a':1,'b':2} | [{'op':'remove','path':'/b'}] | {'a':1}",
        "{'a':[1,2,3]} | [{'op':'remove','path':'/a/1'}] | {'a':[1,3]}",
        "{'a':1} | [{'op':'replace','path':'/a','value':2}] | {'a':2}",
        "{'a':[1,2]} | [{'op':'replace','path':'/a/0','value':3}] | {'a':[3,2]}",
        "{'a':1} | [{'op':'replace','path':'/b','value':2}] | {'a':1,'b':2}",
        "{'a':1} | [{'op':'replace','path':'','value':{}}] | {}",
        "{'a':{'b':1},'c':{}} | [{'op':'move','from':'/a/b','path':'/c/d'}]"
            + " | {'a':{},'c':{'d':1}}",
        "{'a':[1,2,3,4]} | [{'op':'move','from':'/a/1','path':'/a/3'}] | {'a':[1,3,4,2]}",
        "{'a':1} | [{'op':'move','from':'/a','path':'/a'}] | {'a':1}",
        "{'a':{'b':1}} | [{'op':'copy','from':'/a','path':'/c'},"
            + "{'op':'replace','path':'/c/b','value':2}] | {'a':{'b':1},'c':{'b':2}}",
        "{'a':'x','b':[1,'2']} | [{'op':'test','path':'/a','value':'x'},"
            + "{'op':'test','path':'/b/1','value':'2'}] | {'a':'x','b':[1,'2']}",
        "{'a':1} | [{'op':'test','path':'/a','value':1.0}] | {'a':1}",
        "{'a':{'b':1,'c':[{}]}} | [{'op':'test','path':'/a','value':{'c':[{}],'b':1e0}}]"
            + " | {'a':{'b':1,'c':[{}]}}",
        "{'a':null} | [{'op':'test','path':'/a','value':null}] | {'a':null}",
        "{} | [{'op':'test','path':'/a','value':null}] | {}",
        "{'/':9,'~1':10} | [{'op':'test','path':'/~01','value':10},"
            + "{'op':'test','path':'/~1','value':9}] | {'/':9,'~1':10}",
        "{'m~n':1} | [{'op':'replace','path':'/m~0n','value':2}] | {'m~n':2}"
      })
  void operationsDoWhatTheyAreFor(String object, String patch, String expected) {
    assertThat(patched(object, patch)).isEqualTo(json(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'a':1} | [{'op':'remove','path':'/b'}] | patch[0].path",
        "{'a':1} | [{'op':'remove','path':'/a/b'}] | patch[0].path",
        "{'a':1} | [{'op':'remove','path':''}] | patch[0].path",
        "{'a':1} | [{'op':'add','path':'/b/c','value':1}] | patch[0].path",
        "{'a':1} | [{'op':'add','path':'/a/c','value':1}] | patch[0].path",
        "{'a':1} | [{'op':'replace','path':'/b/c','value':1}] | patch[0].path",
        "{'a':[1]} | [{'op':'add','path':'/a/2','value':1}] | patch[0].path",
        "{'a':[1]} | [{'op':'replace','path':'/a/1','value':1}] | patch[0].path",
        "{'a':[1]} | [{'op':'replace','path':'/a/-','value':1}] | patch[0].path",
        "{'a':[1]} | [{'op':'remove','path':'/a/00'}] | patch[0].path",
        "{'a':[1]} | [{'op':'remove','path':'/a/-1'}] | patch[0].path",
        "{'a':[1]} | [{'op':'remove','path':'/a/99999999999'}] | patch[0].path",
        "{'a':1} | [{'op':'test','path':'/a','value':2}] | patch[0].value",
        "{'a':1} | [{'op':'test','path':'/a','value':'1'}] | patch[0].value",
        "{'a':1} | [{'op':'test','path':'/b','value':2}] | patch[0].value",
        "{'a':[]} | [{'op':'test','path':'/a','value':{}}] | patch[0].value",
        "{'a':{'b':1,'c':2}} | [{'op':'test','path':'/a','value':{'b':1}}] | patch[0].value",
        "{'a':[1,2]} | [{'op':'test','path':'/a','value':[1]}] | patch[0].value",
        "{'a':1} | [{'op':'test','path':'/b/c','value':null}] | patch[0].path",
        "{'a':1} | [{'op':'copy','from':'/b','path':'/c'}] | patch[0].from",
        "{'a':1} | [{'op':'move','from':'/b','path':'/b'}] | patch[0].from",
        "{'a':{}} | [{'op':'move','from':'/a','path':'/a/b'}] | patch[0].from",
        "{'a':1} | [{'op':'test','path':'/a','value':1},{'op':'spin','path':'/a'}] | patch[1].op",
        "{'a':1} | [{'path':'/a','value':1}] | patch[0].op",
        "{'a':1} | [{'op':'add','value':1}] | patch[0].path",
        "{'a':1} | [{'op':'add','path':7,'value':1}] | patch[0].path",
        "{'a':1} | [{'op':'add','path':'a','value':1}] | patch[0].path",
        "{'a':1} | [{'op':'add','path':'/a'}] | patch[0].value",
        "{'a':1} | [{'op':'move','path':'/a'}] | patch[0].from",
        "{'a':1} | ['remove'] | patch[0]",
        "{'a':1} | [{'op':'replace','path':'','value':[]}] | patch[0]"
      })
  void anOperationThatCannotBeDoneIsInvalid(String object, String patch, String field) {
    Status refusal = refused(object, patch);
    assertThat(refusal.code()).isEqualTo(422);
    assertThat(refusal.message()).contains("the server rejected our request due to an error");
    assertThat(refusal.details()).isNotNull();
    assertThat(refusal.details().causes()).extracting(Status.Cause::field).containsExactly(field);
  }

  @Test
  void aRefusalNamesTheObject() {
    Status refusal = refused("{'metadata':{'name':'w-1'}}", "[{'op':'remove','path':'/spec/x'}]");
    assertThat(refusal.message()).startsWith("Widget.example.org \"w-1\" is invalid: patch[0]");
  }

  @Test
  void aPatchThatIsNoArrayIsABadRequest() {
    assertThat(refused("{}", "{'op':'add'}").code()).isEqualTo(400);
  }

  @Test
  void moreThanTenThousandOperationsAreTooMany() {
    JsonArrayBuilder patch = Documents.JSON.createArrayBuilder();
    JsonObject add = json("{'op':'add','path':'/a/0','value':1}");
    for (int i = 0; i < 10_000; i++) {
      patch.add(add);
    }
    JsonValue most = patch.build();
    JsonObject object = json("{'a':[]}");
    assertThat(Patches.jsonPatch(WIDGET, object, most).getJsonArray("a")).hasSize(10_000);
    JsonValue more = Documents.JSON.createArrayBuilder(most.asJsonArray()).add(add).build();
    assertThat(refusal(() -> Patches.jsonPatch(WIDGET, object, more)).code()).isEqualTo(413);
  }

  @Test
  void copiesThatDoubleAtEveryStepAreStopped() {
    JsonArrayBuilder patch = Documents.JSON.createArrayBuilder();
    for (int i = 0; i < 64; i++) {
      patch.add(json("{'op':'copy','from':'/a','path':'/a/-'}"));
    }
    JsonValue doubling = patch.build();
    JsonObject object = json("{'a':['0123456789']}");
    assertThat(refusal(() -> Patches.jsonPatch(WIDGET, object, doubling)).code()).isEqualTo(413);
  }

  @Test
  void whatGrowsTooDeepIsStopped() {
    JsonArrayBuilder patch = Documents.JSON.createArrayBuilder();
    for (int i = 0; i < 1_001; i++) {
      patch.add(json("{'op':'add','path':'/b','value':{}}"));
      patch.add(json("{'op':'move','from':'/a','path':'/b/a'}"));
      patch.add(json("{'op':'move','from':'/b','path':'/a'}"));
    }
    JsonValue deep = patch.build();
    assertThat(refusal(() -> Patches.jsonPatch(WIDGET, json("{'a':{}}"), deep)).code())
        .isEqualTo(413);
  }

  @Test
  void theObjectGivenStaysAsItWas() {
    JsonObject object = json("{'a':{'b':[1]}}");
    JsonValue patch = value("[{'op':'add','path':'/a/b/-','value':2}]");
    assertThat(Patches.jsonPatch(WIDGET, object, patch)).isEqualTo(json("{'a':{'b':[1,2]}}"));
    assertThat(object).isEqualTo(json("{'a':{'b':[1]}}"));
  }

  @Provide
  Arbitrary<JsonObject> objects() {
    return MergePatchTest.objects(Arbitraries.of("a", "b", "c/d", "e~f"), 3);
  }

  @Property
  void theDifferenceOfTwoObjectsLeadsFromOneToTheOther(
      @ForAll("objects") JsonObject from, @ForAll("objects") JsonObject to) {
    JsonPatch difference = Documents.JSON.createDiff(from, to);
    assertThat(Patches.jsonPatch(WIDGET, from, difference.toJsonArray())).isEqualTo(to);
  }
}
