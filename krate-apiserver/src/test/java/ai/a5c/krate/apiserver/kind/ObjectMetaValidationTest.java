package ai.a5c.krate.apiserver.kind;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.core.Namespace;
import ai.a5c.krate.api.core.SelfSubjectReview;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.problem.FieldError;
import jakarta.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectMetaValidationTest {
  private static final Kind WIDGET = KindReader.read(Widget.class);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'name':'web-1.example'",
        "'generateName':'web-'",
        "'name':'a','labels':{'app':'','example.org/x_Y.z':'A-b_c.9'}",
        "'name':'a','annotations':{'Example.ORG/note':'any\\ntext'}",
        "'name':'a','finalizers':['orphan','example.org/clean']",
        "'name':'a','ownerReferences':[{'apiVersion':'v1','kind':'K','name':'n','uid':'u','controller':true}]"
      })
  void whatIsWellFormedIsAccepted(String metadata) {
    assertThat(ObjectMetaValidation.errors(WIDGET, object(metadata))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'name':'Web' -> metadata.name",
        "'name':'-a' -> metadata.name",
        "'name':'a..b' -> metadata.name",
        "'namespace':'a' -> metadata.name",
        "'generateName':'Web-' -> metadata.generateName",
        "'name':'a','namespace':'a.b' -> metadata.namespace",
        "'name':'a','labels':{'/x':'y'} -> metadata.labels",
        "'name':'a','labels':{'x':'y z'} -> metadata.labels",
        "'name':'a','labels':{'x':5} -> metadata.labels[x]",
        "'name':'a','labels':[] -> metadata.labels",
        "'name':'a','annotations':{'a b':'y'} -> metadata.annotations",
        "'name':'a','finalizers':['a b'] -> metadata.finalizers",
        "'name':'a','finalizers':['orphan','foregroundDeletion'] -> metadata.finalizers",
        "'name':'a','ownerReferences':[{'apiVersion':'v1','kind':'K','name':'n'}]"
            + " -> metadata.ownerReferences[0].uid",
        "'name':'a','creationTimestamp':'now' -> metadata.creationTimestamp"
      })
  void whatIsNotIsRefusedAtItsField(String example) {
    String[] parts = example.split(" -> ");
    assertThat(ObjectMetaValidation.errors(WIDGET, object(parts[0])))
        .extracting(FieldError::field)
        .containsExactly(parts[1]);
  }

  @Test
  void namesLabelsAndAnnotationsHaveTheirLongest() {
    assertThat(errors("'name':'" + "a".repeat(253) + "'")).isEmpty();
    assertThat(errors("'name':'" + "a".repeat(254) + "'")).hasSize(1);
    assertThat(errors("'name':'a','labels':{'" + "k".repeat(63) + "':'" + "v".repeat(63) + "'}"))
        .isEmpty();
    assertThat(errors("'name':'a','labels':{'" + "k".repeat(64) + "':'" + "v".repeat(64) + "'}"))
        .hasSize(2);
    assertThat(errors("'name':'a','annotations':{'k':'" + "v".repeat(262_143) + "'}")).isEmpty();
    assertThat(errors("'name':'a','annotations':{'k':'" + "v".repeat(262_144) + "'}"))
        .containsExactly(
            new FieldError(
                FieldError.Reason.TOO_LONG,
                "metadata.annotations",
                "Too long: may not be more than 262144 bytes"));
  }

  @Test
  void oneOwnerAtMostIsTheController() {
    String owner = "{'apiVersion':'v1','kind':'K','name':'n%s','uid':'u%s','controller':true}";
    String owners = owner.replace("%s", "1") + "," + owner.replace("%s", "2");
    assertThat(errors("'name':'a','ownerReferences':[" + owners + "]"))
        .extracting(FieldError::message)
        .containsExactly(
            "Invalid value: [K/n1, K/n2]: only one reference can have controller set to true");
  }

  @Test
  void anOwnerThatStandsTwiceIsKeptOnceWithAWarning() {
    String owner = "{'apiVersion':'v1','kind':'K','name':'n','uid':'u'}";
    JsonObject twice = object("'name':'a','ownerReferences':[" + owner + "," + owner + "]");
    var result = ObjectMetaValidation.withoutDuplicateOwners(twice);
    assertThat(result.object()).isEqualTo(object("'name':'a','ownerReferences':[" + owner + "]"));
    assertThat(result.warnings()).hasSize(1).first().asString().contains("UID u");
    assertThat(ObjectMetaValidation.withoutDuplicateOwners(result.object()).warnings()).isEmpty();
  }

  @Test
  void scopeDecidesWhetherThereIsANamespace() {
    Kind namespace = KindReader.read(Namespace.class);
    assertThat(ObjectMetaValidation.errors(namespace, object("'name':'a','namespace':'b'")))
        .extracting(FieldError::field)
        .containsExactly("metadata.namespace");
  }

  @Test
  void aReviewNeedsNoName() {
    Kind review = KindReader.read(SelfSubjectReview.class);
    assertThat(ObjectMetaValidation.errors(review, object(""))).isEmpty();
  }

  @Test
  void whatTheServerHasGivenDoesNotChange() {
    JsonObject stored = object("'name':'a','uid':'u','creationTimestamp':'2026-01-01T00:00:00Z'");
    assertThat(ObjectMetaValidation.changes(stored, object("'name':'a','labels':{'x':'y'}")))
        .isEmpty();
    assertThat(ObjectMetaValidation.changes(stored, object("'name':'b','uid':'v'")))
        .containsExactly(
            FieldError.invalid("metadata.name", "b", "field is immutable"),
            FieldError.invalid("metadata.uid", "v", "field is immutable"));
    assertThat(
            ObjectMetaValidation.changes(
                stored, object("'name':'a','deletionTimestamp':'2026-01-01T00:00:00Z'")))
        .extracting(FieldError::field)
        .containsExactly("metadata.deletionTimestamp");
  }

  @Test
  void noFinalizerIsAddedToWhatIsBeingDeleted() {
    String deleted = "'name':'a','deletionTimestamp':'2026-01-01T00:00:00Z','finalizers':";
    JsonObject stored = object(deleted + "['a/x','a/y']");
    assertThat(ObjectMetaValidation.changes(stored, object(deleted + "['a/y']"))).isEmpty();
    assertThat(ObjectMetaValidation.changes(stored, object(deleted + "['a/y','a/z']")))
        .extracting(e -> e.reason().wireName(), FieldError::field)
        .containsExactly(
            org.assertj.core.api.Assertions.tuple("FieldValueForbidden", "metadata.finalizers"));
  }

  private static List<FieldError> errors(String metadata) {
    return ObjectMetaValidation.errors(WIDGET, object(metadata));
  }

  private static JsonObject object(String metadata) {
    String text = "{'metadata':{" + metadata + "}}";
    return Json.parse(Bytes.utf8(text.replace('\'', '"')), 1 << 20).object();
  }
}
