package ai.a5c.krate.apiserver.kind;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.core.Secret;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.FieldError;
import jakarta.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaValidationTest {
  private static final Kind WIDGET = KindReader.read(Widget.class);

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "{}                       # FieldValueRequired     # spec.title # Required value",
        "{'title':''}             # FieldValueInvalid      # spec.title"
            + " # Invalid value: \"\": spec.title in body should be at least 1 chars long",
        "{'title':'  '}           # FieldValueInvalid      # spec.title # Invalid value: \"  \":"
            + " spec.title in body should match '^([\\s\\S]*\\S[\\s\\S]*)$'",
        "{'title':'123456789012345678901'} # FieldValueTooLong # spec.title"
            + " # Too long: may not be more than 20 characters",
        "{'title':5}              # FieldValueTypeInvalid  # spec.title # Invalid value:"
            + " \"integer\": spec.title in body must be of type string: \"integer\"",
        "{'title':'t','colour':'Green'} # FieldValueNotSupported # spec.colour"
            + " # Unsupported value: \"Green\": supported values: \"DarkRed\", \"Blue\"",
        "{'title':'t','count':0}  # FieldValueInvalid      # spec.count"
            + " # Invalid value: 0: spec.count in body should be greater than or equal to 1",
        "{'title':'t','count':10} # FieldValueInvalid      # spec.count"
            + " # Invalid value: 10: spec.count in body should be less than or equal to 9",
        "{'title':'t','count':1.5} # FieldValueTypeInvalid # spec.count # Invalid value:"
            + " \"number\": spec.count in body must be of type integer: \"number\"",
        "{'title':'t','weight':1e30} # FieldValueTypeInvalid # spec.weight # Invalid value:"
            + " \"number\": spec.weight in body must be of type integer: \"number\"",
        "{'title':'t','broken':'yes'} # FieldValueTypeInvalid # spec.broken # Invalid value:"
            + " \"string\": spec.broken in body must be of type boolean: \"string\"",
        "{'title':'t','lasts':'long'} # FieldValueInvalid # spec.lasts # Invalid value:"
            + " \"long\": spec.lasts in body must be of type duration: \"long\"",
        "{'title':'t','made':'today'} # FieldValueInvalid # spec.made # Invalid value:"
            + " \"today\": spec.made in body must be of type date-time: \"today\"",
        "{'title':'t','picture':'a'} # FieldValueInvalid # spec.picture # Invalid value:"
            + " \"a\": spec.picture in body must be of type byte: \"a\"",
        "{'title':'t','words':['a','b','a']} # FieldValueDuplicate # spec.words[2]"
            + " # Duplicate value: \"a\"",
        "{'title':'t','words':['a','b','c','d']} # FieldValueTooMany # spec.words"
            + " # Too many: 4: must have at most 3 items",
        "{'title':'t','words':['A']} # FieldValueInvalid # spec.words[0]"
            + " # Invalid value: \"A\": spec.words[0] in body should match '^([a-z]+)$'",
        "{'title':'t','words':'a'} # FieldValueTypeInvalid # spec.words # Invalid value:"
            + " \"string\": spec.words in body must be of type array: \"string\"",
        "{'title':'t','parts':[{'name':'p'},{'name':'p','count':2}]} # FieldValueDuplicate"
            + " # spec.parts[1] # Duplicate value: {\"name\":\"p\"}",
        "{'title':'t','parts':[{}]} # FieldValueRequired # spec.parts[0].name # Required value",
        "{'title':'t','notes':{'a':'123456'}} # FieldValueTooLong # spec.notes[a]"
            + " # Too long: may not be more than 5 characters",
        "{'title':'t','notes':{'a':'1','b':'2','c':'3'}} # FieldValueTooMany # spec.notes"
            + " # Too many: 3: must have at most 2 items",
        "{'title':'t','extra':[]} # FieldValueTypeInvalid # spec.extra # Invalid value:"
            + " \"array\": spec.extra in body must be of type object: \"array\"",
      })
  void eachFaultIsToldInKubernetesWords(String spec, String reason, String field, String message) {
    assertThat(SchemaValidation.errors(WIDGET, widget(spec)))
        .extracting(e -> e.reason().wireName(), FieldError::field, FieldError::message)
        .containsExactly(org.assertj.core.api.Assertions.tuple(reason, field, message));
  }

  @Test
  void whatIsRightHasNoErrors() {
    String spec =
        "{'title':'t','colour':'Blue','count':9,'weight':12345678901,'broken':true,'lasts':'1h',"
            + "'made':'2026-01-02T03:04:05.678+01:00','words':['a'],'notes':{'a':'b'},"
            + "'picture':'aGk=','extra':{'a':1},'place':{'shelf':-1}}";
    assertThat(SchemaValidation.errors(WIDGET, widget(spec))).isEmpty();
  }

  @Test
  void anObjectWithoutSpecMissesIt() {
    assertThat(SchemaValidation.errors(WIDGET, Json.object().build()))
        .containsExactly(FieldError.required("spec", ""));
  }

  @Test
  void aThousandFaultsAreNotAllTold() {
    var tries = Json.array();
    for (int i = 0; i < 256; i++) {
      tries.add(Json.object().add("code", "x"));
    }
    var object = widgetWith("{'title':'t'}", Json.object().add("tries", tries).build());
    assertThat(SchemaValidation.errors(WIDGET, object)).hasSize(100);
  }

  @Test
  void aRefusedValueOfASealedKindIsNotRepeated() {
    Kind secret = KindReader.read(Secret.class);
    var object = object("{'data':{'key':'hunter2'},'immutable':'hunter2'}");
    assertThat(SchemaValidation.errors(secret, object))
        .hasSize(2)
        .noneMatch(e -> e.message().contains("hunter2"));
    var stored = object("{'type':'hunter1'}");
    assertThat(SchemaValidation.changes(secret, stored, object("{'type':'hunter2'}")))
        .extracting(FieldError::message)
        .containsExactly("Invalid value: \"***\": field is immutable");
  }

  @Test
  void anImmutableFieldKeepsItsValue() {
    var stored = widget("{'title':'t','box':'a'}");
    assertThat(SchemaValidation.changes(WIDGET, stored, widget("{'title':'u','box':'a'}")))
        .isEmpty();
    assertThat(SchemaValidation.changes(WIDGET, stored, widget("{'title':'t','box':'b'}")))
        .containsExactly(FieldError.invalid("spec.box", "b", "field is immutable"));
    assertThat(SchemaValidation.changes(WIDGET, stored, widget("{'title':'t'}"))).hasSize(1);
    assertThat(SchemaValidation.changes(WIDGET, widget("{}"), stored)).hasSize(1);
  }

  @Test
  void whatTheServerOwnsIsNotWrittenThroughStatus() {
    var stored = widgetWith("{}", object("{'number':1,'maker':{'name':'ada'}}"));
    assertThat(
            SchemaValidation.serverOwnedChanges(
                WIDGET,
                stored,
                widgetWith("{}", object("{'number':1,'maker':{'name':'ada'},'tries':[]}"))))
        .isEmpty();
    assertThat(
            SchemaValidation.serverOwnedChanges(
                WIDGET, stored, widgetWith("{}", object("{'number':2,'maker':{'name':'bob'}}"))))
        .extracting(FieldError::field)
        .containsExactly("status.number", "status.maker");
    assertThat(SchemaValidation.serverOwnedChanges(WIDGET, stored, widget("{}")))
        .extracting(e -> e.reason().wireName())
        .containsExactly("FieldValueForbidden", "FieldValueForbidden");
  }

  private static JsonObject widget(String spec) {
    return Json.object().add("spec", object(spec)).build();
  }

  private static JsonObject widgetWith(String spec, JsonObject status) {
    return Json.object().add("spec", object(spec)).add("status", status).build();
  }

  private static JsonObject object(String text) {
    return Json.parse(Bytes.utf8(text.replace('\'', '"')), 1 << 16).object();
  }
}
