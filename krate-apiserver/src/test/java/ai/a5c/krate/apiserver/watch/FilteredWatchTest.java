package ai.a5c.krate.apiserver.watch;

import static ai.a5c.krate.apiserver.house.House.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.house.Rights;
import ai.a5c.krate.apiserver.registry.Scope;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.request.Authenticator;
import ai.a5c.krate.apiserver.request.Caller;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Watches of somebody who does not see everything; the ticker moves only when a test moves it. */
@Timeout(60)
class FilteredWatchTest {
  private static final GroupResource BOOKS = new GroupResource("toys.example.org", "books");
  private static final Subject BOB = Subject.of("bob");

  private final AtomicLong nanos = new AtomicLong();
  private final Rights rights = new Rights();
  private final House house = new House();
  private Instant ends = Instant.MAX;

  FilteredWatchTest() {
    house.nanos = nanos::get;
    house.authorizer = rights;
    house.authenticator =
        new Authenticator() {
          @Override
          public Subject authenticate(Caller caller) {
            return caller.verified();
          }

          @Override
          public Optional<Instant> expires(Caller caller) {
            return Optional.of(ends);
          }
        };
    house.notes =
        new Strategy() {
          @Override
          public Optional<Scope> scope() {
            return Optional.of(Scope.of(BOOKS, "spec", "book"));
          }
        };
    rights.give("notes", "watch").giveOne("books/notes", "open", "watch");
    house.server();
  }

  @AfterEach
  void close() {
    house.close();
  }

  private void create(String name, String book) {
    String note = House.note(name).replace("\"spec\":{", "\"spec\":{\"book\":\"" + book + "\",");
    assertThat(house.send("POST", NOTES, note).status()).isEqualTo(201);
  }

  private ApiResponse watch(String query) {
    ApiResponse response =
        house.server().endpoint(BOB).call(ApiRequest.get(NOTES + "?watch=true" + query));
    assertThat(response.status()).isEqualTo(200);
    return response;
  }

  private String fromNow() {
    return "&resourceVersion=" + house.head();
  }

  private static String read(ApiResponse watch) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    int count = watch.body().read(buffer, 0, buffer.length);
    return count < 0 ? "END" : new String(buffer, 0, count, StandardCharsets.UTF_8);
  }

  private void pass() {
    nanos.addAndGet(Duration.ofSeconds(3).toNanos());
  }

  private static void assertExpired(ApiResponse watch) throws IOException {
    assertThat(read(watch)).startsWith("{\"type\":\"ERROR\"").contains("\"code\":410");
    assertThat(read(watch)).isEqualTo("END");
  }

  @Test
  void theStateAndTheEventsAreThoseThatAreSeen() throws Exception {
    create("a", "open");
    create("b", "closed");
    try (ApiResponse watch = watch("")) {
      assertThat(read(watch)).contains("\"name\":\"a\"").doesNotContain("\"name\":\"b\"");
      create("c", "closed");
      house.send("PATCH", NOTES + "/b", "{\"spec\":{\"title\":\"x\"}}");
      house.send("DELETE", NOTES + "/b", "");
      house.send("DELETE", NOTES + "/a", "");
      assertThat(read(watch))
          .startsWith("{\"type\":\"DELETED\"")
          .contains("\"name\":\"a\"")
          .containsOnlyOnce("\"type\"");
    }
  }

  @Test
  void whoMayNoLongerWatchIsTold() throws Exception {
    try (ApiResponse watch = watch(fromNow())) {
      rights.take("notes", "watch");
      pass();
      assertThat(read(watch))
          .startsWith("{\"type\":\"ERROR\"")
          .contains("\"code\":403")
          .contains("User \\\"bob\\\" cannot watch resource \\\"notes\\\"");
      assertThat(read(watch)).isEqualTo("END");
    }
  }

  @Test
  void itEndsWhenWhatItShowedIsSeenNoMore() throws Exception {
    create("a", "open");
    try (ApiResponse watch = watch("")) {
      read(watch);
      rights.takeOne("books/notes", "open", "watch");
      pass();
      assertExpired(watch);
    }
  }

  @Test
  void itEndsWhenWhatItKeptBackIsSeen() throws Exception {
    create("a", "open");
    create("b", "closed");
    try (ApiResponse watch = watch("")) {
      read(watch);
      rights.giveOne("books/notes", "closed", "watch");
      pass();
      assertExpired(watch);
    }
  }

  @Test
  void itEndsWhenTheAuthorizerSaysThatSomethingChanged() throws Exception {
    try (ApiResponse watch = watch(fromNow())) {
      rights.changedAt(house.head().value());
      pass();
      assertExpired(watch);
    }
  }

  @Test
  void itEndsWhenEverythingIsSeen() throws Exception {
    try (ApiResponse watch = watch(fromNow())) {
      rights.give("books/notes", "watch");
      pass();
      assertExpired(watch);
    }
  }

  @Test
  void aWatchOfEverythingEndsWhenOnlyAPartIsSeen() throws Exception {
    rights.give("books/notes", "watch");
    try (ApiResponse watch = watch(fromNow())) {
      rights.take("books/notes", "watch");
      pass();
      assertExpired(watch);
    }
  }

  @Test
  void aWatchOfAKindWithoutScopeEndsWithItsRight() throws Exception {
    rights.give("tickets", "watch");
    String target = House.TICKETS + "?watch=true" + fromNow();
    try (ApiResponse watch = house.server().endpoint(BOB).call(ApiRequest.get(target))) {
      rights.changedAt(house.head().value());
      rights.take("tickets", "watch");
      pass();
      assertThat(read(watch)).contains("\"code\":403");
    }
  }

  @Test
  void itGoesOnForAWhileWhenNobodyKnowsWhatItMaySee() throws Exception {
    rights.give("books/notes", "watch");
    try (ApiResponse watch = watch(fromNow())) {
      rights.unknown(true);
      for (String name : List.of("a", "b")) {
        pass();
        create(name, "open");
        assertThat(read(watch)).contains("\"name\":\"" + name + "\"");
      }
      pass();
      assertThat(read(watch)).startsWith("{\"type\":\"ERROR\"").contains("\"code\":503");
      assertThat(read(watch)).isEqualTo("END");
    }
  }

  @Test
  void itGoesOnWhenNothingChangedForIt() throws Exception {
    create("a", "open");
    rights.give("books/notes", "watch");
    try (ApiResponse watch = watch(fromNow())) {
      rights.changedAt(house.head().value());
      rights.give("notes", "delete");
      pass();
      create("b", "closed");
      assertThat(read(watch)).startsWith("{\"type\":\"ADDED\"").contains("\"name\":\"b\"");
    }
  }

  @Test
  void itGoesOnOnlyFromAfterTheLastChangeOfItsRights() throws Exception {
    create("a", "open");
    long before = house.head().value();
    create("b", "open");
    long since = house.head().value();
    rights.changedAt(since);

    try (ApiResponse early = early(before);
        ApiResponse late = watch("&resourceVersion=" + since)) {
      assertThat(early.status()).isEqualTo(410);
      create("c", "open");
      assertThat(read(late)).contains("\"name\":\"c\"");
    }
    rights.give("books/notes", "watch");
    try (ApiResponse whole = early(before)) {
      assertThat(whole.status()).isEqualTo(200);
    }
  }

  private ApiResponse early(long revision) {
    return house
        .server()
        .endpoint(BOB)
        .call(ApiRequest.get(NOTES + "?watch=true&resourceVersion=" + revision));
  }

  @Test
  void bookmarksTellWhereItIsWithoutWhatItKeptBack() throws Exception {
    create("a", "closed");
    try (ApiResponse watch = watch("&allowWatchBookmarks=true")) {
      assertThat(read(watch))
          .startsWith("{\"type\":\"BOOKMARK\"")
          .contains("\"resourceVersion\":\"" + house.head() + "\"")
          .containsOnlyOnce("\"type\"");
    }
  }

  @Test
  void aCredentialThatHasEndedWatchesNothingMore() throws Exception {
    create("a", "open");
    for (Instant ended : List.of(Instant.now().minusSeconds(1), Instant.MIN)) {
      ends = ended;
      try (ApiResponse watch = watch(fromNow())) {
        assertThat(read(watch)).isEqualTo("END");
      }
    }
  }

  @Test
  void itEndsWithTheCredential() throws Exception {
    ends = Instant.now().plusSeconds(30);
    try (ApiResponse watch = watch(fromNow())) {
      nanos.addAndGet(Duration.ofSeconds(31).toNanos());
      assertThat(read(watch)).isEqualTo("END");
    }
  }
}
