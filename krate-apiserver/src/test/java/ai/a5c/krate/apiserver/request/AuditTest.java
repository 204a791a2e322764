package ai.a5c.krate.apiserver.request;

import static ai.a5c.krate.apiserver.house.House.ADMIN;
import static ai.a5c.krate.apiserver.house.House.AUDIT;
import static ai.a5c.krate.apiserver.house.House.NOBODY;
import static ai.a5c.krate.apiserver.house.House.NOTES;
import static ai.a5c.krate.apiserver.house.House.TICKETS;
import static ai.a5c.krate.apiserver.house.House.VAULTS;
import static ai.a5c.krate.apiserver.house.House.note;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.Headers;
import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.apiserver.house.Bash;
import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.house.House.Answer;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ChangeFeed;
import ai.a5c.krate.spi.storage.StoredObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AuditTest {
  private final House house = new House();

  @AfterEach
  void close() {
    house.close();
  }

  private Revision now() {
    ApiServer unused = house.server();
    return house.head();
  }

  private ApiObject onlyEntryAfter(Revision before) {
    List<ApiObject> entries = house.trailAfter(before);
    assertThat(entries).hasSize(1);
    return entries.getFirst();
  }

  @Test
  void aMutationHasOneEntryInItsOwnCommit() {
    Revision before = now();

    ApiObject created = house.created("a");

    ApiObject entry = onlyEntryAfter(before);
    assertThat(created.revision()).isEqualTo(before.next());
    assertThat(entry.revision()).isEqualTo(before.next().next());
    assertThat(house.head()).isEqualTo(entry.revision());
    assertThat(entry.at("revision")).hasToString("Optional[" + created.resourceVersion() + "]");
    assertThat(entry.namespace()).isEqualTo("team");
    assertThat(entry.name()).endsWith("-" + entry.resourceVersion());
    assertThat(entry.text("user", "name")).isEqualTo("admin");
    assertThat(entry.text("verb")).isEqualTo("create");
    assertThat(entry.text("resource", "resource")).isEqualTo("notes");
    assertThat(entry.text("resource", "name")).isEqualTo("a");
    assertThat(entry.text("decision")).isEqualTo("Allowed");
    assertThat(entry.text("stage")).isEqualTo("Commit");
    assertThat(entry.at("code")).hasToString("Optional[201]");
  }

  @Test
  void everyVerbHasItsEntry() {
    house.created("a");
    Revision before = now();

    house.send("PATCH", NOTES + "/a", "{\"spec\":{\"title\":\"other\"}}");
    house.send("PATCH", NOTES + "/a/status", "{\"status\":{\"phase\":\"Read\"}}");
    house.send("DELETE", NOTES + "/a", "");

    assertThat(house.trailAfter(before))
        .extracting(e -> e.text("verb") + "/" + e.text("resource", "subresource"))
        .containsExactly("patch/", "patch/status", "delete/");
  }

  @Test
  void anEntryOfANumberedObjectHasTheNameThatTheCommitGave() {
    Revision before = now();

    Answer ticket = house.send("POST", TICKETS, House.ticket("\"generateName\":\"q-\"", "q"));

    assertThat(ticket.text("metadata", "name")).isEqualTo("q-1");
    assertThat(onlyEntryAfter(before).text("resource", "name")).isEqualTo("q-1");
  }

  @Test
  void aRefusalHasAnEntryInACommitOfItsOwn() {
    house.created("a");
    Revision before = now();

    assertThat(house.send(NOBODY, "POST", NOTES, note("b")).status()).isEqualTo(403);
    assertThat(house.send("POST", NOTES, note("c", "")).status()).isEqualTo(422);
    assertThat(house.send("POST", NOTES, note("a")).status()).isEqualTo(409);
    assertThat(house.send("POST", NOTES, "{").status()).isEqualTo(400);
    assertThat(house.send("POST", NOTES + "?fieldValidation=No", note("d")).status())
        .isEqualTo(422);

    List<ApiObject> entries = house.trailAfter(before);
    assertThat(entries)
        .extracting(
            e -> e.text("decision") + " " + e.text("stage") + " " + e.text("resource", "name"))
        .containsExactly(
            "Denied Authorize ",
            "Denied Validate c",
            "Denied Commit a",
            "Denied Decode ",
            "Denied Decode ");
    assertThat(entries)
        .extracting(e -> e.text("reason").split(":")[0])
        .containsExactly("Forbidden", "Invalid", "AlreadyExists", "BadRequest", "Invalid");
    assertThat(house.head().value()).isEqualTo(before.value() + entries.size());
  }

  @Test
  void dryRunsReadsAndWhatChangesNothingLeaveNoTrace() {
    ApiObject a = house.created("a");
    Revision before = now();

    house.send("POST", NOTES + "?dryRun=All", note("b"));
    house.send("POST", NOTES + "?dryRun=All", note("a"));
    house.send("POST", NOTES + "?dryRun=All&fieldValidation=No", note("a"));
    house.send(NOBODY, "POST", NOTES + "?dryRun=All", note("a"));
    house.send("DELETE", NOTES + "/a", "{\"dryRun\":[\"All\"]}");
    house.send("DELETE", NOTES + "?dryRun=All", "");
    house.get(NOTES);
    house.get(NOTES + "/nobody");
    house.send(NOBODY, "GET", NOTES, "");
    house.send("PUT", NOTES + "/a", a.json().toString());
    house.send("PATCH", NOTES + "/a", "{}");

    assertThat(house.head()).isEqualTo(before);
  }

  @Test
  void theChainOfHashesHolds() throws Exception {
    house.created("a");
    house.send(NOBODY, "POST", NOTES, note("b"));
    house.send("POST", VAULTS, vault("key"));
    house.send("DELETE", NOTES + "/a", "");

    String previous = "0".repeat(64);
    List<StoredObject> entries =
        new ArrayList<>(house.objects.list(AUDIT, null, null, 100, null).objects());
    entries.sort(java.util.Comparator.comparing(StoredObject::revision));
    assertThat(entries).hasSize(5);
    for (StoredObject stored : entries) {
      ApiObject entry = house.objects.read(AUDIT, stored);
      assertThat(entry.text("previousHash")).isEqualTo(previous);
      String blank = stored.content().utf8().replace(entry.text("hash"), "0".repeat(64));
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(blank.getBytes(StandardCharsets.UTF_8));
      assertThat(entry.text("hash")).isEqualTo(HexFormat.of().formatHex(digest));
      previous = entry.text("hash");
    }
  }

  private static String vault(String value) {
    return "{\"apiVersion\":\"v1\",\"kind\":\"Vault\",\"metadata\":{\"name\":\"v\",\"annotations\":{\"last\":\""
        + value
        + "\"}},\"data\":{\"k\":\""
        + value
        + "\"}}";
  }

  @Test
  void nothingOfASealedObjectIsInTheTrailOrInTheStore() throws Exception {
    Revision before = now();

    assertThat(house.send("POST", VAULTS, vault("hush-1")).status()).isEqualTo(201);
    assertThat(house.get(VAULTS + "/v").text("data", "k")).isEqualTo("hush-1");
    assertThat(house.send("PATCH", VAULTS + "/v", "{\"data\":{\"k\":\"hush-2\"}}").status())
        .isEqualTo(200);
    house.send("PATCH", VAULTS + "/v", "{\"data\":{\"k\":\"hush-3" + "x".repeat(100) + "\"}}");
    house.send(
        "PATCH", VAULTS + "/v?fieldValidation=Strict", "{\"data\":{\"k\":\"hush-4\"},\"x\":1}");
    house.send("POST", VAULTS, vault("hush-5"));
    assertThat(house.send("DELETE", VAULTS + "/v", "").status()).isEqualTo(200);

    assertThat(house.trailAfter(before)).hasSize(6);
    assertThat(house.trailAfter(before).toString()).doesNotContain("hush");
    assertThat(everythingStored(before)).doesNotContain("hush");
  }

  /** All that the log has, both sides, former versions included. */
  private String everythingStored(Revision after) throws Exception {
    StringBuilder all = new StringBuilder();
    for (var store : List.of(house.storage.records(), house.storage.configuration())) {
      Revision at = after;
      try (ChangeFeed feed = store.changes(after)) {
        while (house.head().isAfter(at)) {
          ChangeFeed.Batch batch = feed.next();
          at = batch.upTo();
          for (Change change : batch.changes()) {
            if (change instanceof Change.ObjectChanged changed) {
              all.append(changed.object().content().utf8());
            }
          }
        }
      }
    }
    assertThat(all).isNotEmpty();
    return all.toString();
  }

  @Test
  void aPathThatNamesNoNamespaceIsEnteredWithTheSystems() {
    Revision before = now();

    house.send(
        NOBODY, "POST", "/apis/toys.example.org/v1/namespaces/It's%20mine;reboot/notes", note("a"));

    ApiObject entry = onlyEntryAfter(before);
    assertThat(entry.namespace()).isEqualTo("krate-system");
    assertThat(entry.text("command"))
        .startsWith("kubectl create --namespace='It'\\''s mine;reboot' -f - ");
  }

  @Test
  void aRefusalThatCannotBeWrittenIsAnsweredAsUnavailable() {
    now();
    house.storage.failNextCommit();
    Answer lost = house.send(NOBODY, "POST", NOTES, note("a"));

    assertThat(lost.status()).isEqualTo(503);
    assertThat(lost.headers().first("Retry-After")).contains("1");

    house.storage.loseNextCommit();
    assertThat(house.send(NOBODY, "POST", NOTES, note("a")).status()).isEqualTo(503);
  }

  @Test
  void aFaultIsAnsweredWithoutDetailsAndEntered() {
    house.notes =
        new Strategy() {
          @Override
          public ApiObject prepareCreate(WriteContext context, ApiObject object) {
            throw new UnsupportedOperationException("the inner workings");
          }
        };
    Revision before = now();

    Answer failed = house.send("POST", NOTES, note("a"));

    assertThat(failed.status()).isEqualTo(500);
    assertThat(failed.body().toString()).doesNotContain("inner workings");
    assertThat(failed.text("message")).contains(failed.headers().first("Audit-Id").orElseThrow());
    ApiObject entry = onlyEntryAfter(before);
    assertThat(entry.text("decision")).isEqualTo("Failed");
    assertThat(entry.text("requestId")).isEqualTo(failed.headers().first("Audit-Id").orElseThrow());
  }

  @Test
  void strangersCannotFillTheTrail() {
    house.nanos = () -> 0;
    Revision before = now();

    IntStream.range(0, 150)
        .forEach(
            i ->
                assertThat(house.send(Subject.ANONYMOUS, "POST", NOTES, note("a")).status())
                    .isEqualTo(403));

    assertThat(house.trailAfter(before)).hasSize(100);
  }

  @Test
  void aBearerTokenThatNobodyCanCheckIsRefused() {
    now();
    Headers headers = Headers.of("Authorization", "Bearer x", "Accept", "application/json");
    ApiRequest request = new ApiRequest("GET", NOTES, headers, Bytes.EMPTY);

    Answer refused = House.call(house.server().endpoint(ADMIN), request);

    assertThat(refused.status()).isEqualTo(401);
    assertThat(refused.text("reason")).isEqualTo("Unauthorized");
  }

  @Test
  void aDeletedCollectionHasAnEntryForEachObjectAndARefusedOneHasOne() {
    house.created("a");
    house.created("b");
    Revision before = now();

    assertThat(house.send(NOBODY, "DELETE", NOTES, "").status()).isEqualTo(403);
    assertThat(house.send("DELETE", NOTES, "{\"kind\":\"Pod\"}").status()).isEqualTo(400);
    assertThat(house.send("DELETE", NOTES + "?labelSelector=!!", "").status()).isEqualTo(400);
    assertThat(house.send("DELETE", NOTES, "").status()).isEqualTo(200);

    assertThat(house.trailAfter(before))
        .extracting(
            e -> e.text("decision") + " " + e.text("stage") + " " + e.text("resource", "name"))
        .containsExactly(
            "Denied Authorize ",
            "Denied Decode ",
            "Denied Decode ",
            "Allowed Commit a",
            "Allowed Commit b");
  }

  @Test
  void whatAControllerDoesCanBeDoneAgainToo() {
    ApiObject note = new ApiObject(Json.parse(Bytes.utf8(note("a")), 10_000).object());
    Client client = house.server().client(ADMIN);
    Revision before = now();

    Written unused = client.create(House.NOTE, note.withText("team", "metadata", "namespace"));
    unused =
        client.updateStatus(
            House.NOTE, "team", "a", old -> old.withText("It's read", "status", "phase"));
    unused = client.delete(House.NOTE, house.objects.get(House.NOTE, "team", "a").orElseThrow());

    List<Bash.Seen> commands =
        house.trailAfter(before).stream().map(e -> Bash.run(e.text("command"))).toList();
    assertThat(commands.get(0).words()).containsExactly("create", "--namespace=team", "-f", "-");
    assertThat(Json.parse(Bytes.utf8(commands.get(0).input()), 10_000).object().get("spec"))
        .isEqualTo(note.json().get("spec"));
    assertThat(commands.get(1).words())
        .containsExactly(
            "patch",
            "notes.toys.example.org/a",
            "--namespace=team",
            "--subresource=status",
            "--type=merge",
            "--patch={\"status\":{\"phase\":\"It's read\"}}");
    assertThat(commands.get(2).words())
        .containsExactly("delete", "notes.toys.example.org/a", "--namespace=team");
  }

  @Test
  void aControllersSecretsAreLeftOutOfItsCommands() {
    house.send("POST", VAULTS, vault("hush-1"));
    Client client = house.server().client(ADMIN);
    Revision before = now();

    Written unused =
        client.update(House.VAULT, "team", "v", old -> old.withText("hush-2", "data", "k"));

    assertThat(onlyEntryAfter(before).text("command"))
        .contains("[\"(left out)\"]")
        .doesNotContain("hush");
  }
}
