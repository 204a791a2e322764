package ai.a5c.krate.testkit.api;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A1.30 and on: how a whole object is replaced. */
public interface UpdateRules {
  ApiBench bench();

  private JsonObject changed(JsonObject object, String word) {
    return Json.with(object, "spec/" + bench().kind().text(), word);
  }

  @Test
  @DisplayName("A1.30 update answers 200 with the new object and a greater resourceVersion")
  default void a1_30() {
    JsonObject created = bench().created("a");

    Reply updated = bench().put(bench().path("a"), changed(created, "other")).is(200);

    assertThat(bench().textOf(updated.body())).isEqualTo("other");
    assertThat(Long.parseLong(updated.resourceVersion()))
        .isGreaterThan(Long.parseLong(Json.text(created, "metadata/resourceVersion")));
    assertThat(bench().stored("a")).isEqualTo(updated.body());
  }

  @Test
  @DisplayName(
      "A1.31 the generation counts changes of the spec, not of metadata, and is the server's")
  default void a1_31() {
    JsonObject created = bench().created("a");

    JsonObject spec = bench().put(bench().path("a"), changed(created, "other")).is(200).body();
    JsonObject labels =
        bench().put(bench().path("a"), Json.with(spec, "metadata/labels/app", "x")).is(200).body();
    JsonObject forged =
        bench()
            .put(
                bench().path("a"),
                Json.with(labels, "metadata/generation", Json.parse("{\"n\":99}").get("n")))
            .is(200)
            .body();

    assertThat(Json.number(spec, "metadata/generation")).isEqualTo(2);
    assertThat(Json.number(labels, "metadata/generation")).isEqualTo(2);
    assertThat(forged).isEqualTo(labels);
  }

  @Test
  @DisplayName("A1.32 without a resourceVersion it is 422")
  default void a1_32() {
    bench().created("a");

    bench()
        .put(bench().path("a"), bench().object("a"))
        .refuses(422, "Invalid")
        .about("metadata.resourceVersion");
  }

  @Test
  @DisplayName("A1.33 against an older version it is 409 Conflict, and nothing changes")
  default void a1_33() {
    JsonObject created = bench().created("a");
    bench().put(bench().path("a"), changed(created, "one")).is(200);

    Reply stale = bench().put(bench().path("a"), changed(created, "two"));

    stale.refuses(409, "Conflict");
    assertThat(stale.text("message"))
        .isEqualTo(
            "Operation cannot be fulfilled on "
                + bench().kind().plural()
                + "."
                + bench().kind().group()
                + " \"a\": the object has been modified; please apply your changes to the latest"
                + " version and try again");
    assertThat(bench().textOf(bench().stored("a"))).isEqualTo("one");
  }

  @Test
  @DisplayName("A1.34 what is not there is 404: update does not create")
  default void a1_34() {
    JsonObject sent = Json.with(bench().object("a"), "metadata/resourceVersion", "1");

    bench().put(bench().path("a"), sent).refuses(404, "NotFound");
    bench().put(bench().path("a"), bench().object("a")).refuses(404, "NotFound");
  }

  @Test
  @DisplayName("A1.35 another uid is 409 Conflict")
  default void a1_35() {
    JsonObject created = bench().created("a");

    bench()
        .put(
            bench().path("a"),
            Json.with(created, "metadata/uid", "11111111-2222-4333-8444-555555555555"))
        .refuses(409, "Conflict");
  }

  @Test
  @DisplayName("A1.36 a name other than the path's is 400")
  default void a1_36() {
    JsonObject created = bench().created("a");

    bench()
        .put(bench().path("a"), Json.with(created, "metadata/name", "b"))
        .refuses(400, "BadRequest");
  }

  @Test
  @DisplayName("A1.37 what changes nothing has no new resourceVersion")
  default void a1_37() {
    JsonObject created = bench().created("a");

    Reply same = bench().put(bench().path("a"), created).is(200);

    assertThat(same.body()).isEqualTo(created);
    assertThat(bench().stored("a")).isEqualTo(created);
  }

  @Test
  @DisplayName(
      "A1.38 an object of the same name made later has another uid, and is not the old one")
  default void a1_38() {
    JsonObject first = bench().created("a");
    bench().delete(bench().path("a")).is(200);
    JsonObject second = bench().created("a");

    assertThat(Json.text(second, "metadata/uid")).isNotEqualTo(Json.text(first, "metadata/uid"));
    bench().put(bench().path("a"), changed(first, "other")).refuses(409, "Conflict");
  }

  @Test
  @DisplayName("A1.39 of concurrent updates of one version one wins")
  default void a1_39() throws Exception {
    JsonObject created = bench().created("a");

    List<Reply> replies =
        bench()
            .concurrently(
                8, number -> () -> bench().put(bench().path("a"), changed(created, "w" + number)));

    assertThat(replies).filteredOn(reply -> reply.status() == 200).hasSize(1);
    assertThat(replies)
        .filteredOn(reply -> reply.status() != 200)
        .allSatisfy(reply -> reply.refuses(409, "Conflict"));
  }

  @Test
  @DisplayName("A1.40 what the schema refuses is 422, and nothing changes")
  default void a1_40() {
    JsonObject created = bench().created("a");
    JsonObject sent = Json.object(created).add("spec", bench().kind().invalidSpec()).build();

    bench().put(bench().path("a"), sent).refuses(422, "Invalid");

    assertThat(bench().stored("a")).isEqualTo(created);
  }

  @Test
  @DisplayName("A1.41 a malformed resourceVersion is a refusal, not a fault")
  default void a1_41() {
    JsonObject created = bench().created("a");
    JsonObject sent = Json.with(created, "metadata/resourceVersion", "abc");

    assertThat(bench().put(bench().path("a"), sent).status()).isBetween(400, 499);
  }
}
