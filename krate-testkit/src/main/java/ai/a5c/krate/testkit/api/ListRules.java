package ai.a5c.krate.testkit.api;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A3: collections. */
public interface ListRules {
  ApiBench bench();

  private Reply list(String query) {
    return bench().get(bench().collection() + query);
  }

  @Test
  @DisplayName("A3.1 an empty list has the revision of its snapshot")
  default void a3_1() {
    Reply empty = list("").is(200);

    assertThat(empty.text("kind")).isEqualTo(bench().kind().kind() + "List");
    assertThat(empty.text("apiVersion")).isEqualTo(bench().kind().apiVersion());
    assertThat(empty.resourceVersion()).matches("[1-9][0-9]*");
    assertThat(empty.items()).isEmpty();
  }

  @Test
  @DisplayName("A3.2 items are whole objects in the order of their names")
  default void a3_2() {
    List<JsonObject> created = new ArrayList<>();
    for (String name : List.of("b", "a-b", "a", "a.b", "a0")) {
      created.add(bench().created(name));
    }

    Reply list = list("").is(200);

    assertThat(list.names()).containsExactly("a", "a-b", "a.b", "a0", "b");
    assertThat(list.items()).containsExactlyInAnyOrderElementsOf(created);
    assertThat(list.text("metadata/continue")).isEmpty();
  }

  @Test
  @DisplayName("A3.3 a list after a write shows it, at its revision or a later one")
  default void a3_3() {
    JsonObject created = bench().created("a");

    Reply list = list("").is(200);

    assertThat(list.names()).containsExactly("a");
    assertThat(Long.parseLong(list.resourceVersion()))
        .isGreaterThanOrEqualTo(Long.parseLong(Json.text(created, "metadata/resourceVersion")));
  }

  @Test
  @DisplayName("A3.4 the pages of one walk are one snapshot at one revision, in order")
  default void a3_4() {
    for (int i = 0; i < 7; i++) {
      bench().created("n" + i);
    }
    Reply page = list("?limit=3").is(200);
    String revision = page.resourceVersion();
    List<String> names = new ArrayList<>(page.names());
    assertThat(names).hasSize(3);
    bench().delete(bench().path("n5")).is(200);
    bench().created("n3-later");
    bench().patch(bench().path("n4"), bench().text("later")).is(200);

    while (!page.text("metadata/continue").isEmpty()) {
      page = list("?limit=3&continue=" + page.text("metadata/continue")).is(200);
      assertThat(page.resourceVersion()).isEqualTo(revision);
      assertThat(page.items())
          .allSatisfy(item -> assertThat(bench().textOf(item)).isNotEqualTo("later"));
      names.addAll(page.names());
    }

    assertThat(names).containsExactly("n0", "n1", "n2", "n3", "n4", "n5", "n6");
    assertThat(page.text("metadata/remainingItemCount")).isEmpty();
  }

  @Test
  @DisplayName("A3.5 a page as long as the rest is the last")
  default void a3_5() {
    bench().created("a");
    bench().created("b");

    assertThat(list("?limit=2").is(200).text("metadata/continue")).isEmpty();
    assertThat(list("?limit=1").is(200).text("metadata/continue")).isNotEmpty();
  }

  @Test
  @DisplayName("A3.6 label selectors: equality, sets, existence; a malformed one is 400")
  default void a3_6() {
    bench().created(bench().labelled("a", "app", "x"));
    bench().created(bench().labelled("b", "app", "y"));
    bench().created("c");

    assertThat(list("?labelSelector=app%3Dx").names()).containsExactly("a");
    assertThat(list("?labelSelector=app!%3Dx").names()).containsExactly("b", "c");
    assertThat(list("?labelSelector=app%20in%20(x,y)").names()).containsExactly("a", "b");
    assertThat(list("?labelSelector=app%20notin%20(x)").names()).containsExactly("b", "c");
    assertThat(list("?labelSelector=app").names()).containsExactly("a", "b");
    assertThat(list("?labelSelector=!app").names()).containsExactly("c");
    assertThat(list("?labelSelector=app,app%3Dy").names()).containsExactly("b");
    assertThat(list("?labelSelector=app&limit=1").names()).containsExactly("a");
    list("?labelSelector=app%20in%20x").refuses(400, "BadRequest");
  }

  @Test
  @DisplayName("A3.7 field selectors know metadata; a field that is not selectable is 400")
  default void a3_7() {
    bench().created("a");
    bench().created("b");
    bench().created("bb");

    assertThat(list("?fieldSelector=metadata.name%3Db").names()).containsExactly("b");
    assertThat(list("?fieldSelector=metadata.name%3Dnobody").is(200).names()).isEmpty();
    assertThat(list("?fieldSelector=metadata.name!%3Db").names()).containsExactly("a", "bb");
    assertThat(list("?fieldSelector=metadata.namespace%3D" + bench().namespace()).names())
        .containsExactly("a", "b", "bb");
    list("?fieldSelector=spec.nothing%3Dx").refuses(400, "BadRequest");
  }

  @Test
  @DisplayName("A3.8 without a namespace in the path it is the list of all namespaces")
  default void a3_8() {
    JsonObject one = bench().created(bench().labelled("a", "tenant", bench().namespace()));
    JsonObject other =
        bench()
            .post(
                bench().kind().collection(bench().otherNamespace()),
                bench().labelled("a", "tenant", bench().namespace()))
            .is(201)
            .body();

    Reply all =
        bench().get(bench().kind().everywhere() + "?labelSelector=tenant%3D" + bench().namespace());

    assertThat(all.is(200).items()).containsExactlyInAnyOrder(one, other);
    assertThat(
            bench()
                .get(bench().kind().everywhere() + "?fieldSelector=metadata.name%3Da")
                .is(200)
                .items())
        .contains(one, other);
    assertThat(list("").items()).containsExactly(one);
  }

  @Test
  @DisplayName("A3.9 Exact is the state as of a revision, NotOlderThan that or a later one")
  default void a3_9() {
    bench().created("a");
    String then = list("").resourceVersion();
    bench().created("b");

    Reply exact = list("?resourceVersionMatch=Exact&resourceVersion=" + then).is(200);
    Reply fresh = list("?resourceVersionMatch=NotOlderThan&resourceVersion=" + then).is(200);

    assertThat(exact.names()).containsExactly("a");
    assertThat(exact.resourceVersion()).isEqualTo(then);
    assertThat(fresh.names()).contains("a");
    assertThat(list("?resourceVersion=0").is(200).names()).contains("a");
  }

  @Test
  @DisplayName("A3.10 a revision that is still to come is 504 Timeout, to be tried again")
  default void a3_10() {
    long future = Long.parseLong(list("").resourceVersion()) + 1_000_000_000L;

    Reply refused = list("?resourceVersion=" + future);

    refused.refuses(504, "Timeout");
    assertThat(refused.text("message")).contains("Too large resource version");
    assertThat(Json.text(refused.body(), "details/causes/0/reason"))
        .isEqualTo("ResourceVersionTooLarge");
    assertThat(refused.number("details/retryAfterSeconds")).isEqualTo(1);
    assertThat(refused.headers().first("Retry-After")).contains("1");
  }

  @Test
  @DisplayName("A3.11 options that do not go together are 422, malformed ones 400")
  default void a3_11() {
    list("?resourceVersionMatch=Exact").refuses(422, "Invalid");
    list("?resourceVersionMatch=Exact&resourceVersion=0").refuses(422, "Invalid");
    list("?resourceVersionMatch=Nonsense&resourceVersion=1").refuses(422, "Invalid");
    list("?sendInitialEvents=true").refuses(422, "Invalid");
    list("?resourceVersion=abc").refuses(400, "BadRequest");
    list("?continue=garbage").refuses(400, "BadRequest");
    list("?limit=many").refuses(400, "BadRequest");
  }

  @Test
  @DisplayName("A3.12 a continue token goes with no resourceVersion")
  default void a3_12() {
    bench().created("a");
    bench().created("b");
    String token = list("?limit=1").text("metadata/continue");

    list("?limit=1&resourceVersion=1&continue=" + token).refuses(400, "BadRequest");
  }

  @Test
  @DisplayName("A3.13 get with a resourceVersion is not older than that")
  default void a3_13() {
    JsonObject created = bench().created("a");
    String version = Json.text(created, "metadata/resourceVersion");

    assertThat(bench().get(bench().path("a") + "?resourceVersion=" + version).is(200).body())
        .isEqualTo(created);
    assertThat(bench().get(bench().path("a") + "?resourceVersion=0").is(200).body())
        .isEqualTo(created);
    assertThat(bench().get(bench().path("a") + "?resourceVersion=abc").status()).isIn(400, 500);
  }
}
