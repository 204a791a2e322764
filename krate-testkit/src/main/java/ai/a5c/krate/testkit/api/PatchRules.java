package ai.a5c.krate.testkit.api;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A2: changes of a part. */
public interface PatchRules {
  ApiBench bench();

  @Test
  @DisplayName("A2.1 a merge patch replaces what it names, and null removes")
  default void a2_1() {
    bench().created(bench().labelled("a", "app", "x"));

    Reply patched =
        bench()
            .patch(
                bench().path("a"),
                "{\"metadata\":{\"labels\":{\"app\":null,\"tier\":\"y\"}},\"spec\":{\""
                    + bench().kind().text()
                    + "\":\"other\"}}");

    patched.is(200);
    assertThat(bench().labels(patched.body())).isEqualTo(Json.parse("{\"tier\":\"y\"}"));
    assertThat(bench().textOf(patched.body())).isEqualTo("other");
    assertThat(patched.number("metadata/generation")).isEqualTo(2);
    assertThat(bench().stored("a")).isEqualTo(patched.body());
  }

  @Test
  @DisplayName("A2.2 a JSON patch does all its operations, or none")
  default void a2_2() {
    JsonObject created = bench().created("a");
    String replace =
        "{\"op\":\"replace\",\"path\":\"/spec/" + bench().kind().text() + "\",\"value\":\"other\"}";
    String test = "{\"op\":\"test\",\"path\":\"/metadata/name\",\"value\":\"%s\"}";

    Reply failed = jsonPatch("[" + replace + "," + test.formatted("b") + "]");
    failed.refuses(422, "Invalid");
    assertThat(bench().stored("a")).isEqualTo(created);

    Reply done = jsonPatch("[" + test.formatted("a") + "," + replace + "]").is(200);
    assertThat(bench().textOf(done.body())).isEqualTo("other");
  }

  private Reply jsonPatch(String patch) {
    return bench().send("PATCH", bench().path("a"), ApiBench.JSON_PATCH, patch);
  }

  @Test
  @DisplayName("A2.3 a strategic merge patch is 415, so that clients take another")
  default void a2_3() {
    bench().created("a");

    Reply refused =
        bench().send("PATCH", bench().path("a"), "application/strategic-merge-patch+json", "{}");

    refused.refuses(415, "UnsupportedMediaType");
    assertThat(refused.text("message")).contains("application/merge-patch+json");
  }

  @Test
  @DisplayName("A2.4 a patch that names an older version is 409 Conflict")
  default void a2_4() {
    JsonObject created = bench().created("a");
    bench().patch(bench().path("a"), bench().text("one")).is(200);
    String stale =
        Json.with(
                Json.parse(bench().text("two")),
                "metadata/resourceVersion",
                Json.text(created, "metadata/resourceVersion"))
            .toString();

    bench().patch(bench().path("a"), stale).refuses(409, "Conflict");

    assertThat(bench().textOf(bench().stored("a"))).isEqualTo("one");
  }

  @Test
  @DisplayName("A2.5 a patch that changes nothing has no new resourceVersion")
  default void a2_5() {
    JsonObject created = bench().created("a");

    Reply same = bench().patch(bench().path("a"), bench().text(bench().textOf(created))).is(200);

    assertThat(same.body()).isEqualTo(created);
    assertThat(bench().patch(bench().path("a"), "{}").is(200).body()).isEqualTo(created);
    assertThat(bench().patch(bench().path("a"), "{\"metadata\":{\"labels\":{}}}").is(200).body())
        .isEqualTo(created);
  }

  @Test
  @DisplayName("A2.6 concurrent patches that name no version all succeed, and all are there")
  default void a2_6() throws Exception {
    bench().created("a");
    int count = 16;

    List<Reply> replies =
        bench()
            .concurrently(
                count,
                number ->
                    () ->
                        bench()
                            .patch(
                                bench().path("a"),
                                "{\"metadata\":{\"labels\":{\"w" + number + "\":\"x\"}}}"));

    assertThat(replies).allSatisfy(reply -> reply.is(200));
    assertThat(replies).extracting(Reply::resourceVersion).doesNotHaveDuplicates();
    assertThat(bench().labels(bench().stored("a"))).hasSize(count);
  }

  @Test
  @DisplayName("A2.7 a patch cannot change what the server writes")
  default void a2_7() {
    JsonObject created = bench().created("a");

    Reply patched =
        bench()
            .patch(
                bench().path("a"),
                "{\"metadata\":{\"generation\":99,\"creationTimestamp\":\"2001-01-01T00:00:00Z\","
                    + "\"selfLink\":\"/x\"}}");
    assertThat(patched.is(200).body()).isEqualTo(created);

    bench()
        .patch(
            bench().path("a"), "{\"metadata\":{\"uid\":\"11111111-2222-4333-8444-555555555555\"}}")
        .refuses(422, "Invalid")
        .about("metadata.uid");
    assertThat(bench().patch(bench().path("a"), "{\"metadata\":{\"name\":\"b\"}}").status())
        .isBetween(400, 499);
    assertThat(bench().stored("a")).isEqualTo(created);
  }

  @Test
  @DisplayName("A2.8 what is not there is 404")
  default void a2_8() {
    bench().patch(bench().path("nobody"), "{}").refuses(404, "NotFound");
  }

  @Test
  @DisplayName("A2.9 a malformed patch is 400")
  default void a2_9() {
    bench().created("a");

    bench().patch(bench().path("a"), "{\"spec\":").refuses(400, "BadRequest");
    bench().patch(bench().path("a"), "[]").refuses(400, "BadRequest");
    jsonPatch("{}").refuses(400, "BadRequest");
  }

  @Test
  @DisplayName("A2.10 what comes out is validated")
  default void a2_10() {
    JsonObject created = bench().created("a");

    bench()
        .patch(
            bench().path("a"),
            Json.object().add("spec", bench().kind().invalidSpec()).build().toString())
        .refuses(422, "Invalid");
    bench()
        .patch(bench().path("a") + "?fieldValidation=Strict", "{\"spec\":{\"surprise\":1}}")
        .is(422);

    assertThat(bench().stored("a")).isEqualTo(created);
  }

  @Test
  @DisplayName("A2.11 a charset in the media type says nothing")
  default void a2_11() {
    bench().created("a");

    bench()
        .send(
            "PATCH",
            bench().path("a"),
            "application/merge-patch+json; charset=utf-8",
            bench().text("other"))
        .is(200);
  }

  @Test
  @DisplayName("A2.12 removing the last label leaves no labels")
  default void a2_12() {
    bench().created(bench().labelled("a", "app", "x"));

    Reply patched =
        bench().patch(bench().path("a"), "{\"metadata\":{\"labels\":{\"app\":null}}}").is(200);

    assertThat(patched.body().getJsonObject("metadata"))
        .doesNotContainEntry("labels", JsonValue.EMPTY_JSON_OBJECT);
    assertThat(bench().labels(patched.body())).isEmpty();
  }
}
