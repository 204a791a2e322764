package ai.a5c.krate.apiserver.request;

import static ai.a5c.krate.apiserver.house.House.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.house.Rights;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.registry.Scope;
import ai.a5c.krate.apiserver.registry.Strategy;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Random objects, rights and requests, against an oracle that knows the rights as they were drawn.
 */
class HiddenObjectsPropertyTest {
  private static final GroupResource BOOKS = new GroupResource("toys.example.org", "books");
  private static final Subject BOB = Subject.of("bob");
  private static final List<String> BOOK_NAMES = List.of("", "red", "green", "blue");
  private static final List<String> VERBS =
      List.of("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection");

  /**
   * What bob may do.
   *
   * @param base verbs on notes, and on their status
   * @param books by verb the books whose notes it holds for; an empty name for all
   */
  record Drawn(Set<String> base, Map<String, Set<String>> books) {
    boolean reaches(String verb, String book) {
      Set<String> given = books.getOrDefault(verb, Set.of());
      return given.contains("") || (!book.isEmpty() && given.contains(book));
    }

    /** Whether a note of the book is told from a missing one by a request with the verb. */
    boolean tells(String verb, String book) {
      return reaches(verb, book) || (base.contains("get") && reaches("get", book));
    }

    Rights rights() {
      Rights rights = new Rights();
      base.forEach(verb -> rights.give("notes", verb).give("notes/status", verb));
      books.forEach(
          (verb, names) -> names.forEach(name -> rights.giveOne("books/notes", name, verb)));
      return rights;
    }
  }

  /** A change that the administrator makes: of which note, and which. */
  record Step(String name, String book, int what) {}

  /** A request about a note. */
  record Ask(String method, String path, String mediaType, String body) {
    String verb() {
      return switch (method) {
        case "PUT" -> "update";
        case "PATCH" -> "patch";
        case "DELETE" -> "delete";
        default -> "get";
      };
    }
  }

  @Provide
  Arbitrary<Drawn> rights() {
    Arbitrary<Set<String>> books =
        Arbitraries.of(BOOK_NAMES).set().ofMaxSize(2).filter(s -> !s.contains("") || s.size() < 2);
    return Combinators.combine(
            Arbitraries.of(VERBS).set().ofMinSize(4),
            Arbitraries.maps(Arbitraries.of(VERBS), books).ofMaxSize(VERBS.size()))
        .as((base, by) -> new Drawn(base, new TreeMap<>(by)));
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.of("n-a", "n-b", "n-c", "n-d", "n-e", "n-f"),
            Arbitraries.of(BOOK_NAMES),
            Arbitraries.integers().between(0, 5))
        .as(Step::new)
        .list()
        .ofMinSize(3)
        .ofMaxSize(20);
  }

  @Provide
  Arbitrary<List<Ask>> asks() {
    String json = "application/json";
    String merge = "application/merge-patch+json";
    String patch = "application/json-patch+json";
    return Arbitraries.of(
            new Ask("GET", "", json, ""),
            new Ask("HEAD", "", json, ""),
            new Ask("GET", "/status", json, ""),
            new Ask("GET", "?resourceVersion=1", json, ""),
            new Ask("GET", "?resourceVersion=x", json, ""),
            new Ask("GET", "/nothing", json, ""),
            new Ask("PUT", "", json, "{"),
            new Ask("PUT", "", json, House.note("NAME")),
            new Ask("PUT", "", json, House.note("other")),
            new Ask(
                "PUT",
                "?fieldValidation=Strict",
                json,
                House.note("NAME").replace("}}", "},\"x\":1}")),
            new Ask("PUT", "", json, withVersion("1")),
            new Ask("PUT", "?dryRun=All", json, withVersion("7")),
            new Ask("PUT", "/status", json, withVersion("1")),
            new Ask("PUT", "", "text/plain", "x"),
            new Ask("PATCH", "", merge, "{\"spec\":{\"title\":\"x\"}}"),
            new Ask("PATCH", "?dryRun=All", merge, "{\"spec\":{\"title\":\"x\"}}"),
            new Ask("PATCH", "?dryRun=Some", merge, "{}"),
            new Ask("PATCH", "", merge, "{\"spec\":{\"title\":\"\"}}"),
            new Ask("PATCH", "", merge, "{\"metadata\":{\"resourceVersion\":\"1\"}}"),
            new Ask("PATCH", "", merge, "{\"spec\":{\"book\":\"red\"}}"),
            new Ask("PATCH", "/status", merge, "{\"status\":{\"phase\":\"Read\"}}"),
            new Ask("PATCH", "", merge, "nonsense"),
            new Ask(
                "PATCH", "", patch, "[{\"op\":\"test\",\"path\":\"/spec/title\",\"value\":\"y\"}]"),
            new Ask("PATCH", "", patch, "[{\"op\":\"remove\",\"path\":\"/spec/nothing\"}]"),
            new Ask("PATCH", "", "application/strategic-merge-patch+json", "{}"),
            new Ask("DELETE", "", json, ""),
            new Ask("DELETE", "?dryRun=All", json, ""),
            new Ask("DELETE", "", json, "{\"preconditions\":{\"uid\":\"1\"}}"),
            new Ask("DELETE", "", json, "{\"preconditions\":{\"resourceVersion\":\"1\"}}"),
            new Ask("DELETE", "", json, "{\"kind\":\"Nonsense\"}"))
        .list()
        .uniqueElements()
        .ofMinSize(4)
        .ofMaxSize(10);
  }

  private static String withVersion(String version) {
    return House.note("NAME")
        .replace("\"metadata\":{", "\"metadata\":{\"resourceVersion\":\"" + version + "\",");
  }

  private static House house(Drawn drawn) {
    House house = new House();
    house.authorizer = drawn.rights();
    house.notes =
        new Strategy() {
          @Override
          public Optional<Scope> scope() {
            return Optional.of(Scope.of(BOOKS, "spec", "book"));
          }
        };
    house.server();
    return house;
  }

  private static void take(House house, Step step) {
    String path = NOTES + "/" + step.name();
    switch (step.what()) {
      case 0 -> house.send("DELETE", path, "");
      case 1 -> house.send("PATCH", path, "{\"spec\":{\"title\":\"" + step.book() + "!\"}}");
      case 2 -> house.send("PATCH", path, "{\"metadata\":{\"labels\":{\"mark\":\"on\"}}}");
      case 3 -> house.send("PATCH", path, "{\"metadata\":{\"labels\":{\"mark\":null}}}");
      default -> house.send("POST", NOTES, inBook(step.name(), step.book()));
    }
  }

  private static String inBook(String name, String book) {
    return book.isEmpty()
        ? House.note(name)
        : House.note(name).replace("\"spec\":{", "\"spec\":{\"book\":\"" + book + "\",");
  }

  private record Told(int status, Map<String, List<String>> headers, String body) {}

  private static Told ask(House house, Ask ask, String name) {
    Headers headers = Headers.of("Accept", "application/json", "Content-Type", ask.mediaType());
    String body = ask.body().replace("NAME", name);
    ApiRequest request =
        new ApiRequest(ask.method(), NOTES + "/" + name + ask.path(), headers, Bytes.utf8(body));
    try (ApiResponse response = house.server().endpoint(BOB).call(request)) {
      String text = new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
      Map<String, List<String>> told = new TreeMap<>();
      for (String header : List.of("Content-Type", "Warning", "Retry-After", "Cache-Control")) {
        told.put(header, response.headers().all(header));
      }
      return new Told(response.status(), told, text.replace(name, "NAME"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Property(tries = 300)
  void whatIsHiddenAnswersLikeWhatIsMissing(
      @ForAll("rights") Drawn drawn,
      @ForAll("steps") List<Step> steps,
      @ForAll("asks") List<Ask> asks) {
    try (House house = house(drawn)) {
      steps.forEach(step -> take(house, step));
      for (JsonObject note : items(house.get(NOTES).body())) {
        String name = JsonTree.textAt(note, "metadata", "name");
        String book = JsonTree.textAt(note, "spec", "book");
        for (Ask ask : asks) {
          if (!drawn.tells(ask.verb(), book)) {
            assertThat(ask(house, ask, name)).as(ask.toString()).isEqualTo(ask(house, ask, "n-0"));
          }
        }
        assertTold(house, drawn, name, book);
      }
    }
  }

  /** Whoever may do something is not told that the object is missing, and nobody else may. */
  private static void assertTold(House house, Drawn drawn, String name, String book) {
    for (Ask ask :
        List.of(
            new Ask("GET", "", "application/json", ""),
            new Ask("PATCH", "?dryRun=All", "application/merge-patch+json", "{}"),
            new Ask("DELETE", "?dryRun=All", "application/json", ""))) {
      int expected =
          !drawn.base().contains(ask.verb())
              ? 403
              : drawn.reaches(ask.verb(), book) ? 200 : drawn.tells(ask.verb(), book) ? 403 : 404;
      assertThat(ask(house, ask, name).status()).as(ask + " " + name).isEqualTo(expected);
    }
  }

  @Property(tries = 200)
  void aListIsTheFilteredWholeList(
      @ForAll("rights") Drawn drawn, @ForAll("steps") List<Step> steps) {
    try (House house = house(drawn)) {
      steps.forEach(step -> take(house, step));
      for (String selector :
          List.of("", "labelSelector=mark", "fieldSelector=metadata.name!%3Dn-a")) {
        List<JsonObject> whole = items(house.get(NOTES + "?" + selector).body());
        List<JsonObject> expected =
            whole.stream()
                .filter(note -> drawn.reaches("list", JsonTree.textAt(note, "spec", "book")))
                .toList();
        if (drawn.base().contains("list")) {
          assertThat(pages(house, selector, 0)).isEqualTo(expected);
          assertThat(pages(house, selector, 2)).isEqualTo(expected);
        } else {
          assertThat(house.send(BOB, "GET", NOTES + "?" + selector, "").status()).isEqualTo(403);
        }
      }
    }
  }

  private static List<JsonObject> pages(House house, String selector, int limit) {
    List<JsonObject> all = new ArrayList<>();
    String token = "";
    do {
      String query = "?limit=" + limit + "&continue=" + token + "&" + selector;
      House.Answer page = house.send(BOB, "GET", NOTES + query, "");
      assertThat(page.status()).as(page.toString()).isEqualTo(200);
      token = page.text("metadata", "continue");
      List<JsonObject> items = items(page.body());
      assertThat(token.isEmpty() || items.size() == limit).isTrue();
      all.addAll(items);
    } while (!token.isEmpty());
    return all;
  }

  @Property(tries = 150)
  void aWatchIsTheFilteredHistory(
      @ForAll("rights") Drawn drawn,
      @ForAll("steps") List<Step> before,
      @ForAll("steps") List<Step> during) {
    try (House house = house(drawn)) {
      before.forEach(step -> take(house, step));
      if (!drawn.base().contains("watch")) {
        assertThat(house.send(BOB, "GET", NOTES + "?watch=1", "").status()).isEqualTo(403);
        return;
      }
      ((Rights) house.authorizer).giveOne("books/notes", "last", "watch");
      for (String selector : List.of("", "&labelSelector=mark")) {
        String query = "?watch=true&allowWatchBookmarks=false" + selector;
        try (ApiResponse his = watch(house, BOB, query);
            ApiResponse whole = watch(house, House.ADMIN, query)) {
          during.forEach(step -> take(house, step));
          String last =
              inBook("z-last", "last")
                  .replace("\"metadata\":{", "\"metadata\":{\"labels\":{\"mark\":\"on\"},");
          house.send("POST", NOTES, last);
          assertThat(untilLast(his))
              .isEqualTo(
                  untilLast(whole).stream()
                      .filter(event -> drawn.reaches("watch", book(event)))
                      .toList());
        }
        house.send("DELETE", NOTES + "/z-last", "");
      }
    }
  }

  private static ApiResponse watch(House house, Subject subject, String query) {
    return house.server().endpoint(subject).call(ApiRequest.get(NOTES + query));
  }

  private static String book(JsonObject event) {
    return JsonTree.textAt(event, "object", "spec", "book");
  }

  /** The events before that of the note in the book that everybody sees. */
  private static List<JsonObject> untilLast(ApiResponse watch) throws UncheckedIOException {
    var lines = new BufferedReader(new InputStreamReader(watch.body(), StandardCharsets.UTF_8), 1);
    List<JsonObject> events = new ArrayList<>();
    try {
      while (true) {
        JsonObject event = Json.stored(Bytes.utf8(lines.readLine()));
        if (book(event).equals("last")) {
          return events;
        }
        events.add(event);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<JsonObject> items(JsonObject list) {
    return list.getJsonArray("items").stream().map(JsonValue::asJsonObject).toList();
  }
}
