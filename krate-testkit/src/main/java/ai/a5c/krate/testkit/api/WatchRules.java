package ai.a5c.krate.testkit.api;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.Headers;
import ai.a5c.krate.testkit.api.Watch.Event;
import jakarta.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A4: watches. */
public interface WatchRules {
  ApiBench bench();

  private String now() {
    return bench().get(bench().collection()).is(200).resourceVersion();
  }

  private Watch watchFromNow(String query) {
    return bench().watch("&resourceVersion=" + now() + query);
  }

  private void relabel(String name, String value) {
    bench()
        .patch(bench().path(name), "{\"metadata\":{\"labels\":{\"app\":" + value + "}}}")
        .is(200);
  }

  @Test
  @DisplayName("A4.1 without a revision it begins with what is there, then goes on")
  default void a4_1() throws Exception {
    JsonObject a = bench().created("a");
    JsonObject b = bench().created("b");

    try (Watch watch = bench().watch("")) {
      assertThat(List.of(watch.next(), watch.next()))
          .containsExactlyInAnyOrder(new Event("ADDED", a), new Event("ADDED", b));
      JsonObject c = bench().created("c");
      assertThat(watch.next()).isEqualTo(new Event("ADDED", c));
    }
  }

  @Test
  @DisplayName("A4.2 from a list's revision it gives exactly the changes after the list")
  default void a4_2() throws Exception {
    bench().created("before");
    String listed = now();
    JsonObject a = bench().created("a");
    JsonObject changed = bench().patch(bench().path("a"), bench().text("other")).is(200).body();
    bench().delete(bench().path("before")).is(200);

    try (Watch watch = bench().watch("&resourceVersion=" + listed)) {
      assertThat(watch.next()).isEqualTo(new Event("ADDED", a));
      assertThat(watch.next()).isEqualTo(new Event("MODIFIED", changed));
      assertThat(watch.next().type()).isEqualTo("DELETED");
      JsonObject b = bench().created("b");
      assertThat(watch.next()).isEqualTo(new Event("ADDED", b));
    }
  }

  @Test
  @DisplayName("A4.3 DELETED shows the last state, at the revision of the deletion")
  default void a4_3() throws Exception {
    JsonObject a = bench().created("a");
    try (Watch watch = watchFromNow("")) {
      bench().delete(bench().path("a")).is(200);
      Event deleted = watch.next();

      assertThat(deleted.type()).isEqualTo("DELETED");
      long created =
          Json.number(Json.parse("{\"n\":" + Json.text(a, "metadata/resourceVersion") + "}"), "n");
      assertThat(deleted.revision()).isGreaterThan(created);
      assertThat(
              Json.with(
                  deleted.object(),
                  "metadata/resourceVersion",
                  Json.text(a, "metadata/resourceVersion")))
          .isEqualTo(a);
    }
  }

  @Test
  @DisplayName("A4.4 with a selector objects come into view and leave it")
  default void a4_4() throws Exception {
    bench().created("a");
    try (Watch watch = watchFromNow("&labelSelector=app%3Dx")) {
      relabel("a", "\"x\"");
      Event added = watch.next();
      bench().patch(bench().path("a"), bench().text("other")).is(200);
      Event modified = watch.next();
      relabel("a", "\"y\"");
      Event left = watch.next();
      relabel("a", "\"z\"");
      relabel("a", "\"x\"");
      Event again = watch.next();

      assertThat(List.of(added.type(), modified.type(), left.type(), again.type()))
          .containsExactly("ADDED", "MODIFIED", "DELETED", "ADDED");
      assertThat(Json.text(left.object(), "metadata/labels/app")).isEqualTo("x");
      assertThat(left.revision()).isGreaterThan(modified.revision());
      assertThat(again.revision()).isGreaterThan(left.revision());
    }
  }

  @Test
  @DisplayName("A4.5 one object is watched by its name, a namespace by its path")
  default void a4_5() throws Exception {
    try (Watch one = watchFromNow("&fieldSelector=metadata.name%3Db");
        Watch all =
            bench()
                .watch(
                    bench().kind().everywhere(),
                    "&labelSelector=tenant%3D" + bench().namespace() + "&resourceVersion=" + now(),
                    Headers.of("Accept", "application/json"))) {
      bench().created("a");
      bench()
          .post(
              bench().kind().collection(bench().otherNamespace()),
              bench().labelled("b", "tenant", bench().namespace()))
          .is(201);
      JsonObject b = bench().created(bench().labelled("b", "tenant", bench().namespace()));

      assertThat(one.next()).isEqualTo(new Event("ADDED", b));
      assertThat(Json.text(all.next().object(), "metadata/namespace"))
          .isEqualTo(bench().otherNamespace());
      assertThat(all.next()).isEqualTo(new Event("ADDED", b));
    }
  }

  @Test
  @DisplayName("A4.6 sendInitialEvents ends them with a marked bookmark, then goes on")
  default void a4_6() throws Exception {
    JsonObject a = bench().created("a");
    try (Watch watch =
        bench()
            .watch(
                "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true")) {
      assertThat(watch.next()).isEqualTo(new Event("ADDED", a));
      Event bookmark = watch.next();
      assertThat(bookmark.type()).isEqualTo("BOOKMARK");
      assertThat(Json.text(bookmark.object(), "kind")).isEqualTo(bench().kind().kind());
      assertThat(
              bookmark
                  .object()
                  .getJsonObject("metadata")
                  .getJsonObject("annotations")
                  .getString("k8s.io/initial-events-end"))
          .isEqualTo("true");
      JsonObject b = bench().created("b");
      List<Event> rest = watch.until(event -> event.type().equals("ADDED"));
      assertThat(rest.getLast()).isEqualTo(new Event("ADDED", b));
    }
  }

  @Test
  @DisplayName("A4.7 sendInitialEvents without resourceVersionMatch=NotOlderThan is 422")
  default void a4_7() {
    bench()
        .get(bench().collection() + "?watch=true&sendInitialEvents=true&allowWatchBookmarks=true")
        .refuses(422, "Invalid");
    bench()
        .get(bench().collection() + "?watch=true&resourceVersion=1&resourceVersionMatch=Exact")
        .refuses(422, "Invalid");
  }

  @Test
  @DisplayName("A4.8 timeoutSeconds ends the watch, and nobody gets a bookmark unasked")
  default void a4_8() throws Exception {
    JsonObject a = bench().created("a");
    try (Watch watch = bench().watch("&timeoutSeconds=1")) {
      assertThat(watch.untilEnd()).containsExactly(new Event("ADDED", a));
    }
  }

  @Test
  @DisplayName("A4.9 a bookmark shortly before the end says how far the watch has come")
  default void a4_9() throws Exception {
    String listed = now();
    try (Watch watch =
        bench().watch("&timeoutSeconds=3&allowWatchBookmarks=true&resourceVersion=" + listed)) {
      JsonObject a = bench().created("a");
      List<Event> events = watch.untilEnd();

      assertThat(events.getFirst()).isEqualTo(new Event("ADDED", a));
      Event last = events.getLast();
      assertThat(last.type()).isEqualTo("BOOKMARK");
      assertThat(last.revision()).isGreaterThanOrEqualTo(events.getFirst().revision());
      assertThat(last.object().keySet())
          .containsExactlyInAnyOrder("kind", "apiVersion", "metadata");
    }
  }

  @Test
  @DisplayName("A4.10 a watch of tables tells its columns once")
  default void a4_10() throws Exception {
    Headers table = Headers.of("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io");
    bench().created("a");
    bench().created("b");
    try (Watch watch = bench().watch(bench().collection(), "", table)) {
      JsonObject first = watch.next().object();
      JsonObject second = watch.next().object();

      assertThat(Json.text(first, "kind")).isEqualTo("Table");
      assertThat(Json.objects(first, "columnDefinitions")).isNotEmpty();
      assertThat(Json.objects(second, "columnDefinitions")).isEmpty();
      assertThat(Json.objects(first, "rows")).hasSize(1);
      assertThat(Json.text(Json.objects(second, "rows").getFirst(), "cells/0")).isIn("a", "b");
    }
  }

  @Test
  @DisplayName("A4.11 a watch of metadata gives metadata alone")
  default void a4_11() throws Exception {
    Headers metadata =
        Headers.of("Accept", "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io");
    JsonObject a = bench().created("a");
    try (Watch watch = bench().watch(bench().collection(), "", metadata)) {
      Event event = watch.next();

      assertThat(Json.text(event.object(), "kind")).isEqualTo("PartialObjectMetadata");
      assertThat(event.object().get("metadata")).isEqualTo(a.get("metadata"));
      assertThat(event.object()).doesNotContainKeys("spec", "status");
    }
  }

  @Test
  @DisplayName("A4.12 a revision that is still to come is 504, a malformed one 400")
  default void a4_12() {
    long future = Long.parseLong(now()) + 1_000_000_000L;

    bench()
        .get(bench().collection() + "?watch=true&resourceVersion=" + future)
        .refuses(504, "Timeout");
    assertThat(bench().get(bench().collection() + "?watch=true&resourceVersion=abc").status())
        .isIn(400, 422, 500);
  }

  @Test
  @DisplayName("A4.13 a bookmark follows the state that a watch begins with")
  default void a4_13() throws Exception {
    JsonObject a = bench().created("a");
    try (Watch watch = bench().watch("&allowWatchBookmarks=true")) {
      assertThat(watch.next()).isEqualTo(new Event("ADDED", a));
      Event bookmark = watch.next();

      assertThat(bookmark.type()).isEqualTo("BOOKMARK");
      assertThat(bookmark.revision())
          .isGreaterThanOrEqualTo(Long.parseLong(Json.text(a, "metadata/resourceVersion")));
      assertThat(bookmark.object().getJsonObject("metadata")).doesNotContainKey("annotations");
    }
  }

  @Test
  @DisplayName("A4.14 writes that change nothing make no event")
  default void a4_14() throws Exception {
    JsonObject a = bench().created("a");
    try (Watch watch = watchFromNow("")) {
      bench().put(bench().path("a"), a).is(200);
      bench().patch(bench().path("a"), "{}").is(200);
      JsonObject b = bench().created("b");

      assertThat(watch.next()).isEqualTo(new Event("ADDED", b));
    }
  }
}
