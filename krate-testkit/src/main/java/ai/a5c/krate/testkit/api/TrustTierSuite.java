package ai.a5c.krate.testkit.api;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.testkit.api.TierForge.Code;
import ai.a5c.krate.testkit.api.TierForge.Expected;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Code of strangers runs in untrusted pools, without secrets and network, by whatever road it
 * comes: extend this class and say how the people of {@link Person} reach a forge.
 *
 * <p>Each rule has a number and a sentence. They walk where code may come from, the pools that may
 * be named, the people who may ask and the roads by which they do, and hold all that ran against
 * one law: what ran in a Trusted pool was in the history of a branch or a tag of its repository,
 * and the secret is nowhere to be read. The forge has to be fresh, with roles of its own (RBAC),
 * and is used for all rules one after the other.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
public abstract class TrustTierSuite implements TierDoors {
  private TierApi api;
  private TierForge forge;

  /** Starts the forge; called once, before everything else. */
  protected abstract void open() throws Exception;

  @BeforeAll
  final void makeForge() throws Exception {
    open();
    api = new TierApi(this);
    forge = new TierForge(this, api);
    forge.build();
  }

  @Test
  @Order(1)
  @DisplayName("T1 where code is decides its tier, whoever asks for it and whatever he says of it")
  void t1() {
    for (Person person : Person.values()) {
      for (Code code : forge.codes()) {
        for (String pool : person == Person.MAINTAINER ? TierForge.POOLS : List.of("", "safe")) {
          String what = person + " " + code + " in \"" + pool + "\"";
          Reply reply = forge.create(person, "?dryRun=All", "dry", code, pool);
          int wanted = wanted(person, code, pool);
          if (wanted == 0) {
            assertThat(reply.status()).as(what).isIn(403, 404, 422);
          } else {
            assertThat(reply.status()).as(() -> what + ": " + reply.body()).isEqualTo(wanted);
          }
          if (reply.status() == 201) {
            assertTold(person, code, reply.body(), what);
          }
        }
      }
    }
  }

  /** The status that it must be answered with; 0 for any refusal. */
  private static int wanted(Person person, Code code, String pool) {
    return switch (person) {
      case VIEWER -> 403;
      case FORKER ->
          code.repository().equals(TierForge.FORK) && pool.isEmpty() ? judged(code, pool) : 0;
      case DEVELOPER -> pool.isEmpty() ? judged(code, pool) : 403;
      case MAINTAINER, ADMIN -> judged(code, pool);
    };
  }

  private static int judged(Code code, String pool) {
    boolean fits =
        switch (pool) {
          case "", TierForge.LOOSE -> true;
          case TierForge.SAFE -> code.expected() == Expected.TRUSTED;
          default -> false;
        };
    return fits && code.expected() != Expected.REFUSED ? 201 : 422;
  }

  private static void assertTold(Person person, Code code, JsonObject made, String what) {
    assertThat(Json.text(made, "status/trustTier"))
        .as(() -> what + ": " + made)
        .isEqualTo(code.expected().tier());
    assertThat(Json.text(made, "status/tierReason")).as(what).isNotEqualTo(TierForge.LIE);
    assertThat(Json.text(made, "status/phase")).as(what).isEqualTo("Pending");
    assertThat(Json.text(made, "status/name")).as(what).isEqualTo("probe/manual");
    assertThat(Json.text(made, "status/jobs")).as(what).isEmpty();
    if (person != Person.ADMIN) {
      assertThat(Json.text(made, "status/author/name")).as(what).isEqualTo(person.user());
      assertThat(Json.text(made, "status/actor/name")).as(what).isEqualTo(person.user());
    }
    JsonObject labels = Json.at(made, "metadata/labels").asJsonObject();
    assertThat(labels.getString("krate.a5c.ai/repository")).as(what).isEqualTo(code.repository());
  }

  @Test
  @Order(2)
  @DisplayName("T2 what events start has the tier of its code: a pull request's, a push's")
  void t2() {
    JsonObject own = api.startedFor("pullRequest", forge.ownPull());
    assertThat(Json.text(own, "status/trustTier")).isEqualTo("Trusted");
    assertThat(Json.text(own, "spec/ref")).isEqualTo("refs/heads/topic");
    JsonObject foreign = api.startedFor("pullRequest", forge.foreignPull());
    assertThat(Json.text(foreign, "status/trustTier")).isEqualTo("Untrusted");
    assertThat(Json.text(foreign, "spec/ref")).startsWith("refs/pull/");

    String trusted = forge.commit("pushed-own", TierForge.BASE, "own");
    forge.push(Person.DEVELOPER, TierForge.WEB, trusted + ":refs/heads/pushed-own");
    forge.trust(TierForge.WEB, trusted);
    String foreignCommit = forge.commit("pushed-fork", TierForge.BASE, "foreign");
    forge.push(Person.FORKER, TierForge.FORK, foreignCommit + ":refs/heads/pushed-fork");
    assertThat(Json.text(api.startedFor("commit", trusted), "status/trustTier"))
        .isEqualTo("Trusted");
    assertThat(Json.text(api.startedFor("commit", foreignCommit), "status/trustTier"))
        .isEqualTo("Untrusted");
    api.awaitEnded();
    forge.assertLaw();
  }

  @Test
  @Order(3)
  @DisplayName("T3 code runs as its tier says: secrets and network are the trusted ones' alone")
  void t3() {
    int number = 0;
    for (Code code : forge.codes()) {
      if (code.expected() != Expected.REFUSED) {
        forge.create(Person.MAINTAINER, "", "run-" + number++, code, "").is(201);
      }
    }
    Code main = forge.code("a branch");
    forge.create(Person.MAINTAINER, "", "run-safe", main, TierForge.SAFE).is(201);
    forge
        .create(Person.MAINTAINER, "", "run-low", forge.code("a fork's pull"), TierForge.LOOSE)
        .is(201);
    api.awaitEnded();
    forge.assertLaw();

    assertThat(api.log("run-safe-0")).contains("secret canary_value").contains("length 32");
    assertThat(api.log("run-low-0")).contains("secrets end").doesNotContain("secret canary");
    assertThat(api.phase("run-safe")).isEqualTo("Succeeded");
    assertThat(api.phase("run-low")).isEqualTo("Succeeded");
  }

  @Test
  @Order(4)
  @DisplayName("T4 trusted code may run in an untrusted pool, and fails there if it wants a secret")
  void t4() {
    forge.create(Person.MAINTAINER, "", "modest", forge.code("a branch"), TierForge.LOOSE).is(201);
    api.awaitEnded();

    assertThat(api.phase("modest")).isEqualTo("Failed");
    assertThat(api.pipeline("modest").toString()).contains("does not grant the Secret canary");
    forge.assertLaw();
  }

  @Test
  @Order(5)
  @DisplayName("T5 nothing of a pipeline changes what it runs, by no road and for nobody")
  void t5() {
    Code stranger = forge.code("a fork's pull");
    forge.create(Person.MAINTAINER, "", "fixed", stranger, "").is(201);
    String path = api.pipelines() + "/fixed";
    for (Person person : Person.values()) {
      for (String change :
          List.of(
              "{\"spec\":{\"pool\":\"safe\"}}",
              "{\"spec\":{\"ref\":\"refs/heads/main\"}}",
              "{\"spec\":{\"repository\":\"other\"}}",
              "{\"spec\":{\"workflow\":\".krate/workflows/other.yaml\"}}",
              "{\"spec\":{\"commit\":\"" + forge.code("a branch").commit() + "\"}}",
              "{\"spec\":{\"rerunOf\":\"run-safe\"}}",
              "{\"spec\":{\"parameters\":{\"HOLD\":\"1\"}}}")) {
        assertThat(api.patch(person, path, change).status())
            .as(person + change)
            .isIn(403, 404, 422);
      }
      for (String lie :
          List.of(
              "{\"status\":{\"trustTier\":\"Trusted\"}}",
              "{\"status\":{\"name\":\"probe\"}}",
              "{\"status\":{\"workflowDigest\":\"sha256:0\"}}",
              "{\"status\":{\"phase\":\"Succeeded\"}}",
              "{\"status\":{\"jobs\":{\"total\":0}}}")) {
        assertThat(api.patch(person, path + "/status", lie).status())
            .as(person + lie)
            .isIn(403, 404, 422);
        // By the resource itself a status says nothing.
        Reply unheard = api.patch(person, path, lie);
        if (unheard.status() == 200) {
          assertThat(Json.text(unheard.body(), "status/trustTier")).isEqualTo("Untrusted");
          assertThat(Json.text(unheard.body(), "status/name")).isEqualTo("probe/manual");
        }
      }
    }
    api.awaitEnded();
    assertThat(Json.text(api.pipeline("fixed"), "status/trustTier")).isEqualTo("Untrusted");
    forge.assertLaw();
  }

  @Test
  @Order(6)
  @DisplayName(
      "T6 jobs are the server's alone: nobody makes, changes or removes one, nor acts as it")
  void t6() {
    String body =
        """
        {"apiVersion":"krate.a5c.ai/v1alpha1","kind":"Job","metadata":{"name":"fixed-7"},
         "spec":{"pipeline":"fixed","step":"mine","index":7,"pool":"safe","script":"id"},
         "status":{"repository":"web","phase":"Queued"}}""";
    String job = api.jobs() + "/fixed-0";
    String before = api.get(Person.ADMIN, job).is(200).body().toString();
    for (Person person : Person.values()) {
      api.post(person, api.jobs(), body).is(403);
      api.patch(person, job, "{\"spec\":{\"pool\":\"safe\"}}").is(403);
      api.patch(person, job, "{\"spec\":{\"script\":\"id\"}}").is(403);
      api.patch(person, job + "/status", "{\"status\":{\"phase\":\"Queued\"}}").is(403);
      api.delete(person, job).is(403);
      for (String controller : List.of("pipelines", "runners", "forks")) {
        Map<String, String> as = Map.of("Impersonate-User", "system:krate:" + controller);
        api.send(person, "POST", api.jobs(), as, body).is(403);
        api.send(
                person,
                "PATCH",
                api.pipelines() + "/fixed/status",
                as,
                "{\"status\":{\"trustTier\":\"Trusted\"}}")
            .is(403);
      }
    }
    assertThat(api.get(Person.ADMIN, job).is(200).body().toString()).isEqualTo(before);
  }

  @Test
  @Order(7)
  @DisplayName("T7 a re-run runs the same code, judged anew, and swaps nothing")
  void t7() {
    String lost = forge.commit("lost", TierForge.BASE, "lost");
    forge.push(Person.DEVELOPER, TierForge.WEB, lost + ":refs/heads/lost");
    forge.trust(TierForge.WEB, lost);
    var branch = new Code("lost", TierForge.WEB, "refs/heads/lost", "", Expected.TRUSTED);
    forge.create(Person.MAINTAINER, "", "first", branch, "").is(201);
    forge.create(Person.MAINTAINER, "", "first-safe", branch, TierForge.SAFE).is(201);
    api.awaitEnded();
    String again = ",\"rerunOf\":\"first\"";
    for (String swap :
        List.of(
            ",\"commit\":\"" + forge.code("a fork's pull").commit() + "\"",
            ",\"commit\":\"" + forge.code("a branch").commit() + "\"",
            ",\"pool\":\"safe\"",
            ",\"parameters\":{\"HOLD\":\"1\"}")) {
      api.post(Person.MAINTAINER, api.pipelines(), forge.document("x", branch, again + swap))
          .is(422);
    }
    var moved = new Code("moved", TierForge.WEB, "refs/heads/main", "", Expected.REFUSED);
    api.post(Person.MAINTAINER, api.pipelines(), forge.document("x", moved, again)).is(422);

    api.post(Person.MAINTAINER, api.pipelines(), forge.document("again", branch, again)).is(201);
    assertThat(Json.text(api.pipeline("again"), "status/trustTier")).isEqualTo("Trusted");
    forge.push(Person.MAINTAINER, TierForge.WEB, ":refs/heads/lost");
    api.post(Person.MAINTAINER, api.pipelines(), forge.document("late", branch, again)).is(201);
    assertThat(Json.text(api.pipeline("late"), "status/trustTier")).isEqualTo("Untrusted");
    api.post(
            Person.MAINTAINER,
            api.pipelines(),
            forge.document("late-safe", branch, ",\"rerunOf\":\"first-safe\",\"pool\":\"safe\""))
        .is(422);
    // The same name, at other code: what ran before is not in its history.
    forge.push(Person.DEVELOPER, TierForge.WEB, TierForge.BASE + ":refs/heads/lost");
    api.post(Person.MAINTAINER, api.pipelines(), forge.document("later", branch, again)).is(201);
    assertThat(Json.text(api.pipeline("later"), "status/trustTier")).isEqualTo("Untrusted");
    api.awaitEnded();
    forge.assertLaw();
  }

  @Test
  @Order(8)
  @DisplayName("T8 a pool stays of its tier, a fork a fork, and an untrusted pool grants nothing")
  void t8() {
    String pools = api.config("runnerpools");
    String fork = api.config("repositories") + "/" + TierForge.FORK;
    for (Person person : List.of(Person.ADMIN, Person.MAINTAINER)) {
      assertThat(
              api.patch(person, pools + "/loose", "{\"spec\":{\"trustTier\":\"Trusted\"}}")
                  .status())
          .isEqualTo(person == Person.ADMIN ? 422 : 403);
      api.patch(person, fork, "{\"spec\":{\"forkOf\":null}}").refuses(422, "Invalid");
      api.patch(person, fork, "{\"spec\":{\"forkOf\":\"other\"}}").refuses(422, "Invalid");
      api.patch(
              person,
              api.config("repositories") + "/" + TierForge.WEB,
              "{\"spec\":{\"forkOf\":\"other\"}}")
          .refuses(422, "Invalid");
    }
    api.patch(Person.ADMIN, pools + "/loose", "{\"spec\":{\"network\":\"Host\"}}")
        .refuses(422, "Invalid");
    api.patch(Person.ADMIN, pools + "/loose", "{\"spec\":{\"secrets\":[\"canary\"]}}")
        .refuses(422, "Invalid");
    // Who may not read a secret lets nobody's code have it.
    api.patch(Person.MAINTAINER, fork, "{\"spec\":{\"secrets\":[\"canary\"]}}")
        .refuses(403, "Forbidden");
  }

  @Test
  @Order(9)
  @DisplayName("T9 what waits for an untrusted pool does not run in a trusted one of its name")
  void t9() {
    forge.pool("swap", "\"trustTier\":\"Untrusted\",\"maxReplicas\":1");
    Code stranger = forge.code("a fork's pull");
    api.post(
            Person.MAINTAINER,
            api.pipelines(),
            forge.document(
                "holder", stranger, ",\"pool\":\"swap\",\"parameters\":{\"HOLD\":\"1\"}"))
        .is(201);
    api.await("the holder runs", () -> api.jobPhase("holder-0").equals("Running"));
    forge.create(Person.MAINTAINER, "", "waits", stranger, "swap").is(201);
    api.await("the other waits", () -> api.jobPhase("waits-0").equals("Queued"));
    String swap = api.config("runnerpools") + "/swap";
    api.delete(Person.ADMIN, swap).is(200);
    api.patch(Person.MAINTAINER, api.pipelines() + "/holder", "{\"spec\":{\"canceled\":true}}")
        .is(200);
    api.await("the pool is gone", () -> api.get(Person.ADMIN, swap).status() == 404);
    forge.pool("swap", "\"trustTier\":\"Trusted\",\"secrets\":[\"canary\"]");
    api.await(
        "the job is refused",
        () ->
            api.get(Person.ADMIN, api.jobs() + "/waits-0")
                .body()
                .toString()
                .contains("TierMismatch"));
    assertThat(api.get(Person.ADMIN, api.jobs() + "/waits-0").text("status/attempts"))
        .isIn("", "[]");
    api.patch(Person.MAINTAINER, api.pipelines() + "/waits", "{\"spec\":{\"canceled\":true}}")
        .is(200);
    api.delete(Person.ADMIN, swap).is(200);
    api.awaitEnded();
    forge.assertLaw();
  }

  @Test
  @Order(10)
  @DisplayName("T10 what waits of a repository does not outlive it into another of its name")
  void t10() {
    forge.repository("spare", "");
    forge.push(Person.MAINTAINER, "spare", TierForge.BASE + ":refs/heads/main");
    forge.trust("spare", forge.base());
    var code = new Code("spare", "spare", "refs/heads/main", "", Expected.TRUSTED);
    forge.pool("spares", "\"trustTier\":\"Untrusted\",\"repositories\":[\"spare\"]");
    api.post(
            Person.ADMIN,
            api.pipelines(),
            forge.document("old", code, ",\"pool\":\"spares\",\"parameters\":{\"HOLD\":\"1\"}"))
        .is(201);
    forge.create(Person.ADMIN, "", "old-1", code, TierForge.SAFE).is(201);
    String spare = api.config("repositories") + "/spare";
    api.delete(Person.ADMIN, spare).is(200);
    assertThat(forge.create(Person.ADMIN, "", "old-2", code, "").status()).isIn(404, 422);
    api.await("the repository is gone", () -> api.get(Person.ADMIN, spare).status() == 404);
    for (String gone : List.of("old", "old-1")) {
      api.get(Person.ADMIN, api.pipelines() + "/" + gone).is(404);
      api.await(
          "its job is gone",
          () -> api.get(Person.ADMIN, api.jobs() + "/" + gone + "-0").status() == 404);
    }
    forge.repository("spare", "\"forkOf\":\"web\"");
    forge.create(Person.ADMIN, "", "old", code, TierForge.SAFE).is(422);
    forge.create(Person.ADMIN, "", "old", code, "").is(201);
    assertThat(Json.text(api.pipeline("old"), "status/trustTier")).isEqualTo("Untrusted");
    api.awaitEnded();
    forge.assertLaw();
  }

  @Test
  @Order(11)
  @DisplayName("T11 the code of a fork is trusted once it is merged, and not before")
  void t11() {
    Code stranger = forge.code("a fork's commit");
    forge.create(Person.MAINTAINER, "?dryRun=All", "dry", stranger, TierForge.SAFE).is(422);
    forge.mergeForeign();
    forge.trust(TierForge.WEB, stranger.commit());

    forge.create(Person.MAINTAINER, "", "merged", stranger, TierForge.SAFE).is(201);
    api.awaitEnded();
    assertThat(Json.text(api.pipeline("merged"), "status/trustTier")).isEqualTo("Trusted");
    assertThat(api.log("merged-0")).contains("secret canary_value");
    forge.assertLaw();
  }

  @Test
  @Order(12)
  @DisplayName("T12 the secret is in no log, record, delivery or audit entry")
  void t12() {
    List<String> looked = new ArrayList<>();
    for (String collection :
        List.of(
            api.pipelines(),
            api.jobs(),
            api.records("checks"),
            api.records("pullrequests"),
            api.records("webhookdeliveries"),
            api.records("auditevents"),
            api.config("runnerpools"),
            api.config("repositories"))) {
      String text = api.everything(collection);
      forge.assertClean(collection, text);
      looked.add(collection);
      assertThat(text).as(collection).contains("\"kind\"");
    }
    assertThat(looked).hasSize(8);
    forge.assertLaw();
  }
}
