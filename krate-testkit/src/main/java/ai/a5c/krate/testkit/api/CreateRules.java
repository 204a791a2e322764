package ai.a5c.krate.testkit.api;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Uid;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A1.1 to A1.29: how objects come to be, and how one is read. */
public interface CreateRules {
  ApiBench bench();

  @Test
  @DisplayName("A1.1 create answers 201 with the object and what the server gave it")
  default void a1_1() {
    Reply created = bench().post(bench().collection(), bench().object("a")).is(201);

    assertThat(created.text("kind")).isEqualTo(bench().kind().kind());
    assertThat(created.text("apiVersion")).isEqualTo(bench().kind().apiVersion());
    assertThat(created.text("metadata/name")).isEqualTo("a");
    assertThat(created.text("metadata/namespace")).isEqualTo(bench().namespace());
    assertThat(Uid.of(created.text("metadata/uid"))).isNotNull();
    assertThat(created.resourceVersion()).matches("[1-9][0-9]*");
    assertThat(created.number("metadata/generation")).isEqualTo(1);
    String time = created.text("metadata/creationTimestamp");
    assertThat(time).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
    assertThat(Instant.parse(time)).isBeforeOrEqualTo(Instant.now().plusSeconds(300));
  }

  @Test
  @DisplayName("A1.2 get gives what create answered")
  default void a1_2() {
    JsonObject created = bench().created("a");

    assertThat(bench().stored("a")).isEqualTo(created);
  }

  @Test
  @DisplayName("A1.3 a client cannot choose what the server writes")
  default void a1_3() {
    JsonObject sent = bench().object("a");
    String uid = "11111111-2222-4333-8444-555555555555";
    sent = Json.with(sent, "metadata/uid", uid);
    sent = Json.with(sent, "metadata/creationTimestamp", "2001-01-01T00:00:00Z");
    sent = Json.with(sent, "metadata/deletionTimestamp", "2001-01-01T00:00:00Z");
    sent = Json.with(sent, "metadata/selfLink", "/somewhere");
    sent = Json.with(sent, "metadata/generation", Json.parse("{\"n\":7}").get("n"));
    sent = Json.with(sent, "status", bench().kind().status());

    JsonObject created = bench().created(sent);

    assertThat(Json.text(created, "metadata/uid")).isNotEqualTo(uid);
    assertThat(Json.text(created, "metadata/creationTimestamp"))
        .isNotEqualTo("2001-01-01T00:00:00Z");
    assertThat(created.getJsonObject("metadata"))
        .doesNotContainKeys("deletionTimestamp", "selfLink");
    assertThat(Json.number(created, "metadata/generation")).isEqualTo(1);
    assertThat(created.get("status")).isNotEqualTo(bench().kind().status());
  }

  @Test
  @DisplayName("A1.4 a taken name is 409 AlreadyExists")
  default void a1_4() {
    JsonObject first = bench().created("a");

    Reply second = bench().post(bench().collection(), bench().object("a"));

    second.refuses(409, "AlreadyExists");
    assertThat(second.text("details/name")).isEqualTo("a");
    assertThat(second.text("details/kind")).isEqualTo(bench().kind().plural());
    assertThat(second.text("details/group")).isEqualTo(bench().kind().group());
    assertThat(bench().stored("a")).isEqualTo(first);
  }

  @Test
  @DisplayName("A1.5 names are unique in their namespace only")
  default void a1_5() {
    bench().created("a");

    bench().post(bench().kind().collection(bench().otherNamespace()), bench().object("a")).is(201);
  }

  @Test
  @DisplayName("A1.6 create with a resourceVersion is refused")
  default void a1_6() {
    JsonObject sent = Json.with(bench().object("a"), "metadata/resourceVersion", "7");

    assertThat(bench().post(bench().collection(), sent).status()).isBetween(400, 500);
    bench().get(bench().path("a")).refuses(404, "NotFound");
  }

  @Test
  @DisplayName("A1.7 a namespace other than the path's is 400")
  default void a1_7() {
    JsonObject sent =
        Json.with(bench().object("a"), "metadata/namespace", bench().otherNamespace());

    bench().post(bench().collection(), sent).refuses(400, "BadRequest");
  }

  @Test
  @DisplayName("A1.8 a namespace that does not exist is 404, and says which")
  default void a1_8() {
    Reply refused =
        bench().post(bench().kind().collection("there-is-no-such"), bench().object("a"));

    refused.refuses(404, "NotFound");
    assertThat(refused.text("details/name")).isEqualTo("there-is-no-such");
    assertThat(refused.text("details/kind")).isEqualTo("namespaces");
  }

  @Test
  @DisplayName("A1.9 generateName is completed by five characters, others each time")
  default void a1_9() {
    JsonObject sent = Json.with(bench().nameless(), "metadata/generateName", "some-");

    String one = Json.text(bench().created(sent), "metadata/name");
    String other = Json.text(bench().created(sent), "metadata/name");

    assertThat(List.of(one, other))
        .allMatch(name -> name.matches("some-[bcdfghjklmnpqrstvwxz2456789]{5}"))
        .doesNotHaveDuplicates();
    assertThat(Json.text(bench().stored(one), "metadata/generateName")).isEqualTo("some-");
  }

  @Test
  @DisplayName("A1.10 without a name and a prefix it is 422")
  default void a1_10() {
    bench()
        .post(bench().collection(), bench().nameless())
        .refuses(422, "Invalid")
        .about("metadata.name");
  }

  @Test
  @DisplayName("A1.11 a malformed name is 422")
  default void a1_11() {
    bench()
        .post(bench().collection(), bench().object("Not_A_Name"))
        .refuses(422, "Invalid")
        .about("metadata.name");
  }

  @Test
  @DisplayName("A1.12 what is not there is 404, with name and plural")
  default void a1_12() {
    Reply missing = bench().get(bench().path("nobody"));

    missing.refuses(404, "NotFound");
    assertThat(missing.text("details/name")).isEqualTo("nobody");
    assertThat(missing.text("details/kind")).isEqualTo(bench().kind().plural());
  }

  @Test
  @DisplayName("A1.13 a spec that the schema refuses is 422 with causes, and its kind")
  default void a1_13() {
    JsonObject sent =
        Json.object(bench().object("a")).add("spec", bench().kind().invalidSpec()).build();

    Reply refused = bench().post(bench().collection(), sent);

    refused.refuses(422, "Invalid");
    assertThat(refused.text("details/kind")).isEqualTo(bench().kind().kind());
    assertThat(Json.objects(refused.body(), "details/causes"))
        .isNotEmpty()
        .allSatisfy(cause -> assertThat(Json.text(cause, "field")).startsWith("spec"))
        .allSatisfy(cause -> assertThat(Json.text(cause, "reason")).startsWith("FieldValue"));
  }

  @Test
  @DisplayName("A1.14 malformed labels, annotations, finalizers and owners are 422")
  default void a1_14() {
    String collection = bench().collection();
    JsonObject a = bench().object("a");
    JsonObject owner = Json.parse("{\"list\":[{\"kind\":\"X\"}]}");

    bench()
        .post(collection, Json.with(a, "metadata/labels/app", "not valid!"))
        .refuses(422, "Invalid")
        .about("metadata.labels");
    bench()
        .post(collection, Json.with(a, "metadata/annotations/no good", "x"))
        .refuses(422, "Invalid")
        .about("metadata.annotations");
    bench().post(collection, Json.with(a, "metadata/finalizers", Json.texts("no good"))).is(422);
    bench().post(collection, Json.with(a, "metadata/ownerReferences", owner.get("list"))).is(422);
  }

  @Test
  @DisplayName("A1.15 an unknown field is pruned; Warn warns, Strict refuses with 400")
  default void a1_15() {
    String collection = bench().collection();
    JsonObject sent = Json.with(bench().object("a"), "spec/surprise", "yes");

    bench().post(collection + "?fieldValidation=Strict", sent).refuses(400, "BadRequest");
    Reply warned = bench().post(collection, sent).is(201);
    Reply ignored =
        bench()
            .post(collection + "?fieldValidation=Ignore", Json.with(sent, "metadata/name", "b"))
            .is(201);

    assertThat(warned.text("spec/surprise")).isEmpty();
    assertThat(warned.headers().all("Warning"))
        .singleElement()
        .asString()
        .startsWith("299 - \"")
        .contains("spec.surprise");
    assertThat(ignored.text("spec/surprise")).isEmpty();
    assertThat(ignored.headers().all("Warning")).isEmpty();
  }

  @Test
  @DisplayName("A1.16 a duplicate field is refused by Strict")
  default void a1_16() {
    String body = bench().object("a").toString();
    String doubled = body.replaceFirst("\\{", "{\"kind\":\"" + bench().kind().kind() + "\",");

    bench()
        .send("POST", bench().collection() + "?fieldValidation=Strict", ApiBench.JSON, doubled)
        .refuses(400, "BadRequest");
    bench().send("POST", bench().collection(), ApiBench.JSON, doubled).is(201);
  }

  @Test
  @DisplayName("A1.17 a null creationTimestamp and other nulls say nothing")
  default void a1_17() {
    JsonObject sent =
        Json.with(
            bench().object("a"), "metadata/creationTimestamp", Json.parse("{\"n\":null}").get("n"));

    assertThat(Json.text(bench().created(sent), "metadata/creationTimestamp")).isNotEmpty();
  }

  @Test
  @DisplayName("A1.18 empty labels and annotations are left out")
  default void a1_18() {
    JsonObject sent = bench().object("a");
    sent = Json.with(sent, "metadata/labels", Json.object().build());
    sent = Json.with(sent, "metadata/annotations", Json.object().build());

    JsonObject created = bench().created(sent);
    assertThat(created.getJsonObject("metadata"))
        .doesNotContainKey("annotations")
        .doesNotContainEntry("labels", JsonValue.EMPTY_JSON_OBJECT);
    assertThat(bench().labels(created)).isEmpty();
  }

  @Test
  @DisplayName("A1.19 of concurrent creates of one name one wins")
  default void a1_19() throws Exception {
    List<Reply> replies =
        bench()
            .concurrently(
                8, number -> () -> bench().post(bench().collection(), bench().object("a")));

    assertThat(replies).filteredOn(reply -> reply.status() == 201).hasSize(1);
    assertThat(replies)
        .filteredOn(reply -> reply.status() != 201)
        .allSatisfy(reply -> reply.refuses(409, "AlreadyExists"));
  }

  @Test
  @DisplayName("A1.20 a body of another kind is refused")
  default void a1_20() {
    JsonObject sent = Json.with(bench().object("a"), "kind", "SomethingElse");

    assertThat(bench().post(bench().collection(), sent).status()).isIn(400, 422);
  }

  @Test
  @DisplayName("A1.21 owner references that stand twice are kept once, with a warning")
  default void a1_21() {
    String owner =
        "{\"apiVersion\":\"v1\",\"kind\":\"X\",\"name\":\"x\",\"uid\":\"11111111-2222-4333-8444-555555555555\"}";
    JsonObject sent =
        Json.with(
            bench().object("a"),
            "metadata/ownerReferences",
            Json.parse("{\"list\":[" + owner + "," + owner + "]}").get("list"));

    Reply created = bench().post(bench().collection(), sent).is(201);

    assertThat(Json.objects(created.body(), "metadata/ownerReferences")).hasSize(1);
    assertThat(created.headers().all("Warning")).hasSize(1);
  }
}
