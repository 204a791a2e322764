package ai.a5c.krate.testkit.api;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A8: the status subresource. */
public interface StatusRules {
  ApiBench bench();

  private String statusPatch() {
    return Json.object().add("status", bench().kind().status()).build().toString();
  }

  private void assertStatus(JsonObject object) {
    JsonObject wanted = bench().kind().status();
    wanted.forEach(
        (member, value) -> assertThat(object.getJsonObject("status").get(member)).isEqualTo(value));
  }

  @Test
  @DisplayName("A8.1 a status is written through its subresource, and the generation stays")
  default void a8_1() {
    JsonObject a = bench().created("a");

    Reply written = bench().patch(bench().path("a") + "/status", statusPatch()).is(200);

    assertStatus(written.body());
    assertThat(written.number("metadata/generation")).isEqualTo(1);
    assertThat(written.resourceVersion()).isNotEqualTo(Json.text(a, "metadata/resourceVersion"));
    assertThat(bench().stored("a")).isEqualTo(written.body());
    assertThat(bench().get(bench().path("a") + "/status").is(200).body()).isEqualTo(written.body());
  }

  @Test
  @DisplayName("A8.2 the subresource writes nothing but the status")
  default void a8_2() {
    JsonObject a = bench().created("a");
    JsonObjectBuilder status = Json.object();
    if (a.get("status") instanceof JsonObject owned) {
      status.addAll(Json.object(owned));
    }
    status.addAll(Json.object(bench().kind().status()));
    JsonObject sent = Json.object(a).add("status", status).build();
    sent = Json.with(sent, "spec/" + bench().kind().text(), "other");
    sent = Json.with(sent, "metadata/labels/app", "x");
    sent = Json.with(sent, "metadata/finalizers", Json.texts("example.org/wait"));

    JsonObject written = bench().put(bench().path("a") + "/status", sent).is(200).body();

    assertStatus(written);
    assertThat(written.get("spec")).isEqualTo(a.get("spec"));
    assertThat(written.getJsonObject("metadata")).doesNotContainKey("finalizers");
    assertThat(bench().labels(written)).isEmpty();
  }

  @Test
  @DisplayName("A8.3 the main resource does not write the status")
  default void a8_3() {
    bench().created("a");
    JsonObject written = bench().patch(bench().path("a") + "/status", statusPatch()).is(200).body();

    JsonObject without = Json.object(written).build();
    without = Json.with(without, "status", (jakarta.json.JsonValue) null);
    without = Json.with(without, "spec/" + bench().kind().text(), "other");
    Reply updated = bench().put(bench().path("a"), without).is(200);
    assertThat(updated.body().get("status")).isEqualTo(written.get("status"));

    Reply patched = bench().patch(bench().path("a"), "{\"status\":null}").is(200);
    assertThat(patched.body()).isEqualTo(updated.body());
  }

  @Test
  @DisplayName("A8.4 the subresource checks the version as the main resource does")
  default void a8_4() {
    JsonObject a = bench().created("a");
    bench().patch(bench().path("a"), bench().text("other")).is(200);
    JsonObject stale = Json.object(a).add("status", bench().kind().status()).build();

    bench().put(bench().path("a") + "/status", stale).refuses(409, "Conflict");
    bench()
        .put(
            bench().path("a") + "/status",
            Json.with(stale, "metadata/resourceVersion", (jakarta.json.JsonValue) null))
        .refuses(422, "Invalid");
  }

  @Test
  @DisplayName("A8.5 the same status again changes nothing")
  default void a8_5() {
    bench().created("a");
    JsonObject written = bench().patch(bench().path("a") + "/status", statusPatch()).is(200).body();

    assertThat(bench().patch(bench().path("a") + "/status", statusPatch()).is(200).body())
        .isEqualTo(written);
    assertThat(bench().put(bench().path("a") + "/status", written).is(200).body())
        .isEqualTo(written);
  }

  @Test
  @DisplayName("A8.6 there is no status to create or delete")
  default void a8_6() {
    bench().created("a");

    assertThat(bench().post(bench().path("a") + "/status", bench().object("a")).status())
        .isIn(404, 405);
    assertThat(bench().delete(bench().path("a") + "/status").status()).isIn(404, 405);
    bench().patch(bench().path("nobody") + "/status", "{}").refuses(404, "NotFound");
  }
}
