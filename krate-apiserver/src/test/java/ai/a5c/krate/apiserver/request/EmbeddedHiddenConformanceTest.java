package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.api.ApiEndpoint;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.house.Rights;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.registry.Scope;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.testkit.api.HiddenConformance;
import ai.a5c.krate.testkit.api.TestedKind;
import jakarta.json.JsonObject;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/** The hall keeps the published rules about what is hidden. */
class EmbeddedHiddenConformanceTest extends HiddenConformance {
  private static final String[] VERBS = {
    "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"
  };

  private final House house = new House();

  EmbeddedHiddenConformanceTest() {
    house.authorizer =
        new Rights()
            .give("notes", VERBS)
            .give("notes/status", VERBS)
            .giveOne("books/notes", "open", VERBS);
    house.notes =
        new Strategy() {
          @Override
          public Optional<Scope> scope() {
            return scopeOfNotes();
          }
        };
  }

  Optional<Scope> scopeOfNotes() {
    return Optional.of(Scope.of(new GroupResource("toys.example.org", "books"), "spec", "book"));
  }

  @AfterEach
  void close() {
    house.close();
  }

  @Override
  protected ApiEndpoint everything() {
    return house.server().endpoint(House.ADMIN);
  }

  @Override
  protected ApiEndpoint outsider() {
    return house.server().endpoint(Subject.of("bob"));
  }

  @Override
  protected TestedKind kind() {
    return new TestedKind(
        "toys.example.org",
        "v1",
        "notes",
        "Note",
        specOf("open"),
        "title",
        Json.object().add("title", "").build(),
        Json.object().add("phase", "Read").build());
  }

  @Override
  protected String namespace() {
    return "team";
  }

  @Override
  protected JsonObject specOf(String owner) {
    return Json.object().add("title", "hello").add("book", owner).build();
  }

  @Override
  protected String hiddenOwner() {
    return "closed";
  }

  @Override
  protected String missingOwner() {
    return "absent";
  }
}
