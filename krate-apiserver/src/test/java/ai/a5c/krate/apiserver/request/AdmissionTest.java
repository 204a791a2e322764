package ai.a5c.krate.apiserver.request;

import static ai.a5c.krate.apiserver.house.House.NOTE;
import static ai.a5c.krate.apiserver.house.House.NOTES;
import static ai.a5c.krate.apiserver.house.House.note;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.apiserver.admission.Admission;
import ai.a5c.krate.apiserver.admission.Objection;
import ai.a5c.krate.apiserver.admission.Verdict;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Decision;
import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.house.House.Answer;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What stands between a decoded object and its commit. */
class AdmissionTest {
  private final House house = new House();

  @AfterEach
  void close() {
    house.close();
  }

  private void mutatingNotes(java.util.function.UnaryOperator<ApiObject> change) {
    house.mutating.add(
        (asked, object) -> asked.context().kind().equals(NOTE) ? change.apply(object) : object);
  }

  @Test
  void whatAdmissionChangesOfTheSpecCountsAsAGeneration() {
    mutatingNotes(
        note ->
            note.text("spec", "title").equals("loud")
                ? note.withText("LOUD", "spec", "title")
                : note);
    ApiObject a = house.created("a");

    Answer louder = house.send("PATCH", NOTES + "/a", "{\"spec\":{\"title\":\"loud\"}}");
    Answer again = house.send("PATCH", NOTES + "/a", "{\"spec\":{\"title\":\"loud\"}}");

    assertThat(a.generation()).isEqualTo(1);
    assertThat(louder.text("spec", "title")).isEqualTo("LOUD");
    assertThat(louder.object().generation()).isEqualTo(2);
    assertThat(again.body()).isEqualTo(louder.body());
  }

  @Test
  void whatAdmissionTakesBackIsNoGeneration() {
    mutatingNotes(note -> note.withText("fixed", "spec", "title"));
    ApiObject a = house.created("a");

    Answer patched =
        house.send(
            "PATCH",
            NOTES + "/a",
            "{\"metadata\":{\"labels\":{\"x\":\"y\"}},\"spec\":{\"title\":\"other\"}}");

    assertThat(a.text("spec", "title")).isEqualTo("fixed");
    assertThat(patched.object().generation()).isEqualTo(1);
  }

  @Test
  void admissionCannotWriteWhatTheServerAloneWrites() {
    mutatingNotes(
        note ->
            note.withText("11111111-2222-4333-8444-555555555555", "metadata", "uid")
                .withText("other", "metadata", "name")
                .with(Json.number(77), "metadata", "generation")
                .withText("Forged", "status", "phase")
                .withText("gone", "spec", "unknown")
                .withLabel("mutated", "yes"));

    Answer created = house.send("POST", NOTES, note("a"));

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.text("metadata", "name")).isEqualTo("a");
    assertThat(created.text("metadata", "uid"))
        .isNotEqualTo("11111111-2222-4333-8444-555555555555");
    assertThat(created.object().generation()).isEqualTo(1);
    assertThat(created.text("status", "phase")).isEmpty();
    assertThat(created.text("spec", "unknown")).isEmpty();
    assertThat(created.object().labels()).containsEntry("mutated", "yes");
  }

  @Test
  void whatAdmissionMakesIsValidated() {
    mutatingNotes(note -> note.withText("x".repeat(50), "spec", "title"));

    assertThat(house.send("POST", NOTES, note("a")).status()).isEqualTo(422);
  }

  @Test
  void claimsAreDecidedAndDecidedAgainWhenAdmissionChangedThem() {
    GroupResource books = new GroupResource("toys.example.org", "books");
    house.notes =
        new Strategy() {
          @Override
          public List<Claim> claims(
              WriteContext context, @Nullable ApiObject old, ApiObject object) {
            String book = object.text("spec", "book");
            return book.isEmpty() ? List.of() : List.of(new Claim("use", books, "", book));
          }
        };
    house.authorizer =
        Authorizer.inOrder(
            List.of(
                attributes ->
                    attributes.resource().equals(books) && attributes.name().equals("secret")
                        ? new Decision.Deny("not this one")
                        : new Decision.NoOpinion(),
                Authorizer.masters()));
    mutatingNotes(
        note ->
            note.text("spec", "title").equals("sneak")
                ? note.withText("secret", "spec", "book")
                : note);

    Answer open = house.send("POST", NOTES, inBook("a", "open", "hello"));
    Answer secret = house.send("POST", NOTES, inBook("b", "secret", "hello"));
    Answer sneaked = house.send("POST", NOTES, inBook("c", "open", "sneak"));

    assertThat(open.status()).isEqualTo(201);
    assertThat(secret.status()).isEqualTo(403);
    assertThat(secret.text("message"))
        .isEqualTo(
            "books.toys.example.org \"secret\" is forbidden: User \"admin\" cannot use resource"
                + " \"books\" in API group \"toys.example.org\" in the namespace \"team\"");
    assertThat(sneaked.status()).isEqualTo(403);
    assertThat(house.trail().getLast().text("stage")).isEqualTo("MutatingAdmission");
  }

  private static String inBook(String name, String book, String title) {
    return note(name, title).replace("\"spec\":{", "\"spec\":{\"book\":\"" + book + "\",");
  }

  @Test
  void everyObjectionIsTold() {
    house.validating.add(asked -> objections(asked, "too late"));
    house.validating.add(asked -> objections(asked, "too long"));

    assertThat(house.send("POST", NOTES, note("a")).text("message"))
        .isEqualTo("notes.toys.example.org \"a\" is forbidden: too late; too long");
  }

  private static Verdict objections(Admission asked, String objection) {
    return asked.context().kind().equals(NOTE)
        ? Verdict.of(List.of(Objection.forbidden(objection)))
        : Verdict.SILENT;
  }

  @Test
  void admissionIsAskedAboutDeletionsWithTheOldObjectAlone() {
    List<Admission> asked = new ArrayList<>();
    house.validating.add(
        admission -> {
          asked.add(admission);
          return Verdict.SILENT;
        });
    house.created("a");
    house.created("b");
    asked.clear();

    house.send("DELETE", NOTES + "/a", "");
    house.send("DELETE", NOTES, "");

    assertThat(asked)
        .allSatisfy(
            admission -> {
              assertThat(admission.operation()).isEqualTo(Admission.Operation.DELETE);
              assertThat(admission.object()).isNull();
              assertThat(admission.old()).isNotNull();
            })
        .hasSize(2);
  }

  @Test
  void aNamespaceThatGoesAwayTakesNothingNew() {
    house.server();
    house.send(
        "PATCH",
        "/api/v1/namespaces/team",
        "{\"metadata\":{\"finalizers\":[\"example.org/wait\"]}}");
    house.created("before");
    house.send("DELETE", "/api/v1/namespaces/team", "");

    Answer refused = house.send("POST", NOTES, note("a"));

    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.body().toString()).contains("NamespaceTerminating");
    assertThat(house.send("PATCH", NOTES + "/before", "{\"spec\":{\"title\":\"x\"}}").status())
        .isEqualTo(200);
    assertThat(house.send("DELETE", NOTES + "/before", "").status()).isEqualTo(200);
  }

  @Test
  void coreKindsTakeAnUpdateThatNamesNoVersion() {
    house.server();
    String team =
        "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"team\",\"labels\":{\"a\":\"b\"}}}";

    assertThat(house.send("PUT", "/api/v1/namespaces/team", team).object().labels())
        .containsEntry("a", "b");
  }
}
