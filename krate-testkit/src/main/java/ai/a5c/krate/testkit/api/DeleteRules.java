package ai.a5c.krate.testkit.api;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.Headers;
import ai.a5c.krate.testkit.api.Watch.Event;
import jakarta.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A5: how objects go. */
public interface DeleteRules {
  ApiBench bench();

  private JsonObject finalized(String name) {
    return bench()
        .created(
            Json.with(bench().object(name), "metadata/finalizers", Json.texts("example.org/wait")));
  }

  private Reply delete(String name, String options) {
    return bench().send("DELETE", bench().path(name), ApiBench.JSON, options);
  }

  @Test
  @DisplayName("A5.1 delete answers a Status of success with the uid, and the object is gone")
  default void a5_1() {
    JsonObject a = bench().created("a");

    Reply deleted = bench().delete(bench().path("a")).is(200);

    assertThat(deleted.text("kind")).isEqualTo("Status");
    assertThat(deleted.text("status")).isEqualTo("Success");
    assertThat(deleted.text("details/name")).isEqualTo("a");
    assertThat(deleted.text("details/kind")).isEqualTo(bench().kind().plural());
    assertThat(deleted.text("details/uid")).isEqualTo(Json.text(a, "metadata/uid"));
    bench().get(bench().path("a")).refuses(404, "NotFound");
    bench().delete(bench().path("a")).refuses(404, "NotFound");
  }

  @Test
  @DisplayName("A5.2 an object with finalizers is marked, and stays")
  default void a5_2() {
    finalized("a");

    Reply marked = bench().delete(bench().path("a")).is(200);

    assertThat(marked.text("kind")).isEqualTo(bench().kind().kind());
    assertThat(marked.text("metadata/deletionTimestamp")).isNotEmpty();
    assertThat(marked.number("metadata/deletionGracePeriodSeconds")).isZero();
    assertThat(marked.number("metadata/generation")).isEqualTo(2);
    assertThat(bench().stored("a")).isEqualTo(marked.body());
  }

  @Test
  @DisplayName("A5.3 a second delete of a marked object changes nothing")
  default void a5_3() {
    finalized("a");
    JsonObject marked = bench().delete(bench().path("a")).is(200).body();

    assertThat(bench().delete(bench().path("a")).is(200).body()).isEqualTo(marked);
    assertThat(bench().stored("a")).isEqualTo(marked);
  }

  @Test
  @DisplayName("A5.4 the update that removes the last finalizer removes the object: one DELETED")
  default void a5_4() throws Exception {
    finalized("a");
    bench().delete(bench().path("a")).is(200);
    String marked = bench().get(bench().collection()).resourceVersion();
    try (Watch watch = bench().watch("&resourceVersion=" + marked)) {
      Reply last = bench().patch(bench().path("a"), "{\"metadata\":{\"finalizers\":null}}").is(200);

      assertThat(last.text("metadata/name")).isEqualTo("a");
      bench().get(bench().path("a")).refuses(404, "NotFound");
      Event event = watch.next();
      assertThat(event.type()).isEqualTo("DELETED");
      JsonObject next = bench().created("b");
      assertThat(watch.next()).isEqualTo(new Event("ADDED", next));
    }
  }

  @Test
  @DisplayName("A5.5 preconditions that do not hold are 409 Conflict, and nothing is deleted")
  default void a5_5() {
    JsonObject a = bench().created("a");
    String uid = Json.text(a, "metadata/uid");
    String version = Json.text(a, "metadata/resourceVersion");

    Reply other =
        delete("a", "{\"preconditions\":{\"uid\":\"11111111-2222-4333-8444-555555555555\"}}");
    other.refuses(409, "Conflict");
    assertThat(other.text("message"))
        .isEqualTo(
            "Operation cannot be fulfilled on "
                + bench().kind().kind()
                + "."
                + bench().kind().group()
                + " \"a\": the UID in the precondition (11111111-2222-4333-8444-555555555555) does"
                + " not match the UID in record ("
                + uid
                + "). The object might have been deleted and then recreated");
    delete("a", "{\"preconditions\":{\"resourceVersion\":\"1\"}}").refuses(409, "Conflict");
    assertThat(bench().stored("a")).isEqualTo(a);
    delete(
            "a",
            "{\"preconditions\":{\"uid\":\"" + uid + "\",\"resourceVersion\":\"" + version + "\"}}")
        .is(200);
  }

  @Test
  @DisplayName(
      "A5.6 options may leave out their kind; those of another kind, or malformed, are 400")
  default void a5_6() {
    bench().created("a");
    bench().created("b");

    delete("a", "{\"kind\":\"Deployment\",\"apiVersion\":\"apps/v1\"}").refuses(400, "BadRequest");
    delete("a", "{\"preconditions\":").refuses(400, "BadRequest");
    delete("a", "{\"propagationPolicy\":\"Background\"}").is(200);
    delete("b", "{\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\",\"gracePeriodSeconds\":0}")
        .is(200);
  }

  @Test
  @DisplayName("A5.7 a marked object takes no new finalizer")
  default void a5_7() {
    finalized("a");
    bench().delete(bench().path("a")).is(200);

    bench()
        .patch(
            bench().path("a"),
            "{\"metadata\":{\"finalizers\":[\"example.org/wait\",\"example.org/more\"]}}")
        .refuses(422, "Invalid")
        .about("metadata.finalizers");
  }

  @Test
  @DisplayName("A5.8 the name of a marked object is taken, and the refusal says why")
  default void a5_8() {
    finalized("a");
    bench().delete(bench().path("a")).is(200);

    Reply taken = bench().post(bench().collection(), bench().object("a"));

    taken.refuses(409, "AlreadyExists");
    assertThat(taken.text("message")).startsWith("object is being deleted: ");
  }

  @Test
  @DisplayName("A5.9 a collection is deleted by its selectors, and the answer lists it")
  default void a5_9() {
    bench().created(bench().labelled("a", "app", "x"));
    bench().created(bench().labelled("b", "app", "x"));
    bench().created(bench().labelled("c", "app", "y"));
    finalized("d");

    Reply deleted = bench().delete(bench().collection() + "?labelSelector=app%3Dx").is(200);

    assertThat(deleted.text("kind")).isEqualTo(bench().kind().kind() + "List");
    assertThat(deleted.names()).containsExactly("a", "b");
    assertThat(bench().get(bench().collection()).names()).containsExactly("c", "d");
    bench().delete(bench().collection()).is(200);
    Reply rest = bench().get(bench().collection());
    assertThat(rest.names()).containsExactly("d");
    assertThat(Json.text(rest.items().getFirst(), "metadata/deletionTimestamp")).isNotEmpty();
    bench().delete(bench().collection() + "?labelSelector=!!").refuses(400, "BadRequest");
  }

  @Test
  @DisplayName("A5.10 of concurrent deletes one deletes, the others find nothing")
  default void a5_10() throws Exception {
    bench().created("a");

    List<Reply> replies =
        bench().concurrently(8, number -> () -> bench().delete(bench().path("a")));

    assertThat(replies).filteredOn(reply -> reply.status() == 200).hasSize(1);
    assertThat(replies)
        .filteredOn(reply -> reply.status() != 200)
        .allSatisfy(reply -> reply.refuses(404, "NotFound"));
  }

  @Test
  @DisplayName("A5.11 a marked object is not brought back by an update")
  default void a5_11() {
    finalized("a");
    JsonObject marked = bench().delete(bench().path("a")).is(200).body();

    bench()
        .send(
            "PATCH",
            bench().path("a"),
            Headers.of("Accept", "application/json", "Content-Type", ApiBench.MERGE),
            "{\"metadata\":{\"deletionTimestamp\":null}}");

    assertThat(Json.text(bench().stored("a"), "metadata/deletionTimestamp"))
        .isEqualTo(Json.text(marked, "metadata/deletionTimestamp"));
  }
}
