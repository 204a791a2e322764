package ai.a5c.krate.testkit.api;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.Headers;
import jakarta.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A7: discovery, forms, media types, refusals. */
public interface WireRules {
  String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";

  ApiBench bench();

  private Reply accepting(String accept, String target) {
    return bench().send("GET", target, Headers.of("Accept", accept), "");
  }

  @Test
  @DisplayName("A7.1 discovery tells the kind, its status and what can be done with it")
  default void a7_1() {
    Reply resources = bench().get("/apis/" + bench().kind().apiVersion()).is(200);

    assertThat(resources.text("kind")).isEqualTo("APIResourceList");
    assertThat(Json.objects(resources.body(), "resources"))
        .anySatisfy(
            resource -> {
              assertThat(Json.text(resource, "name")).isEqualTo(bench().kind().plural());
              assertThat(Json.text(resource, "kind")).isEqualTo(bench().kind().kind());
              assertThat(Json.text(resource, "namespaced")).isEqualTo("true");
              assertThat(Json.text(resource, "verbs"))
                  .contains("create", "delete", "deletecollection", "get", "list", "patch")
                  .contains("update", "watch");
            })
        .anySatisfy(
            resource ->
                assertThat(Json.text(resource, "name"))
                    .isEqualTo(bench().kind().plural() + "/status"));
  }

  @Test
  @DisplayName("A7.2 aggregated discovery says what it is")
  default void a7_2() {
    String form = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    Reply groups = accepting(form + ",application/json", "/apis").is(200);

    assertThat(groups.headers().first("Content-Type").orElse("").replace(" ", "")).isEqualTo(form);
    assertThat(groups.names()).contains(bench().kind().group());
    assertThat(bench().get("/apis").is(200).text("kind")).isEqualTo("APIGroupList");
  }

  @Test
  @DisplayName("A7.3 a table has a row for each object, and what a list's metadata has")
  default void a7_3() {
    JsonObject a = bench().created("a");
    bench().created("b");

    Reply table = accepting(TABLE + ",application/json", bench().collection() + "?limit=1").is(200);

    assertThat(table.text("kind")).isEqualTo("Table");
    assertThat(table.text("apiVersion")).isEqualTo("meta.k8s.io/v1");
    assertThat(table.resourceVersion()).isNotEmpty();
    assertThat(table.text("metadata/continue")).isNotEmpty();
    List<JsonObject> columns = Json.objects(table.body(), "columnDefinitions");
    assertThat(Json.text(columns.getFirst(), "format")).isEqualTo("name");
    List<JsonObject> rows = Json.objects(table.body(), "rows");
    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst().getJsonArray("cells")).hasSameSizeAs(columns);
    assertThat(Json.text(rows.getFirst(), "cells/0")).isEqualTo("a");
    assertThat(Json.text(rows.getFirst(), "object/kind")).isEqualTo("PartialObjectMetadata");
    assertThat(Json.at(rows.getFirst(), "object/metadata")).isEqualTo(a.get("metadata"));
  }

  @Test
  @DisplayName(
      "A7.4 a row carries as much of its object as is asked for; one object is a table too")
  default void a7_4() {
    JsonObject a = bench().created("a");

    Reply whole = accepting(TABLE, bench().path("a") + "?includeObject=Object").is(200);
    Reply none = accepting(TABLE, bench().path("a") + "?includeObject=None").is(200);

    assertThat(Json.at(Json.objects(whole.body(), "rows").getFirst(), "object")).isEqualTo(a);
    assertThat(Json.text(Json.objects(none.body(), "rows").getFirst(), "object")).isEmpty();
  }

  @Test
  @DisplayName("A7.5 metadata alone, of one and of a list")
  default void a7_5() {
    JsonObject a = bench().created("a");
    String one = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
    String list = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";

    Reply metadata = accepting(one + ",application/json", bench().path("a")).is(200);
    Reply all = accepting(list + ",application/json", bench().collection()).is(200);

    assertThat(metadata.text("kind")).isEqualTo("PartialObjectMetadata");
    assertThat(metadata.body().get("metadata")).isEqualTo(a.get("metadata"));
    assertThat(all.text("kind")).isEqualTo("PartialObjectMetadataList");
    assertThat(all.items().getFirst().get("metadata")).isEqualTo(a.get("metadata"));
    assertThat(all.items().getFirst()).doesNotContainKey("spec");
  }

  @Test
  @DisplayName("A7.6 a form that cannot be given is 406, and nothing was done")
  default void a7_6() {
    Headers headers = Headers.of("Accept", "application/xml", "Content-Type", "application/json");

    assertThat(accepting("application/xml", bench().collection()).status()).isEqualTo(406);
    Reply create =
        bench().send("POST", bench().collection(), headers, bench().object("a").toString());

    create.refuses(406, "NotAcceptable");
    bench().get(bench().path("a")).refuses(404, "NotFound");
  }

  @Test
  @DisplayName("A7.7 a body that is not understood is 415; none named is JSON; YAML is read too")
  default void a7_7() {
    Headers unnamed = Headers.of("Accept", "application/json");
    String yaml =
        "apiVersion: %s\nkind: %s\nmetadata:\n  name: y\nspec: %s\n"
            .formatted(bench().kind().apiVersion(), bench().kind().kind(), bench().kind().spec());

    bench()
        .send("POST", bench().collection(), "application/xml", "<a/>")
        .refuses(415, "UnsupportedMediaType");
    bench().send("POST", bench().collection(), unnamed, bench().object("a").toString()).is(201);
    bench().send("POST", bench().collection(), "application/yaml", yaml).is(201);
  }

  @Test
  @DisplayName("A7.8 a malformed body is 400")
  default void a7_8() {
    bench()
        .send("POST", bench().collection(), ApiBench.JSON, "{\"kind\":")
        .refuses(400, "BadRequest");
    bench().send("POST", bench().collection(), ApiBench.JSON, "").refuses(400, "BadRequest");
    bench().send("POST", bench().collection(), ApiBench.JSON, "[]").refuses(400, "BadRequest");
  }

  @Test
  @DisplayName("A7.9 unknown paths and resources are 404, unfit methods 405 or 404")
  default void a7_9() {
    bench().created("a");

    assertThat(bench().get("/apis/" + bench().kind().apiVersion() + "/nothings").status())
        .isEqualTo(404);
    assertThat(bench().get("/apis/nobody.example.org/v1").status()).isEqualTo(404);
    assertThat(bench().get(bench().path("a") + "/nothing").status()).isEqualTo(404);
    assertThat(bench().put(bench().collection(), bench().object("a")).status()).isBetween(400, 405);
    assertThat(bench().patch(bench().collection(), "{}").status()).isBetween(400, 405);
    assertThat(bench().post(bench().kind().everywhere(), bench().object("a")).status())
        .isIn(404, 405);
    assertThat(bench().post(bench().path("a"), bench().object("a")).status()).isIn(405, 409);
  }

  @Test
  @DisplayName("A7.10 unknown parameters say nothing")
  default void a7_10() {
    bench().created("a");

    bench().get(bench().path("a") + "?timeout=32s&pretty=true&nonsense=1").is(200);
    bench().post(bench().collection() + "?fieldManager=suite", bench().object("b")).is(201);
  }

  @Test
  @DisplayName("A7.11 HEAD answers as GET does, without a body")
  default void a7_11() {
    bench().created("a");
    Headers none = Headers.NONE;

    Reply head = bench().send("HEAD", bench().path("a"), none, "").is(200);

    assertThat(head.body()).isEmpty();
    bench().send("HEAD", bench().collection(), none, "").is(200);
    bench().send("HEAD", bench().path("nobody"), none, "").is(404);
  }

  @Test
  @DisplayName("A7.12 the version is one that exists")
  default void a7_12() {
    Reply version = bench().get("/version").is(200);

    assertThat(version.text("major")).isEqualTo("1");
    assertThat(version.text("minor")).matches("[0-9]+\\+?");
    assertThat(version.text("gitVersion")).startsWith("v1.");
  }

  @Test
  @DisplayName(
      "A7.13 OpenAPI tells PATCH's fieldValidation, by which kubectl knows that it may write")
  default void a7_13() {
    String key = "apis/" + bench().kind().apiVersion();
    Reply index = bench().get("/openapi/v3").is(200);
    String url =
        Json.text(index.body().getJsonObject("paths").getJsonObject(key), "serverRelativeURL");

    Reply document = bench().get(url).is(200);

    String path = bench().kind().collection("{namespace}") + "/{name}";
    JsonObject patch =
        document.body().getJsonObject("paths").getJsonObject(path).getJsonObject("patch");
    assertThat(patch.getJsonObject("x-kubernetes-group-version-kind").getString("kind"))
        .isEqualTo(bench().kind().kind());
    assertThat(Json.objects(patch, "parameters"))
        .anySatisfy(
            parameter -> assertThat(Json.text(parameter, "name")).isEqualTo("fieldValidation"));
  }

  @Test
  @DisplayName("A7.14 a body beyond 3 MiB is 413")
  default void a7_14() {
    JsonObject sent =
        Json.with(bench().object("a"), "metadata/annotations/large", "x".repeat(3 * 1024 * 1024));

    bench().post(bench().collection(), sent).refuses(413, "RequestEntityTooLarge");
  }

  @Test
  @DisplayName("A7.15 an answer names its request, and no cache keeps it")
  default void a7_15() {
    Reply list = bench().get(bench().collection()).is(200);

    assertThat(list.headers().first("Audit-Id")).isPresent();
    assertThat(list.headers().first("Cache-Control").orElse("")).contains("no-cache");
    assertThat(list.headers().first("Content-Type").orElse("")).startsWith("application/json");
  }
}
