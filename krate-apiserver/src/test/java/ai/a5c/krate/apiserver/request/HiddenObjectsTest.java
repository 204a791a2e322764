package ai.a5c.krate.apiserver.request;

import static ai.a5c.krate.apiserver.house.House.ADMIN;
import static ai.a5c.krate.apiserver.house.House.NOTES;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.apiserver.authz.Attributes;
import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.house.House.Answer;
import ai.a5c.krate.apiserver.house.Rights;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.Scope;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the subject may not see: notes of books that it has no right to. */
class HiddenObjectsTest {
  private static final GroupResource BOOKS = new GroupResource("toys.example.org", "books");
  private static final Subject BOB = Subject.of("bob");
  private static final String[] ALL = {
    "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"
  };

  private final Rights rights = new Rights();
  private final House house = new House();

  HiddenObjectsTest() {
    house.authorizer = rights;
    house.notes = scoped();
  }

  @AfterEach
  void close() {
    house.close();
  }

  private static Strategy scoped() {
    return new Strategy() {
      @Override
      public Optional<Scope> scope() {
        return Optional.of(Scope.of(BOOKS, "spec", "book"));
      }
    };
  }

  private static String inBook(String name, String book) {
    return House.note(name).replace("\"spec\":{", "\"spec\":{\"book\":\"" + book + "\",");
  }

  private ApiObject created(String name, String book) {
    Answer answer = house.send("POST", NOTES, inBook(name, book));
    assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
    return answer.object();
  }

  private Answer bob(String method, String target, String body) {
    return house.send(BOB, method, target, body);
  }

  private Answer bobAccepting(String target, String accept) {
    return House.call(
        house.server().endpoint(BOB),
        new ApiRequest("GET", target, Headers.of("Accept", accept), Bytes.EMPTY));
  }

  private static List<String> names(Answer list) {
    List<String> names = new ArrayList<>();
    for (JsonValue item : list.body().getJsonArray("items")) {
      names.add(JsonTree.textAt((JsonObject) item, "metadata", "name"));
    }
    return names;
  }

  private void readsOpenBook() {
    rights.give("notes", ALL).giveOne("books/notes", "open", "get", "list", "watch");
  }

  @Test
  void aHiddenObjectIsMissingInEveryForm() {
    created("seen", "open");
    created("hidden", "closed");
    readsOpenBook();

    for (String accept :
        List.of(
            "application/json",
            "application/json;as=Table;v=v1;g=meta.k8s.io",
            "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io")) {
      Answer hidden = bobAccepting(NOTES + "/hidden", accept);
      Answer missing = bobAccepting(NOTES + "/absent", accept);
      assertThat(bobAccepting(NOTES + "/seen", accept).status()).isEqualTo(200);
      assertThat(hidden.status()).isEqualTo(404);
      assertThat(hidden.body().toString().replace("hidden", "absent"))
          .isEqualTo(missing.body().toString());
    }
  }

  @Test
  void whatIsSeenButNotToBeChangedIsForbidden() {
    created("seen", "open");
    readsOpenBook();

    Answer refused = bob("PATCH", NOTES + "/seen", "{\"spec\":{\"title\":\"x\"}}");

    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text("message"))
        .isEqualTo(
            "books.toys.example.org \"open\" is forbidden: User \"bob\" cannot patch resource"
                + " \"books/notes\" in API group \"toys.example.org\" in the namespace \"team\"");
    assertThat(bob("DELETE", NOTES + "/seen", "").status()).isEqualTo(403);
    assertThat(bob("PATCH", NOTES + "/seen/status", "{\"status\":{\"phase\":\"x\"}}").status())
        .isEqualTo(403);
    assertThat(house.get(NOTES + "/seen").text("spec", "title")).isEqualTo("hello");
  }

  @Test
  void theStatusIsWrittenByWhoMayDoThatAndMayWriteInTheBook() {
    created("mine", "open");
    created("hidden", "closed");
    rights.give("notes/status", "patch").giveOne("books/notes", "open", "patch");
    String patch = "{\"status\":{\"phase\":\"Read\"}}";

    assertThat(bob("PATCH", NOTES + "/mine/status", patch).status()).isEqualTo(200);
    assertThat(bob("PATCH", NOTES + "/hidden/status", patch).status()).isEqualTo(404);
  }

  @Test
  void aNewObjectReachesNoBookThatItsWriterMayNotRead() {
    house.server();
    rights
        .give("notes", ALL)
        .giveOne("books/notes", "open", "get")
        .giveOne("books/notes", "mine", "create");
    created("x", "closed");

    Answer hidden = bob("POST", NOTES, inBook("a", "closed"));
    Answer missing = bob("POST", NOTES, inBook("a", "absent"));

    assertThat(hidden.status()).isEqualTo(422);
    assertThat(hidden.text("message"))
        .isEqualTo("Note.toys.example.org \"a\" is invalid: spec.book: Not found: \"closed\"");
    assertThat(hidden.body().toString().replace("closed", "absent"))
        .isEqualTo(missing.body().toString());
    assertThat(bob("POST", NOTES, inBook("a", "open")).status()).isEqualTo(403);
    assertThat(bob("POST", NOTES, House.note("a")).status()).isEqualTo(422);
    assertThat(bob("POST", NOTES, inBook("a", "mine")).status()).isEqualTo(201);
  }

  @Test
  void whereTheWriterDoesNotNameTheOwnerItIsNotNamedInTheRefusal() {
    house.notes =
        new Strategy() {
          @Override
          public Optional<Scope> scope() {
            return Optional.of(new Scope(BOOKS, note -> Optional.of("closed")));
          }
        };
    house.server();
    rights.give("notes", ALL).giveOne("books/notes", "open", ALL);

    assertThat(bob("POST", NOTES, House.note("a")).text("message"))
        .isEqualTo(
            "books.toys.example.org is forbidden: User \"bob\" cannot create resource"
                + " \"books/notes\" in API group \"toys.example.org\" in the namespace \"team\"");
  }

  @Test
  void whatBelongsToNothingNeedsTheRightToAll() {
    house.created("loose");
    created("seen", "open");
    readsOpenBook();

    assertThat(names(bob("GET", NOTES, ""))).containsExactly("seen");
    assertThat(bob("GET", NOTES + "/loose", "").status()).isEqualTo(404);
    rights.give("books/notes", "get", "list");
    assertThat(names(bob("GET", NOTES, ""))).containsExactly("loose", "seen");
    assertThat(bob("GET", NOTES + "/loose", "").status()).isEqualTo(200);
  }

  @Test
  void withoutTheRightToTheCollectionBothAreForbidden() {
    created("hidden", "closed");
    rights.give("books/notes", ALL);

    assertThat(bob("GET", NOTES, "").status()).isEqualTo(403);
    assertThat(bob("GET", NOTES + "/hidden", "").body().toString().replace("hidden", "absent"))
        .isEqualTo(bob("GET", NOTES + "/absent", "").body().toString());
    assertThat(bob("GET", NOTES + "/hidden", "").status()).isEqualTo(403);
  }

  @Test
  void aCollectionIsDeletedAsFarAsItMayBe() {
    created("a", "mine");
    created("b", "open");
    created("c", "closed");
    created("d", "mine");
    readsOpenBook();
    rights.giveOne("books/notes", "mine", "deletecollection");

    Answer deleted = bob("DELETE", NOTES, "");

    assertThat(deleted.status()).isEqualTo(200);
    assertThat(names(deleted)).containsExactly("a", "d");
    assertThat(names(house.get(NOTES))).containsExactly("b", "c");
  }

  @Test
  void pagesCountWhatIsSeen() {
    for (int i = 0; i < 9; i++) {
      created("n" + i, i % 3 == 0 ? "open" : "closed");
    }
    readsOpenBook();

    Answer first = bob("GET", NOTES + "?limit=2", "");
    String token = first.text("metadata", "continue");
    Answer second = bob("GET", NOTES + "?limit=2&continue=" + token, "");

    assertThat(names(first)).containsExactly("n0", "n3");
    assertThat(first.body().getJsonObject("metadata")).doesNotContainKey("remainingItemCount");
    assertThat(names(second)).containsExactly("n6");
    assertThat(second.text("metadata", "continue")).isEmpty();
    assertThat(second.text("metadata", "resourceVersion"))
        .isEqualTo(first.text("metadata", "resourceVersion"));
    assertThat(house.get(NOTES + "?limit=2&continue=" + token).status()).isEqualTo(400);
    assertThat(bob("GET", NOTES + "?limit=2&labelSelector=a&continue=" + token, "").status())
        .isEqualTo(400);
  }

  @Test
  void allNamespacesShowWhatIsSeenInEach() {
    house.server();
    String other =
        "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"other\"}}";
    assertThat(house.send("POST", "/api/v1/namespaces", other).status()).isEqualTo(201);
    String others = NOTES.replace("/team/", "/other/");
    created("a", "open");
    created("b", "closed");
    house.send("POST", others, inBook("c", "open"));
    house.send("POST", others, inBook("d", "closed"));
    String everywhere = "/apis/toys.example.org/v1/notes";

    assertThat(bob("GET", everywhere, "").status()).isEqualTo(403);
    rights.giveIn("", "notes", "", "list").giveOne("books/notes", "open", "list");
    assertThat(names(bob("GET", everywhere, ""))).containsExactly("a");
    rights.giveIn("other", "books/notes", "", "list");
    assertThat(names(bob("GET", everywhere, ""))).containsExactly("c", "d", "a");
    rights.giveIn("", "books/notes", "", "list");
    assertThat(names(bob("GET", everywhere, ""))).containsExactly("c", "d", "a", "b");
  }

  @Test
  void whoSeesEverythingCostsOneDecisionMore() {
    for (int i = 0; i < 20; i++) {
      created("n" + i, "b" + i);
    }
    rights.give("notes", ALL).give("books/notes", ALL);
    rights.asked();

    assertThat(names(bob("GET", NOTES, ""))).hasSize(20);
    assertThat(rights.asked()).hasSize(2);
    bob("GET", NOTES + "/n1", "");
    assertThat(rights.asked()).hasSize(2);
    bob("PATCH", NOTES + "/n1", "{\"spec\":{\"title\":\"x\"}}");
    assertThat(rights.asked()).hasSize(2);
    bob("DELETE", NOTES + "/n1", "");
    assertThat(rights.asked()).hasSize(2);
  }

  @Test
  void aListIsFilteredByTheRightsOfItsRevision() {
    created("a", "open");
    created("b", "late");
    readsOpenBook();
    rights.whenAwaited(
        () -> {
          rights.giveOne("books/notes", "late", "list");
          rights.changedAt(house.head().value());
        });

    assertThat(names(bob("GET", NOTES, ""))).containsExactly("a", "b");
  }

  @Test
  void eachOwnerIsDecidedAboutOnce() {
    for (int i = 0; i < 20; i++) {
      created("n" + i, i % 2 == 0 ? "open" : "closed");
    }
    readsOpenBook();
    rights.asked();

    assertThat(names(bob("GET", NOTES, ""))).hasSize(10);
    assertThat(rights.asked().stream().map(Attributes::name))
        .containsExactly("", "", "", "open", "closed");
  }

  @Test
  void claimsOfTheStoredObjectAreDecidedForItsRemoval() {
    GroupResource shelves = new GroupResource("toys.example.org", "shelves");
    house.notes =
        new Strategy() {
          @Override
          public List<Claim> claims(
              WriteContext context, @Nullable ApiObject old, ApiObject object) {
            return List.of(new Claim("tidy", shelves, "", object.text("spec", "book")));
          }
        };
    created("a", "mine");
    created("b", "closed");
    rights.give("notes", ALL).giveOne("shelves", "mine", "tidy");

    assertThat(bob("DELETE", NOTES + "/b", "").status()).isEqualTo(403);
    assertThat(bob("DELETE", NOTES + "/a", "").status()).isEqualTo(200);
  }

  @Test
  void aTakenNameIsTold() {
    created("hidden", "closed");
    house.send(
        "PATCH", NOTES + "/hidden", "{\"metadata\":{\"finalizers\":[\"example.org/wait\"]}}");
    house.send("DELETE", NOTES + "/hidden", "");
    rights.give("notes", ALL).giveOne("books/notes", "mine", ALL);

    Answer taken = bob("POST", NOTES, inBook("hidden", "mine"));

    assertThat(taken.status()).isEqualTo(409);
    assertThat(taken.text("message")).isEqualTo("notes.toys.example.org \"hidden\" already exists");
    assertThat(house.send("POST", NOTES, inBook("hidden", "mine")).text("message"))
        .startsWith("object is being deleted: ");
  }

  @Test
  void aRefusalIsReadByWhoMayReadTheTrailOfTheNamespaceAlone() {
    created("hidden", "closed");
    String trail = "/apis/" + House.AUDIT.apiVersion() + "/namespaces/team/auditevents";
    assertThat(bob("DELETE", NOTES + "/hidden", "").status()).isEqualTo(403);

    assertThat(bob("GET", trail, "").status()).isEqualTo(403);
    assertThat(house.get(trail).body().toString()).contains("\"bob\"");
    rights.give("auditevents", "list");
    assertThat(names(bob("GET", trail, ""))).isEqualTo(names(house.get(trail)));
  }

  @Test
  void hiddenAndMissingLeaveTheSameAuditEntry() {
    created("hidden", "closed");
    readsOpenBook();
    var before = house.head();

    bob("DELETE", NOTES + "/hidden", "");
    bob("DELETE", NOTES + "/absent", "");

    List<ApiObject> entries = house.trailAfter(before);
    assertThat(entries).hasSize(2);
    for (String member : List.of("stage", "decision", "reason", "command")) {
      assertThat(entries.get(0).text(member).replace("hidden", "absent"))
          .isEqualTo(entries.get(1).text(member));
    }
  }

  @Test
  void aClientInTheProcessSeesNoMore() {
    created("hidden", "closed");
    created("seen", "open");
    readsOpenBook();
    Client client = house.server().client(BOB);

    assertThat(client.get(House.NOTE, "team", "hidden")).isEmpty();
    assertThat(client.get(House.NOTE, "team", "seen")).isPresent();
    assertThat(house.server().client(ADMIN).get(House.NOTE, "team", "hidden")).isPresent();
  }

  @Test
  void aKindWithoutScopeIsShownAsAWholeOrNotAtAll() {
    house.server();
    for (String name : List.of("a", "b")) {
      String vault =
          "{\"apiVersion\":\"v1\",\"kind\":\"Vault\",\"metadata\":{\"name\":\"" + name + "\"}}";
      assertThat(house.send("POST", House.VAULTS, vault).status()).isEqualTo(201);
    }
    rights.giveOne("vaults", "a", "get");

    assertThat(bob("GET", House.VAULTS, "").status()).isEqualTo(403);
    assertThat(bob("GET", House.VAULTS + "/a", "").status()).isEqualTo(200);
    assertThat(bob("GET", House.VAULTS + "/b", "").status()).isEqualTo(403);
    rights.give("vaults", "list");
    assertThat(names(bob("GET", House.VAULTS, ""))).containsExactly("a", "b");
  }

  @Test
  void aTableOfAListHasTheSameRows() {
    created("seen", "open");
    created("hidden", "closed");
    readsOpenBook();

    JsonArray rows =
        bobAccepting(NOTES, "application/json;as=Table;v=v1;g=meta.k8s.io")
            .body()
            .getJsonArray("rows");

    assertThat(rows).hasSize(1);
    assertThat(rows.toString()).contains("seen").doesNotContain("hidden");
  }
}
