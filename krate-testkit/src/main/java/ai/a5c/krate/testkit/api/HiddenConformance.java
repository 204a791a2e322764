package ai.a5c.krate.testkit.api;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.api.Headers;
import jakarta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What a server keeps from somebody who may use a kind, but only the objects of some owners: extend
 * this class, say who that is, and how an object says what it belongs to.
 *
 * <p>Each rule has a number and a sentence. They are about the answers alone: what is hidden
 * answers byte for byte like what is missing, its name apart. Every test wants a fresh namespace.
 */
@TestInstance(TestInstance.Lifecycle.PER_METHOD)
public abstract class HiddenConformance {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";
  private static final String METADATA =
      "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";

  private final ApiBench[] benches = new ApiBench[2];

  /** The endpoint of somebody who may do everything; asked once for each test. */
  protected abstract ApiEndpoint everything() throws Exception;

  /**
   * The endpoint of somebody who may use every verb on the kind, for the objects of the owner that
   * the kind's own spec names; asked once for each test, after {@link #everything}.
   */
  protected abstract ApiEndpoint outsider() throws Exception;

  /** The kind to play with; its spec belongs to an owner that the outsider sees. */
  protected abstract TestedKind kind();

  /** The namespace, in which there are no objects of the kind. */
  protected abstract String namespace();

  /** The kind's spec for another owner. */
  protected abstract JsonObject specOf(String owner);

  /** An owner that exists, of which the outsider sees nothing. */
  protected abstract String hiddenOwner();

  /** An owner that does not exist. */
  protected abstract String missingOwner();

  @BeforeEach
  final void openBenches() throws Exception {
    ApiEndpoint all = everything();
    benches[0] = new ApiBench(all, kind(), namespace(), namespace(), PATIENCE);
    benches[1] = new ApiBench(outsider(), kind(), namespace(), namespace(), PATIENCE);
  }

  private ApiBench all() {
    return benches[0];
  }

  private ApiBench outside() {
    return benches[1];
  }

  private JsonObject hidden(String name) {
    return Json.with(all().object(name), "spec", specOf(hiddenOwner()));
  }

  /** Makes an object that the outsider sees, one that it does not see, and another of each. */
  private void createFour() {
    all().created("n-seen");
    all().created(hidden("n-hide"));
    all().created("o-seen");
    all().created(hidden("o-hide"));
  }

  /** What the outsider is told of the hidden object, and of one that was never there. */
  private void assertSame(String method, String path, Headers headers, String body) {
    Reply hidden = send("n-hide", method, path, headers, body);
    Reply missing = send("n-none", method, path, headers, body);

    assertThat(hidden.status()).as(method + path + body).isEqualTo(missing.status());
    assertThat(hidden.body().toString().replace("n-hide", "n-none"))
        .as(method + path + body)
        .isEqualTo(missing.body().toString());
    assertThat(hidden.headers().all("Warning")).isEqualTo(missing.headers().all("Warning"));
  }

  private Reply send(String name, String method, String path, Headers headers, String body) {
    return outside().send(method, outside().path(name) + path, headers, body.replace("NAME", name));
  }

  private void assertSame(String method, String path, String mediaType, String body) {
    assertSame(method, path, Headers.of("Accept", ApiBench.JSON, "Content-Type", mediaType), body);
  }

  @Test
  @DisplayName("A10.1 get: a hidden object is missing, in every form")
  void a10_1() {
    createFour();

    for (String accept : List.of(ApiBench.JSON, TABLE, METADATA, "text/html")) {
      assertSame("GET", "", Headers.of("Accept", accept), "");
      assertSame("GET", "?resourceVersion=1", Headers.of("Accept", accept), "");
    }
    outside().get(outside().path("n-hide")).refuses(404, "NotFound");
    outside().get(outside().path("n-seen")).is(200);
  }

  @Test
  @DisplayName("A10.2 every write: a hidden object is missing, whatever else is wrong")
  void a10_2() {
    createFour();
    String whole = all().object("NAME").toString();
    String versioned = Json.with(all().object("NAME"), "metadata/resourceVersion", "1").toString();

    for (String query : List.of("", "?dryRun=All", "?dryRun=Some", "?fieldValidation=Strict")) {
      assertSame("PUT", query, ApiBench.JSON, whole);
      assertSame("PUT", query, ApiBench.JSON, versioned);
      assertSame("PUT", query, ApiBench.JSON, "{");
      assertSame("PUT", "/status" + query, ApiBench.JSON, versioned);
      assertSame("PATCH", query, ApiBench.MERGE, all().text("other"));
      assertSame("PATCH", query, ApiBench.MERGE, "{\"metadata\":{\"resourceVersion\":\"1\"}}");
      assertSame("PATCH", query, ApiBench.MERGE, "{\"spec\":1}");
      assertSame("PATCH", query, ApiBench.JSON_PATCH, "[{\"op\":\"remove\",\"path\":\"/none\"}]");
      assertSame("PATCH", query, ApiBench.JSON_PATCH, "[]x");
      assertSame("PATCH", query, "application/strategic-merge-patch+json", "{}");
      assertSame("PATCH", "/status" + query, ApiBench.MERGE, "{\"status\":{}}");
      assertSame("DELETE", query, ApiBench.JSON, "");
      assertSame("DELETE", query, ApiBench.JSON, "{\"preconditions\":{\"uid\":\"1\"}}");
      assertSame("DELETE", query, ApiBench.JSON, "{\"preconditions\":{\"resourceVersion\":\"1\"}}");
    }
    all().get(all().path("n-hide")).is(200);
    outside().patch(outside().path("n-hide"), all().text("other")).refuses(404, "NotFound");
    outside().patch(outside().path("n-seen"), all().text("other")).is(200);
  }

  @Test
  @DisplayName("A10.3 lists show what is seen; a limit counts that, and nothing counts the rest")
  void a10_3() {
    createFour();
    all().created("p-seen");

    Reply whole = outside().get(outside().collection()).is(200);
    assertThat(whole.names()).containsExactly("n-seen", "o-seen", "p-seen");
    assertThat(whole.items())
        .containsExactlyElementsOf(
            all().get(all().collection()).items().stream()
                .filter(item -> Json.text(item, "metadata/name").endsWith("seen"))
                .toList());
    List<String> walked = new ArrayList<>();
    String token = "";
    do {
      Reply page = outside().get(outside().collection() + "?limit=1&continue=" + token).is(200);
      walked.addAll(page.names());
      assertThat(page.names()).hasSize(1);
      assertThat(page.text("metadata/remainingItemCount")).isEmpty();
      token = page.text("metadata/continue");
    } while (!token.isEmpty());
    assertThat(walked).containsExactly("n-seen", "o-seen", "p-seen");
    assertThat(rows(outside().collection())).hasSize(3);
    for (String name : List.of("n-hide", "n-none")) {
      String selected = outside().collection() + "?fieldSelector=metadata.name%3D" + name;
      assertThat(outside().get(selected).is(200).names()).isEmpty();
    }
  }

  private List<JsonObject> rows(String target) {
    Reply table = outside().send("GET", target, Headers.of("Accept", TABLE), "").is(200);
    return Json.objects(table.body(), "rows");
  }

  @Test
  @DisplayName("A10.4 a continue token tells no name, and is good for its list and bearer alone")
  void a10_4() {
    createFour();
    String target = outside().collection() + "?limit=1&continue=";
    String token = outside().get(target).is(200).text("metadata/continue");

    assertThat(token).isNotEmpty();
    String bytes = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.ISO_8859_1);
    assertThat(bytes).doesNotContain("seen").doesNotContain("hide");
    all().get(target + token).refuses(400, "BadRequest");
    outside().get(target + token + "&labelSelector=a").refuses(400, "BadRequest");
    for (int at = 0; at < token.length() - 1; at += 7) {
      char other = token.charAt(at) == 'A' ? 'B' : 'A';
      String altered = token.substring(0, at) + other + token.substring(at + 1);
      outside().get(target + altered).refuses(400, "BadRequest");
    }
    assertThat(outside().get(target + token).is(200).names()).containsExactly("o-seen");
  }

  @Test
  @DisplayName("A10.5 a watch shows what is seen, from its first state on")
  void a10_5() throws Exception {
    createFour();

    try (Watch watch = outside().watch("")) {
      all().patch(all().path("n-hide"), all().text("other")).is(200);
      all().delete(all().path("o-hide")).is(200);
      all().created(hidden("p-hide"));
      all().delete(all().path("n-seen")).is(200);
      all().created("q-seen");

      assertThat(watch.until(event -> event.name().equals("q-seen")))
          .extracting(event -> event.type() + " " + event.name())
          .containsExactly("ADDED n-seen", "ADDED o-seen", "DELETED n-seen", "ADDED q-seen");
    }
  }

  @Test
  @DisplayName("A10.6 a collection is deleted as far as it is seen")
  void a10_6() {
    createFour();

    assertThat(outside().delete(outside().collection()).is(200).names())
        .containsExactly("n-seen", "o-seen");
    assertThat(all().get(all().collection()).names()).containsExactly("n-hide", "o-hide");
  }

  @Test
  @DisplayName("A10.7 a new object for a hidden owner is refused like one for a missing owner")
  void a10_7() {
    JsonObject seen = all().object("n-new");
    Reply hidden = outside().post(outside().collection(), hidden("n-new"));
    Reply missing =
        outside().post(outside().collection(), Json.with(seen, "spec", specOf(missingOwner())));

    hidden.refuses(422, "Invalid");
    assertThat(hidden.body().toString().replace(hiddenOwner(), missingOwner()))
        .isEqualTo(missing.body().toString());
    outside().post(outside().collection(), seen).is(201);
  }
}
