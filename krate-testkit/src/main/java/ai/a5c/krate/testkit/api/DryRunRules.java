package ai.a5c.krate.testkit.api;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A6: requests that are answered as if they were done. */
public interface DryRunRules {
  String DRY = "?dryRun=All";

  ApiBench bench();

  @Test
  @DisplayName("A6.1 a create is answered with 201, and is not there")
  default void a6_1() {
    Reply dry = bench().post(bench().collection() + DRY, bench().object("a")).is(201);

    assertThat(dry.text("metadata/name")).isEqualTo("a");
    assertThat(dry.text("metadata/uid")).isNotEmpty();
    bench().get(bench().path("a")).refuses(404, "NotFound");
  }

  @Test
  @DisplayName("A6.2 updates, patches and deletions are answered, and change nothing")
  default void a6_2() {
    JsonObject a = bench().created("a");
    JsonObject changed = Json.with(a, "spec/" + bench().kind().text(), "other");
    String path = bench().path("a");

    assertThat(bench().textOf(bench().put(path + DRY, changed).is(200).body())).isEqualTo("other");
    Reply patched = bench().patch(path + DRY, bench().text("other")).is(200);
    assertThat(bench().textOf(patched.body())).isEqualTo("other");
    assertThat(patched.number("metadata/generation")).isEqualTo(2);
    bench().delete(path + DRY).is(200);
    bench().send("DELETE", path, ApiBench.JSON, "{\"dryRun\":[\"All\"]}").is(200);
    bench().delete(bench().collection() + DRY).is(200);

    assertThat(bench().stored("a")).isEqualTo(a);
  }

  @Test
  @DisplayName("A6.3 what would be refused is refused in the same way")
  default void a6_3() {
    JsonObject a = bench().created("a");
    String path = bench().path("a");
    bench().patch(path, bench().text("other")).is(200);

    bench().post(bench().collection() + DRY, bench().object("a")).refuses(409, "AlreadyExists");
    bench()
        .post(
            bench().collection() + DRY,
            Json.object(bench().object("b")).add("spec", bench().kind().invalidSpec()).build())
        .refuses(422, "Invalid");
    bench().put(path + DRY, a).refuses(409, "Conflict");
    bench().patch(bench().path("nobody") + DRY, "{}").refuses(404, "NotFound");
    bench().delete(bench().path("nobody") + DRY).refuses(404, "NotFound");
    bench()
        .send(
            "DELETE", path + DRY, ApiBench.JSON, "{\"preconditions\":{\"resourceVersion\":\"1\"}}")
        .refuses(409, "Conflict");
    bench()
        .post(bench().kind().collection("there-is-no-such") + DRY, bench().object("a"))
        .refuses(404, "NotFound");
  }

  @Test
  @DisplayName("A6.4 a dry run other than All is 422, and is none")
  default void a6_4() {
    bench()
        .post(bench().collection() + "?dryRun=Some", bench().object("a"))
        .refuses(422, "Invalid");
    bench().get(bench().path("a")).refuses(404, "NotFound");
    JsonObject b = bench().created("b");
    bench().delete(bench().path("b") + "?dryRun=Some").refuses(422, "Invalid");
    assertThat(bench().stored("b")).isEqualTo(b);
  }

  @Test
  @DisplayName("A6.5 a dry run makes no event")
  default void a6_5() throws Exception {
    JsonObject a = bench().created("a");
    String now = bench().get(bench().collection()).resourceVersion();
    try (Watch watch = bench().watch("&resourceVersion=" + now)) {
      bench().post(bench().collection() + DRY, bench().object("x")).is(201);
      bench().patch(bench().path("a") + DRY, bench().text("other")).is(200);
      bench().delete(bench().path("a") + DRY).is(200);
      JsonObject changed = bench().patch(bench().path("a"), bench().text("real")).is(200).body();

      assertThat(watch.next()).isEqualTo(new Watch.Event("MODIFIED", changed));
      assertThat(Json.text(changed, "metadata/uid")).isEqualTo(Json.text(a, "metadata/uid"));
    }
  }

  @Test
  @DisplayName("A6.6 a dry run of the status answers the status, and changes nothing")
  default void a6_6() {
    JsonObject a = bench().created("a");
    String patch = Json.object().add("status", bench().kind().status()).build().toString();

    bench().patch(bench().path("a") + "/status" + DRY, patch).is(200);

    assertThat(bench().stored("a")).isEqualTo(a);
  }
}
