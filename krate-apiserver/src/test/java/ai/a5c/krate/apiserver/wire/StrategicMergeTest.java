package ai.a5c.krate.apiserver.wire;

import static ai.a5c.krate.apiserver.wire.Samples.json;
import static ai.a5c.krate.apiserver.wire.Samples.refusal;
import static ai.a5c.krate.apiserver.wire.Samples.value;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.apiserver.kind.Schema;
import ai.a5c.krate.apiserver.kind.Schema.ListType;
import ai.a5c.krate.apiserver.kind.Schema.Property;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrategicMergeTest {
  private static final Schema ANY = new Schema.AnySchema("");
  private static final Schema.ObjectSchema SCHEMA =
      object(
          Map.of(
              "data", new Schema.MapSchema("", ANY, 100),
              "ports",
                  list(
                      ListType.MAP,
                      List.of("name"),
                      object(Map.of("hosts", list(ListType.SET, List.of(), ANY)))),
              "pairs", list(ListType.MAP, List.of("a", "b"), ANY),
              "tags", list(ListType.SET, List.of(), ANY),
              "rules", list(ListType.ATOMIC, List.of(), ANY)));

  private static Schema.ObjectSchema object(Map<String, Schema> members) {
    Map<String, Property> properties = new TreeMap<>();
    members.forEach((n, s) -> properties.put(n, new Property(s, false, null, false, false)));
    return new Schema.ObjectSchema("", properties);
  }

  private static Schema list(ListType type, List<String> keys, Schema items) {
    return new Schema.ListSchema("", items, type, keys, 0, 100);
  }

  private static JsonObject merged(String object, String patch) {
    return Patches.strategicMerge(SCHEMA, json(object), value(patch));
  }

  private static void assertMerged(String object, String patch, String expected) {
    assertThat(merged(object, patch)).isEqualTo(json(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'data':{'a':'1','b':'2'}} | {'data':{'a':'3','c':'4'}}"
            + " | {'data':{'a':'3','b':'2','c':'4'}}",
        "{'data':{'a':'1','b':'2'}} | {'data':{'a':null,'z':null}} | {'data':{'b':'2'}}",
        "{'data':{'a':'1'}} | {'data':null} | {}",
        "{} | {'data':{'a':'1','b':null}} | {'data':{'a':'1'}}",
        "{'x':'text'} | {'x':{'a':1,'b':null}} | {'x':{'a':1}}",
        "{'x':{'a':1}} | {'x':'text'} | {'x':'text'}",
        "{'metadata':{'labels':{'a':'1','b':'2'}}}"
            + " | {'metadata':{'labels':{'a':null,'c':'3'}}}"
            + " | {'metadata':{'labels':{'b':'2','c':'3'}}}"
      })
  void mapsAreMergedAndNullDeletes(String object, String patch, String expected) {
    assertMerged(object, patch, expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'data':{'a':'1','b':'2'}} | {'data':{'$patch':'replace','c':'3'}} | {'data':{'c':'3'}}",
        "{'data':{'a':'1'}} | {'data':{'$patch':'replace'}} | {'data':{}}",
        "{'data':{'a':'1'}} | {'data':{'$patch':'delete'}} | {'data':{}}",
        "{'data':{'a':'1'}} | {'data':{'$patch':'merge','b':'2'}} | {'data':{'a':'1','b':'2'}}",
        "{'x':{'a':1,'b':2,'c':3}} | {'x':{'$retainKeys':['a','d'],'d':4}} | {'x':{'a':1,'d':4}}",
        "{'x':{'a':1,'b':2}} | {'x':{'$retainKeys':['a'],'b':null}} | {'x':{'a':1}}",
        "{} | {'x':{'$patch':'replace','y':{'$patch':'merge','a':1}}} | {'x':{'y':{'a':1}}}"
      })
  void directivesSayWhatBecomesOfAMap(String object, String patch, String expected) {
    assertMerged(object, patch, expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'rules':[1,2]} | {'rules':[3]} | {'rules':[3]}",
        "{'unknown':[{'name':'a'}]} | {'unknown':[{'name':'b'}]} | {'unknown':[{'name':'b'}]}",
        "{'rules':[1]} | {'rules':null} | {}"
      })
  void listsThatAreOneValueAreReplaced(String object, String patch, String expected) {
    assertMerged(object, patch, expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'tags':['a','b']} | {'tags':['b','c']} | {'tags':['a','b','c']}",
        "{'tags':['a','b','c']} | {'$deleteFromPrimitiveList/tags':['b','x']}"
            + " | {'tags':['a','c']}",
        "{'tags':['a','b']} | {'tags':['c'],'$deleteFromPrimitiveList/tags':['a']}"
            + " | {'tags':['b','c']}",
        "{'tags':['a','b','c']} | {'$setElementOrder/tags':['c','a','b']}"
            + " | {'tags':['c','a','b']}",
        "{'tags':['a','b']} | {'tags':['c'],'$setElementOrder/tags':['c','a','b']}"
            + " | {'tags':['c','a','b']}",
        "{'tags':['a','x','b']} | {'$setElementOrder/tags':['b','a']} | {'tags':['x','b','a']}",
        "{'tags':['a','x','b']} | {'$setElementOrder/tags':['a','b']} | {'tags':['a','x','b']}",
        "{'tags':['a']} | {'tags':['b'],'$deleteFromPrimitiveList/tags':['b'],"
            + "'$setElementOrder/tags':['a']} | {'tags':['a']}",
        "{} | {'tags':['a','a']} | {'tags':['a']}",
        "{} | {'$deleteFromPrimitiveList/tags':['a']} | {}",
        "{'metadata':{'finalizers':['x']}} | {'metadata':{'finalizers':['y']}}"
            + " | {'metadata':{'finalizers':['x','y']}}",
        "{'metadata':{'finalizers':['x','y']}}"
            + " | {'metadata':{'$deleteFromPrimitiveList/finalizers':['x']}}"
            + " | {'metadata':{'finalizers':['y']}}"
      })
  void setsAreUnited(String object, String patch, String expected) {
    assertMerged(object, patch, expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'ports':[{'name':'a','n':1},{'name':'b','n':2}]} | {'ports':[{'name':'b','n':3}]}"
            + " | {'ports':[{'name':'a','n':1},{'name':'b','n':3}]}",
        "{'ports':[{'name':'a','n':1,'p':'x'}]} | {'ports':[{'name':'a','p':null}]}"
            + " | {'ports':[{'name':'a','n':1}]}",
        "{'ports':[{'name':'a'}]} | {'ports':[{'name':'b','n':2,'p':null}]}"
            + " | {'ports':[{'name':'a'},{'name':'b','n':2}]}",
        "{'ports':[{'name':'a'},{'name':'b'}]} | {'ports':[{'name':'a','$patch':'delete'}]}"
            + " | {'ports':[{'name':'b'}]}",
        "{'ports':[{'name':'b'}]} | {'ports':[{'name':'a','$patch':'delete'}]}"
            + " | {'ports':[{'name':'b'}]}",
        "{'ports':[{'name':'a'},{'name':'b'}]}"
            + " | {'ports':[{'$patch':'replace'},{'name':'c','n':1}]}"
            + " | {'ports':[{'name':'c','n':1}]}",
        "{'ports':[{'name':'a'},{'name':'b'}]} | {'ports':[{'$patch':'replace'}]} | {'ports':[]}",
        "{'ports':[{'name':'a','hosts':['x']}]} | {'ports':[{'name':'a','hosts':['y']}]}"
            + " | {'ports':[{'name':'a','hosts':['x','y']}]}",
        "{'pairs':[{'a':1,'b':1,'v':1},{'a':1,'b':2,'v':1}]} | {'pairs':[{'a':1,'b':2,'v':9}]}"
            + " | {'pairs':[{'a':1,'b':1,'v':1},{'a':1,'b':2,'v':9}]}",
        "{} | {'ports':[{'name':'a','$patch':'merge'}]} | {'ports':[{'name':'a'}]}",
        "{'metadata':{'ownerReferences':[{'uid':'1','name':'x'},{'uid':'2','name':'y'}]}}"
            + " | {'metadata':{'ownerReferences':[{'uid':'1','$patch':'delete'},{'uid':'3'}]}}"
            + " | {'metadata':{'ownerReferences':[{'uid':'2','name':'y'},{'uid':'3'}]}}"
      })
  void listsWithKeysAreMergedItemByItem(String object, String patch, String expected) {
    assertMerged(object, patch, expected);
  }

  @Test
  void anOrderPutsNewItemsAmongOldOnes() {
    assertMerged(
        "{'ports':[{'name':'a'},{'name':'b'}]}",
        """
        {'$setElementOrder/ports':[{'name':'c'},{'name':'b'},{'name':'a'}],
         'ports':[{'name':'c','n':3}]}\
        """,
        "{'ports':[{'name':'c','n':3},{'name':'b'},{'name':'a'}]}");
  }

  @Test
  void itemsThatOnlyTheServerKnowsStayBehindThoseBeforeThem() {
    assertMerged(
        "{'ports':[{'name':'a'},{'name':'s'},{'name':'b'},{'name':'t'}]}",
        """
        {'$setElementOrder/ports':[{'name':'a'},{'name':'b'},{'name':'n'}],
         'ports':[{'name':'n'}]}\
        """,
        "{'ports':[{'name':'a'},{'name':'s'},{'name':'b'},{'name':'t'},{'name':'n'}]}");
  }

  @Test
  void anItemThatIsDeletedMayStandInTheOrder() {
    assertMerged(
        "{'ports':[{'name':'a'},{'name':'b'}]}",
        """
        {'$setElementOrder/ports':[{'name':'b'},{'name':'a'}],
         'ports':[{'name':'a','$patch':'delete'}]}\
        """,
        "{'ports':[{'name':'b'}]}");
  }

  @Test
  void whatKubectlSendsForAChangedSecret() {
    assertMerged(
        """
        {'apiVersion':'v1','kind':'Secret','metadata':{'name':'s','annotations':{
         'kubectl.kubernetes.io/last-applied-configuration':'old'}},'data':{'a':'MQ==','b':'Mg=='},
         'type':'Opaque'}\
        """,
        """
        {'data':{'a':'Mw==','b':null},'metadata':{'annotations':{
         'kubectl.kubernetes.io/last-applied-configuration':'new'}}}\
        """,
        """
        {'apiVersion':'v1','kind':'Secret','metadata':{'name':'s','annotations':{
         'kubectl.kubernetes.io/last-applied-configuration':'new'}},'data':{'a':'Mw=='},
         'type':'Opaque'}\
        """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{'data':{'$patch':'explode'}}",
        "{'data':{'$patch':1}}",
        "{'ports':[{'n':1}]}",
        "{'ports':['a']}",
        "{'ports':[{'name':'a','$patch':'explode'}]}",
        "{'$deleteFromPrimitiveList/tags':'a'}",
        "{'tags':['c'],'$setElementOrder/tags':['a']}",
        "{'$setElementOrder/tags':{}}",
        "{'ports':[],'$deleteFromPrimitiveList/ports':['a']}",
        "{'rules':[1],'$setElementOrder/rules':[1]}",
        "{'x':{'$retainKeys':'a'}}",
        "{'x':{'$retainKeys':[1]}}",
        "{'x':{'$retainKeys':['a'],'b':1}}"
      })
  void aMalformedPatchIsABadRequest(String patch) {
    assertThat(refusal(() -> merged("{'tags':['a'],'rules':[1]}", patch)).code()).isEqualTo(400);
  }

  @Provide
  Arbitrary<JsonObject> objects() {
    return MergePatchTest.objects(Arbitraries.of("a", "b", "c"), 3);
  }

  @net.jqwik.api.Property
  void withoutSchemaAndDirectivesItIsAMergePatch(
      @ForAll("objects") JsonObject object,
      @ForAll("objects") JsonObject a,
      @ForAll("objects") JsonObject b) {
    JsonValue patch = Documents.JSON.createMergeDiff(a, b).toJsonValue();
    assertThat(Patches.strategicMerge(SCHEMA, object, patch))
        .isEqualTo(Patches.mergePatch(object, patch));
  }
}
