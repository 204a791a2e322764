package ai.a5c.krate.apiserver.request;

import static ai.a5c.krate.apiserver.house.House.NOTES;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.house.House.Answer;
import ai.a5c.krate.apiserver.house.Pages;
import ai.a5c.krate.apiserver.house.Rights;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Scope;
import ai.a5c.krate.apiserver.registry.Strategy;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A part of an object that is read as bytes. */
@Timeout(120)
class ReadoutTest {
  private static final GroupResource BOOKS = new GroupResource("toys.example.org", "books");
  private static final Subject BOB = Subject.of("bob");

  private final Rights rights = new Rights();
  private final House house = new House();
  private final Pages pages = new Pages(house.storage.blobs());
  private final AtomicLong nanos = new AtomicLong(1);

  ReadoutTest() {
    house.authorizer = rights;
    house.readouts.add(pages);
    house.nanos = nanos::get;
    house.notes =
        new Strategy() {
          @Override
          public Optional<Scope> scope() {
            return Optional.of(Scope.of(BOOKS, "spec", "book"));
          }
        };
  }

  @AfterEach
  void close() {
    house.close();
  }

  private ApiObject created(String name, String book) {
    Answer answer =
        house.send(
            "POST",
            NOTES,
            House.note(name).replace("\"spec\":{", "\"spec\":{\"book\":\"" + book + "\","));
    assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
    return answer.object();
  }

  private ApiResponse open(String method, String target) {
    return house
        .server()
        .endpoint(BOB)
        .call(new ApiRequest(method, target, Headers.of("Accept", "*/*"), Bytes.EMPTY));
  }

  private Answer bob(String method, String target) {
    return house.send(BOB, method, target, method.equals("GET") ? "" : "{}");
  }

  private static String next(InputStream body) throws IOException {
    byte[] buffer = new byte[4_096];
    int count = body.read(buffer);
    return count < 0 ? "" : new String(buffer, 0, count, UTF_8);
  }

  @Test
  void itIsGivenByteForByteAsPlainText() throws Exception {
    ApiObject note = created("one", "open");
    rights.give("notes/text", "get").give("books/notes", "get");
    String text = "größer\r\n\0".repeat(900);
    pages.write(note, text);

    try (ApiResponse response = open("GET", NOTES + "/one/text")) {
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.headers().first("Content-Type")).contains("text/plain");
      assertThat(response.headers().first("Content-Length")).isEmpty();
      assertThat(new String(response.body().readAllBytes(), UTF_8)).isEqualTo(text);
    }
    try (ApiResponse response = open("GET", NOTES + "/one/text?since=9")) {
      assertThat(response.body().readAllBytes()).hasSize(text.getBytes(UTF_8).length - 9);
    }
  }

  @Test
  void itIsFollowedToItsEnd() throws Exception {
    ApiObject note = created("one", "open");
    rights.give("notes/text", "get").give("books/notes", "get");

    try (ApiResponse response = open("GET", NOTES + "/one/text?follow=true")) {
      pages.write(note, "first\n");
      assertThat(next(response.body())).isEqualTo("first\n");
      pages.write(note, "second\n");
      assertThat(next(response.body())).isEqualTo("second\n");
      pages.write(note, "last.");
      assertThat(next(response.body())).isEqualTo("last.");
      assertThat(response.body().read()).isEqualTo(-1);
      assertThat(response.body().read()).isEqualTo(-1);
    }
  }

  @Test
  void aSlowReaderHoldsOnePiece() throws Exception {
    ApiObject note = created("one", "open");
    rights.give("notes/text", "get").give("books/notes", "get");
    pages.write(note, "x".repeat(100 * Pages.PIECE));

    try (ApiResponse response = open("GET", NOTES + "/one/text")) {
      for (int i = 0; i < Pages.PIECE; i++) {
        assertThat(response.body().read()).isEqualTo('x');
      }
      assertThat(pages.pieces()).isOne();
      assertThat(response.body().read()).isEqualTo('x');
      assertThat(pages.pieces()).isEqualTo(2);
    }
  }

  @Test
  void headTellsOfItWithoutReadingIt() throws Exception {
    ApiObject unused = created("one", "open");
    rights.give("notes/text", "get").give("books/notes", "get");

    try (ApiResponse response = open("HEAD", NOTES + "/one/text?follow=true")) {
      assertThat(response.status()).isEqualTo(200);
      assertThat(response.headers().first("Content-Type")).contains("text/plain");
      assertThat(response.body().readAllBytes()).isEmpty();
    }
    assertThat(pages.pieces()).isZero();
  }

  @Test
  void whoMayGetTheObjectMayNotForThatReadIt() {
    ApiObject unused = created("one", "open");
    rights.give("notes", "get").give("books/notes", "get");

    Answer refused = bob("GET", NOTES + "/one/text");
    assertThat(bob("GET", NOTES + "/one").status()).isEqualTo(200);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text("message"))
        .isEqualTo(
            "notes.toys.example.org \"one\" is forbidden: User \"bob\" cannot get resource"
                + " \"notes/text\" in API group \"toys.example.org\" in the namespace \"team\"");
    assertThat(bob("GET", NOTES + "/absent/text").status()).isEqualTo(403);
  }

  @Test
  void whatIsHiddenAnswersLikeWhatIsMissing() {
    ApiObject seen = created("seen", "open");
    ApiObject hidden = created("hidden", "closed");
    pages.write(seen, "seen.");
    pages.write(hidden, "secret.");
    rights.give("notes/text", "get").giveOne("books/notes", "open", "get");

    assertThat(open("GET", NOTES + "/seen/text").status()).isEqualTo(200);
    for (String query : List.of("", "?follow=true", "?since=-1", "?since=x")) {
      Answer kept = bob("GET", NOTES + "/hidden/text" + query);
      Answer missing = bob("GET", NOTES + "/absent/text" + query);
      assertThat(kept.status()).isEqualTo(404);
      assertThat(kept.body().toString().replace("hidden", "absent"))
          .isEqualTo(missing.body().toString());
    }
  }

  @Test
  void otherVerbsAndOtherNamesHaveNoAnswer() {
    ApiObject unused = created("one", "open");
    rights.give("notes/text", "get", "update", "patch", "delete", "create").give("notes", "get");

    for (String method : List.of("POST", "PUT", "PATCH", "DELETE")) {
      assertThat(bob(method, NOTES + "/one/text").status()).as(method).isEqualTo(405);
    }
    assertThat(house.get(NOTES + "/one/texts").status()).isEqualTo(404);
    assertThat(house.get(NOTES + "/one/text/more").status()).isEqualTo(404);
    assertThat(house.get(House.TICKETS + "/one/text").status()).isEqualTo(404);
  }

  @Test
  void aQueryThatMakesNoSenseIsRefused() {
    ApiObject unused = created("one", "open");

    Answer number = house.get(NOTES + "/one/text?since=x");
    assertThat(number.status()).isEqualTo(400);
    assertThat(number.text("reason")).isEqualTo("BadRequest");

    Answer negative = house.get(NOTES + "/one/text?since=-1");
    assertThat(negative.status()).isEqualTo(422);
    JsonObject cause =
        negative.body().getJsonObject("details").getJsonArray("causes").getJsonObject(0);
    assertThat(cause.getString("field")).isEqualTo("since");
  }

  @Test
  void aReadingThatIsClosedDoesNotLookComplete() throws Exception {
    ApiObject note = created("one", "open");
    pages.write(note, "some");
    InputStream body =
        house
            .server()
            .endpoint(House.ADMIN)
            .call(ApiRequest.get(NOTES + "/one/text?follow=true"))
            .body();
    assertThat(next(body)).isEqualTo("some");
    body.close();

    assertThatThrownBy(body::read).isInstanceOf(IOException.class);
  }

  @Test
  void aStoreThatClosesCutsItOff() throws Exception {
    ApiObject note = created("one", "open");
    pages.write(note, "some");
    InputStream body =
        house
            .server()
            .endpoint(House.ADMIN)
            .call(ApiRequest.get(NOTES + "/one/text?follow=true"))
            .body();
    assertThat(next(body)).isEqualTo("some");
    house.storage.close();

    assertThatThrownBy(body::read).isInstanceOf(IOException.class);
  }

  @Test
  void itEndsSoonAfterTheRightToIt() throws Exception {
    ApiObject note = created("one", "open");
    rights.give("notes/text", "get").giveOne("books/notes", "open", "get");
    pages.write(note, "some");

    try (ApiResponse response = open("GET", NOTES + "/one/text?follow=true")) {
      assertThat(next(response.body())).isEqualTo("some");
      rights.takeOne("books/notes", "open", "get");
      pages.write(note, "more");
      assertThat(next(response.body())).isEqualTo("more");
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(4));
      assertThatThrownBy(response.body()::read).isInstanceOf(IOException.class);
    }
  }

  @Test
  void itEndsAfterSomeHours() throws Exception {
    ApiObject note = created("one", "open");
    rights.give("notes/text", "get").give("books/notes", "get");
    pages.write(note, "some");

    try (ApiResponse response = open("GET", NOTES + "/one/text?follow=true")) {
      nanos.addAndGet(TimeUnit.MINUTES.toNanos(239));
      assertThat(next(response.body())).isEqualTo("some");
      nanos.addAndGet(TimeUnit.MINUTES.toNanos(2));
      assertThatThrownBy(response.body()::read).isInstanceOf(IOException.class);
    }
  }

  @Test
  void discoveryAndOpenApiTellOfIt() {
    JsonObject resources = house.get("/apis/toys.example.org/v1").body();
    assertThat(resources.getJsonArray("resources").toString())
        .contains(
            "{\"name\":\"notes/text\",\"singularName\":\"\",\"namespaced\":true,\"kind\":\"Note\","
                + "\"verbs\":[\"get\"]}");

    Answer aggregated =
        House.call(
            house.server().endpoint(House.ADMIN),
            new ApiRequest(
                "GET",
                "/apis",
                Headers.of(
                    "Accept",
                    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"),
                Bytes.EMPTY));
    assertThat(aggregated.body().toString())
        .contains(
            "{\"subresource\":\"text\",\"responseKind\":{\"group\":\"toys.example.org\","
                + "\"kind\":\"Note\",\"version\":\"v1\"},\"verbs\":[\"get\"]}");

    JsonObject path =
        house
            .get("/openapi/v3/apis/toys.example.org/v1")
            .body()
            .getJsonObject("paths")
            .getJsonObject("/apis/toys.example.org/v1/namespaces/{namespace}/notes/{name}/text");
    assertThat(path.keySet()).containsExactlyInAnyOrder("get", "parameters");
    JsonObject get = path.getJsonObject("get");
    assertThat(get.getString("operationId")).isEqualTo("readToysV1NamespacedNoteText");
    assertThat(get.getJsonArray("parameters").toString()).contains("\"since\"", "\"follow\"");
    assertThat(get.getJsonObject("responses").toString())
        .contains("{\"text/plain\":{\"schema\":{\"type\":\"string\"}}}");
  }
}
