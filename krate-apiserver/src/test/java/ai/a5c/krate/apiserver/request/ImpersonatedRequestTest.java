package ai.a5c.krate.apiserver.request;

import static ai.a5c.krate.apiserver.house.House.ADMIN;
import static ai.a5c.krate.apiserver.house.House.NOBODY;
import static ai.a5c.krate.apiserver.house.House.NOTES;
import static ai.a5c.krate.apiserver.house.House.note;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.apiserver.authz.Authorizer;
import ai.a5c.krate.apiserver.authz.Decision;
import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.house.House.Answer;
import ai.a5c.krate.apiserver.registry.ApiObject;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests with the headers of {@code kubectl --as}. */
class ImpersonatedRequestTest {
  private final House house = new House();

  /** Members of writers may do everything with notes, and nothing else. */
  @BeforeEach
  void writersMayWriteNotes() {
    house.authorizer =
        Authorizer.inOrder(
            List.of(
                Authorizer.masters(),
                asked ->
                    asked.subject().in("writers") && asked.resource().resource().equals("notes")
                        ? new Decision.Allow("a writer")
                        : new Decision.NoOpinion()));
  }

  @AfterEach
  void close() {
    house.close();
  }

  private Answer create(Subject real, String name, String... headers) {
    Headers all = Headers.of("Content-Type", "application/json");
    for (int i = 0; i < headers.length; i += 2) {
      all = all.with(headers[i], headers[i + 1]);
    }
    return House.call(
        house.server().endpoint(real), new ApiRequest("POST", NOTES, all, Bytes.utf8(note(name))));
  }

  private ApiObject lastEntry() {
    return house.trail().getLast();
  }

  @Test
  void theOtherActsAndTheTrailNamesBoth() {
    Answer created = create(ADMIN, "a", "Impersonate-User", "ada", "Impersonate-Group", "writers");

    assertThat(created.status()).isEqualTo(201);
    assertThat(lastEntry().text("user", "name")).isEqualTo("ada");
    assertThat(lastEntry().text("impersonatedBy")).isEqualTo("admin");
    assertThat(lastEntry().text("command"))
        .startsWith("kubectl --as='ada' --as-group='writers' create ");
  }

  @Test
  void theOtherMayWhatHeMayAndNoMore() {
    Answer refused = create(ADMIN, "a", "Impersonate-User", "ada");

    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text("message")).contains("User \"ada\" cannot create");
    assertThat(lastEntry().text("user", "name")).isEqualTo("ada");
    assertThat(lastEntry().text("impersonatedBy")).isEqualTo("admin");
  }

  @Test
  void whoMayNotImpersonateIsToldAndAudited() {
    Answer refused =
        create(
            Subject.of("bob", "writers"),
            "a",
            "Impersonate-User",
            "ada",
            "Impersonate-Group",
            "writers");

    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text("message"))
        .isEqualTo(
            "users \"ada\" is forbidden: User \"bob\" cannot impersonate resource \"users\" in API"
                + " group \"\" at the cluster scope");
    assertThat(lastEntry().text("user", "name")).isEqualTo("bob");
    assertThat(lastEntry().at("impersonatedBy")).isEmpty();
    assertThat(lastEntry().text("stage")).isEqualTo("Authenticate");
    assertThat(lastEntry().text("decision")).isEqualTo("Denied");
  }

  @Test
  void theRightToAUserIsNotTheRightToAGroup() {
    house.authorizer =
        asked ->
            asked.verb().equals("impersonate") && asked.resource().resource().equals("users")
                ? new Decision.Allow("yes")
                : Authorizer.masters().decide(asked) instanceof Decision.Allow
                    ? new Decision.Allow("a master")
                    : new Decision.Deny("no");

    Answer refused =
        create(NOBODY, "a", "Impersonate-User", "ada", "Impersonate-Group", "system:masters");

    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.text("message")).startsWith("groups \"system:masters\" is forbidden");
  }

  @Test
  void nobodyActsAsAController() {
    Answer refused = create(ADMIN, "a", "Impersonate-User", "system:krate:tidy");

    assertThat(refused.status()).isEqualTo(403);
  }

  @Test
  void partsOfNobodyAreABadRequest() {
    assertThat(create(ADMIN, "a", "Impersonate-Group", "writers").status()).isEqualTo(400);
  }

  @Test
  void readsAreDecidedForTheOther() {
    Revision before = create(ADMIN, "a").object().revision();
    ApiRequest list =
        new ApiRequest("GET", NOTES, Headers.of("Impersonate-User", "ada"), Bytes.EMPTY);

    assertThat(House.call(house.server().endpoint(ADMIN), list).status()).isEqualTo(403);
    assertThat(House.call(house.server().endpoint(NOBODY), list).status()).isEqualTo(403);
    assertThat(house.trailAfter(before)).hasSize(1);
  }
}
