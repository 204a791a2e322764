package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.ApiResponse;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.schema.Verb;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.core.Krate;
import ai.a5c.krate.git.GitSettings;
import ai.a5c.krate.git.JGitBackend;
import ai.a5c.krate.spi.expression.ExpressionLanguage;
import ai.a5c.krate.spi.storage.Storage;
import ai.a5c.krate.storage.postgres.DatabaseAddress;
import ai.a5c.krate.storage.postgres.PostgresStorage;
import ai.a5c.krate.storage.postgres.StorageSettings;
import ai.a5c.krate.testkit.database.TestDatabases;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who may do what with objects of every kind, in one's own and in somebody else's organization,
 * compared with a table written by hand. A kind without a row fails.
 */
class TenantMatrixIT {
  @RegisterExtension static final TestDatabases DATABASES = new TestDatabases();

  @TempDir static Path temporary;

  private Storage storage;
  private JGitBackend git;
  private Krate krate;
  private Tenants tenants;
  private TenantObjects objects;

  @BeforeEach
  void populate() throws Exception {
    TestDatabases.TestDatabase database = DATABASES.fresh();
    storage =
        PostgresStorage.open(
            new DatabaseAddress(database.jdbcUrl(), database.user(), database.password(), 8),
            StorageSettings.of(Set.copyOf(Krate.recordGroups())),
            InstantSource.system());
    git =
        new JGitBackend(
            temporary.resolve("repositories"), storage.records(), GitSettings.defaults());
    var keys = LocalKeyService.open(temporary.resolve("keys"), new SecureRandom());
    krate =
        Krate.builder(storage, git, keys)
            .expressions(ServiceLoader.load(ExpressionLanguage.class).findFirst().orElseThrow())
            .build();
    tenants = new Tenants(krate, temporary);
    tenants.populate();
    objects = TenantObjects.create(tenants);
  }

  @AfterEach
  void close() {
    krate.close();
    git.close();
    storage.close();
  }

  /** Every kind that is stored. */
  static Stream<Kind> kinds() {
    return Krate.kinds().all().stream().filter(kind -> kind.verbs().contains(Verb.GET));
  }

  @Test
  void everyKindHasRows() {
    TenantTable table = TenantTable.read();
    assertThat(
            kinds().flatMap(kind -> TenantObjects.places(kind).map(p -> kind.plural() + " " + p)))
        .allSatisfy(row -> assertThat(table.rows()).contains(row));
    assertThat(table.columns()).containsExactlyElementsOf(Tenants.subjects().keySet());
  }

  @Test
  void theTableSaysWhatTheOracleSays() {
    TenantTable table = TenantTable.read();
    assertThat(table.rows())
        .allSatisfy(
            row -> {
              String[] words = row.split(" ", 2);
              assertThat(table.row(row))
                  .as(row)
                  .isEqualTo(
                      table.columns().stream()
                          .map(who -> TenantOracle.cell(words[0], words[1], who))
                          .toList());
            });
  }

  @Test
  void everybodyMayDoWhatTheTableSaysAndNothingElse() {
    TenantTable table = TenantTable.read();
    var softly = new SoftAssertions();
    kinds()
        .forEach(
            kind ->
                TenantObjects.places(kind)
                    .forEach(
                        place -> {
                          String row = kind.plural() + " " + place;
                          softly
                              .assertThat(row + " " + String.join(" ", rights(kind, place)))
                              .isEqualTo(row + " " + String.join(" ", table.row(row)));
                        }));
    softly.assertAll();
  }

  @Test
  void whatOneMayNotSeeAnswersLikeWhatIsNotThere() {
    kinds()
        .forEach(
            kind ->
                TenantObjects.places(kind)
                    .forEach(place -> likeWhatIsNotThere(objects.target(kind, place))));
  }

  private void likeWhatIsNotThere(String target) {
    String name = target.substring(target.lastIndexOf('/') + 1);
    String missing = target.substring(0, target.lastIndexOf('/') + 1) + "nowhere";
    Tenants.subjects()
        .forEach(
            (who, subject) -> {
              Api api = tenants.as(subject);
              Api.Answer there = api.get(target);
              if (there.succeeded()) {
                return;
              }
              assertThat(there.text().replace(name, "nowhere"))
                  .as(who + " gets " + target)
                  .isEqualTo(api.get(missing).text());
              assertThat(dry(api, "DELETE", target).text().replace(name, "nowhere"))
                  .as(who + " deletes " + target)
                  .isEqualTo(dry(api, "DELETE", missing).text());
              assertThat(patch(api, target).text().replace(name, "nowhere"))
                  .as(who + " patches " + target)
                  .isEqualTo(patch(api, missing).text());
            });
  }

  private List<String> rights(Kind kind, String place) {
    return Tenants.subjects().values().stream()
        .map(subject -> rights(kind, place, subject))
        .toList();
  }

  /** What the subject may do, a letter a verb. */
  private String rights(Kind kind, String place, Subject subject) {
    Api api = tenants.as(subject);
    String target = objects.target(kind, place);
    String collection = target.substring(0, target.lastIndexOf('/'));
    Set<String> seen = new TreeSet<>();
    StringBuilder rights = new StringBuilder();
    add(rights, "g", api.get(target));
    Api.Answer list = api.get(collection + "?limit=500");
    if (list.succeeded()) {
      list.items().forEach(item -> seen.add(Api.text(item, "metadata", "name")));
      rights.append(seen.contains(target.substring(target.lastIndexOf('/') + 1)) ? "l" : "e");
    }
    if (watches(api, collection)) {
      rights.append('w');
    }
    if (kind.verbs().contains(Verb.CREATE)) {
      objects
          .fresh(kind, place)
          .ifPresent(
              document -> add(rights, "c", api.create(collection + "?dryRun=All", document)));
    }
    if (kind.verbs().contains(Verb.UPDATE)) {
      String present = tenants.admin().get(target).expect(200).text();
      add(rights, "u", api.replace(target + "?dryRun=All", present));
      if (kind.hasStatus()) {
        add(rights, "s", api.replace(target + "/status?dryRun=All", present));
      }
    }
    if (kind.verbs().contains(Verb.PATCH)) {
      add(rights, "p", patch(api, target));
    }
    if (kind.verbs().contains(Verb.DELETE)) {
      add(rights, "d", dry(api, "DELETE", target));
    }
    if (kind.verbs().contains(Verb.DELETECOLLECTION)) {
      add(rights, "D", dry(api, "DELETE", collection));
    }
    return rights.isEmpty() ? "-" : rights.toString();
  }

  private static void add(StringBuilder rights, String letter, Api.Answer answer) {
    if (answer.succeeded()) {
      rights.append(letter);
    } else if (answer.code() != 422 || !answer.text().contains("FieldValueNotFound")) {
      // What refers to something hidden is refused as if that were missing.
      assertThat(answer.code()).as(answer.text()).isIn(403, 404);
    }
  }

  private static Api.Answer patch(Api api, String target) {
    return api.patch(target + "?dryRun=All", "{\"metadata\":{\"labels\":{\"matrix\":\"x\"}}}");
  }

  private static Api.Answer dry(Api api, String method, String target) {
    return api.call(ApiRequest.of(method, target + "?dryRun=All", "application/json", ""));
  }

  private static boolean watches(Api api, String collection) {
    try (ApiResponse response =
        api.endpoint().call(ApiRequest.get(collection + "?watch=1&timeoutSeconds=5"))) {
      return response.status() == 200;
    }
  }
}
