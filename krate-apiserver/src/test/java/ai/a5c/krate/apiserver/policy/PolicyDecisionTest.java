package ai.a5c.krate.apiserver.policy;

import static ai.a5c.krate.apiserver.house.House.NOTES;
import static ai.a5c.krate.apiserver.policy.PolicyHouse.accept;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.house.House.Answer;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.spi.expression.Budget;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What policies make of requests: Kubernetes' words, codes, headers and annotations. */
class PolicyDecisionTest {
  private final PolicyHouse at = new PolicyHouse();
  private final House house = at.house;

  @AfterEach
  void close() {
    at.close();
  }

  @Test
  void aRuleThatDoesNotHoldRefusesInKubernetesWords() {
    at.deny("titles", "the title is good");

    Answer refused = at.note("a", "bad");

    String denial =
        "ValidatingAdmissionPolicy 'titles' with binding 'titles-binding' denied request: failed"
            + " expression: the title is good";
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("reason")).isEqualTo("Invalid");
    assertThat(refused.text("message"))
        .isEqualTo("notes.toys.example.org \"a\" is forbidden: " + denial);
    assertThat(refused.text("details", "kind")).isEqualTo("notes");
    assertThat(refused.text("details", "name")).isEqualTo("a");
    assertThat(refused.body().getJsonObject("details").getJsonArray("causes"))
        .containsExactly(Json.object().add("message", denial).build());
    assertThat(house.get(NOTES + "/a").status()).isEqualTo(404);
    assertThat(at.note("b", "good").status()).isEqualTo(201);
  }

  @Test
  void theAuditEntrySaysThatThePolicyRefused() {
    at.deny("titles", "the title is good");

    at.note("a", "bad");

    ApiObject entry = house.trail().getLast();
    assertThat(entry.text("decision")).isEqualTo("Denied");
    assertThat(entry.text("stage")).isEqualTo("ValidatingAdmission");
    assertThat(entry.text("reason")).contains("ValidatingAdmissionPolicy 'titles'");
  }

  @Test
  void anObjectWithoutANameIsCalledByItsPrefix() {
    at.deny("nothing", "no");

    Answer refused =
        house.send(
            "POST", NOTES, House.note("x").replace("\"name\":\"x\"", "\"generateName\":\"y-\""));

    assertThat(refused.text("message")).startsWith("notes.toys.example.org \"y-\" is forbidden: ");
  }

  @ParameterizedTest
  @CsvSource({"Unauthorized,401", "Forbidden,403", "RequestEntityTooLarge,413", "Invalid,422"})
  void theReasonDecidesTheCode(String reason, int code) {
    at.enforce(
        "p",
        "\"validations\":[{\"expression\":\"no\",\"reason\":\"" + reason + "\"}]",
        "[\"Deny\"]");

    Answer refused = at.note("a", "good");

    assertThat(refused.status()).isEqualTo(code);
    assertThat(refused.text("reason")).isEqualTo(reason);
    assertThat(refused.body().getInt("code")).isEqualTo(code);
  }

  @Test
  void theMessageIsMadeOrFixedOrTheExpression() {
    at.language.say(
        "hello", scope -> "hello " + scope.text("object", "metadata", "name"), "object");
    at.enforce(
        "p",
        "\"validations\":[{\"expression\":\"no\",\"message\":\" fixed"
            + " \",\"messageExpression\":\"hello\"},"
            + "{\"expression\":\"no\",\"message\":\"fixed\",\"messageExpression\":\"broken\"},"
            + "{\"expression\":\"no\"}]",
        "[\"Deny\"]");

    List<String> causes =
        at.note("a", "good").body().getJsonObject("details").getJsonArray("causes").stream()
            .map(cause -> ((JsonObject) cause).getString("message"))
            .map(message -> message.substring(message.indexOf("denied request: ") + 16))
            .toList();

    assertThat(causes).containsExactly("hello a", "fixed", "failed expression: no");
  }

  @Test
  void everyDenialOfEveryPolicyIsTold() {
    at.deny("one", "no");
    at.deny("three", "yes");
    at.deny("two", "no");

    Answer refused = at.note("a", "good");

    assertThat(refused.text("message"))
        .contains("Policy 'one' with", "; ", "Policy 'two' with")
        .doesNotContain("three");
    assertThat(refused.body().getJsonObject("details").getJsonArray("causes")).hasSize(2);
  }

  @Test
  void whatIsToldOfDenialsIsBounded() {
    String rule = "{\"expression\":\"no\",\"message\":\"" + "m".repeat(5_000) + "\"}";
    at.enforce(
        "p",
        "\"validations\":[" + String.join(",", java.util.Collections.nCopies(60, rule)) + "]",
        "[\"Deny\"]");

    Answer refused = at.note("a", "good");

    assertThat(refused.text("message"))
        .hasSizeLessThan(40_000)
        .endsWith(" more denials are not told");
    assertThat(refused.body().getJsonObject("details").getJsonArray("causes")).hasSize(7);
  }

  @Test
  void aWarningIsAHeaderAndLetsTheRequestPass() {
    at.enforce(
        "p", "\"validations\":[{\"expression\":\"no\",\"message\":\"mind this\"}]", "[\"Warn\"]");

    Answer created = at.note("a", "good");

    assertThat(created.status()).isEqualTo(201);
    assertThat(PolicyHouse.warnings(created))
        .containsExactly(
            "299 - \"Validation failed for ValidatingAdmissionPolicy 'p' with binding 'p-binding':"
                + " mind this\"");
  }

  @Test
  void aWarningStandsBesideARefusalToo() {
    at.enforce(
        "p", "\"validations\":[{\"expression\":\"no\",\"message\":\"mind this\"}]", "[\"Warn\"]");
    at.deny("q", "no");

    Answer refused = at.note("a", "good");

    assertThat(refused.status()).isEqualTo(422);
    assertThat(PolicyHouse.warnings(refused)).singleElement().asString().contains("mind this");
  }

  @Test
  void warningsOfADeletedCollectionAreTold() {
    house.created("a");
    house.created("b");
    at.enforce("p", "\"validations\":[{\"expression\":\"no\"}]", "[\"Warn\"]");

    Answer deleted = house.send("DELETE", NOTES, "");

    assertThat(deleted.status()).isEqualTo(200);
    assertThat(PolicyHouse.warnings(deleted)).hasSize(1);
  }

  @Test
  void anAuditedFailureIsInTheEntryAsKubernetesWritesIt() {
    at.enforce(
        "p",
        "\"validations\":[{\"expression\":\"yes\"},{\"expression\":\"no\",\"message\":\"so\"}]",
        "[\"Warn\",\"Audit\"]");

    accept(at.note("a", "good"));

    JsonObject annotations = house.trail().getLast().json().getJsonObject("annotations");
    String failures =
        annotations.getString("validation.policy.admission.k8s.io/validation_failure");
    assertThat(Json.parseValue(Bytes.utf8(failures), 10_000))
        .hasToString(
            "[{\"message\":\"so\",\"policy\":\"p\",\"binding\":\"p-binding\",\"expressionIndex\":1,"
                + "\"validationActions\":[\"Warn\",\"Audit\"]}]");
  }

  @Test
  void manyLongFailuresStillMakeReadableJson() {
    String rule = "{\"expression\":\"no\",\"message\":\"" + "\\\"".repeat(1_500) + "\"}";
    at.enforce(
        "p",
        "\"validations\":[" + String.join(",", rule, rule, rule, rule, rule, rule, rule) + "]",
        "[\"Audit\"]");

    accept(at.note("a", "good"));

    String failures =
        house
            .trail()
            .getLast()
            .json()
            .getJsonObject("annotations")
            .getString("validation.policy.admission.k8s.io/validation_failure");
    assertThat(Json.parseValue(Bytes.utf8(failures), 100_000).asJsonArray()).isNotEmpty();
  }

  @Test
  void aPolicyWritesItsOwnNotesUnlessTheyAreEmpty() {
    at.language.say("the title", scope -> scope.text("object", "spec", "title"), "object");
    at.language.say("nothing", scope -> null);
    at.language.say("blank", scope -> " ");
    at.enforce(
        "p",
        "\"auditAnnotations\":[{\"key\":\"title\",\"valueExpression\":\"the title\"},"
            + "{\"key\":\"none\",\"valueExpression\":\"nothing\"},"
            + "{\"key\":\"blank\",\"valueExpression\":\"blank\"}]",
        "[\"Audit\"]");

    accept(at.note("a", "good"));

    assertThat(house.trail().getLast().json().getJsonObject("annotations"))
        .hasToString("{\"p/title\":\"good\"}");
  }

  @Test
  void theFailurePolicyDecidesWhatAnErrorBecomes() {
    at.deny("p", "broken");
    Answer refused = at.note("a", "good");
    accept(house.send("DELETE", PolicyHouse.POLICIES + "/p", ""));
    accept(
        at.policy(
            "p", "\"validations\":[{\"expression\":\"broken\"}],\"failurePolicy\":\"Ignore\""));

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("message"))
        .endsWith("denied request: expression 'broken' resulted in error: no such key: x");
    assertThat(at.note("a", "good").status()).isEqualTo(201);
  }

  @Test
  void aFailedNoteRefusesUnlessErrorsAreIgnored() {
    String notes = "\"auditAnnotations\":[{\"key\":\"a\",\"valueExpression\":\"broken\"}]";
    at.enforce("p", notes, "[\"Audit\"]");
    Answer refused = at.note("a", "good");
    accept(house.send("DELETE", PolicyHouse.POLICIES + "/p", ""));
    accept(at.policy("p", notes + ",\"failurePolicy\":\"Ignore\""));

    assertThat(refused.status()).isEqualTo(422);
    assertThat(at.note("a", "good").status()).isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource({
    "yes;yes,Fail,422",
    "yes;no,Fail,201",
    "broken;no,Fail,201",
    "no;broken,Fail,201",
    "yes;broken,Fail,422",
    "yes;broken,Ignore,201",
    "broken;no,Ignore,201",
  })
  void matchConditionsDecideWhetherAPolicyIsAsked(String conditions, String failure, int code) {
    List<String> all = new ArrayList<>();
    for (String condition : conditions.split(";", -1)) {
      all.add("{\"name\":\"c" + all.size() + "\",\"expression\":\"" + condition + "\"}");
    }
    at.enforce(
        "p",
        "\"validations\":[{\"expression\":\"no\"}],\"failurePolicy\":\""
            + failure
            + "\",\"matchConditions\":["
            + String.join(",", all)
            + "]",
        "[\"Deny\"]");

    assertThat(at.note("a", "good").status()).isEqualTo(code);
  }

  @Test
  void variablesAreComputedOnceAndOnlyIfTheyAreAskedFor() {
    AtomicInteger first = new AtomicInteger();
    AtomicInteger unused = new AtomicInteger();
    at.language.say("count", scope -> (long) first.incrementAndGet());
    at.language.say("unused", scope -> (long) unused.incrementAndGet());
    at.language.say("again", scope -> scope.value("variables.a"), "variables.a");
    at.language.say("one", scope -> scope.value("variables.b").equals(1L), "variables.b");
    at.enforce(
        "p",
        "\"variables\":[{\"name\":\"a\",\"expression\":\"count\"},{\"name\":\"b\",\"expression\":\"again\"},"
            + "{\"name\":\"c\",\"expression\":\"unused\"}],"
            + "\"validations\":[{\"expression\":\"one\"},{\"expression\":\"one\"}]",
        "[\"Deny\"]");

    assertThat(at.note("a", "good").status()).isEqualTo(201);
    assertThat(first).hasValue(1);
    assertThat(unused).hasValue(0);
  }

  @Test
  void expressionsSeeTheRequestAsKubernetesShowsIt() {
    List<Object> seen = new ArrayList<>();
    at.language.say(
        "look",
        scope -> {
          seen.add(scope.value("request"));
          return true;
        },
        "request");
    at.deny("p", "look");
    Subject ada =
        new Subject(
            "ada",
            "u1",
            "",
            List.of("devs", Subject.MASTERS),
            java.util.Map.of("team", List.of("a", "b")));

    house.send(ada, "POST", NOTES + "?dryRun=All&fieldManager=me", House.note("a"));

    String kind = "{\"group\":\"toys.example.org\",\"version\":\"v1\",\"kind\":\"Note\"}";
    String resource = kind.replace("\"kind\":\"Note\"", "\"resource\":\"notes\"");
    assertThat(seen)
        .singleElement()
        .hasToString(
            "{\"kind\":"
                + kind
                + ",\"resource\":"
                + resource
                + ",\"requestKind\":"
                + kind
                + ",\"requestResource\":"
                + resource
                + ",\"operation\":\"CREATE\",\"userInfo\":{\"username\":\"ada\",\"uid\":\"u1\","
                + "\"groups\":[\"devs\",\"system:masters\"],\"extra\":{\"team\":[\"a\",\"b\"]}},"
                + "\"dryRun\":true,\"options\":{\"kind\":\"CreateOptions\",\"apiVersion\":"
                + "\"meta.k8s.io/v1\",\"dryRun\":[\"All\"],\"fieldManager\":\"me\","
                + "\"fieldValidation\":\"Warn\"},\"name\":\"a\",\"namespace\":\"team\"}");
  }

  @Test
  void deletionsShowTheOldObjectAndChangesBoth() {
    List<String> seen = new ArrayList<>();
    at.language.say(
        "look",
        scope ->
            seen.add(
                ((JsonObject) scope.value("request")).getString("operation")
                    + ((JsonObject) scope.value("request")).getString("subResource", "")
                    + " "
                    + scope.text("oldObject", "spec", "title")
                    + ">"
                    + scope.text("object", "spec", "title")),
        "request",
        "object",
        "oldObject");
    at.deny("p", "look");

    at.note("a", "one");
    house.send("PATCH", NOTES + "/a", "{\"spec\":{\"title\":\"two\"}}");
    house.send("PATCH", NOTES + "/a/status", "{\"status\":{\"phase\":\"x\"}}");
    house.send("DELETE", NOTES, "");

    assertThat(seen).containsExactly("CREATE >one", "UPDATE one>two", "DELETE two>");
  }

  @Test
  void aDryRunIsRefusedLikeTheRequestAndKeepsNothing() {
    at.deny("p", "no");
    Revision before = house.head();

    Answer dry = house.send("POST", NOTES + "?dryRun=All", House.note("a"));

    assertThat(dry.status()).isEqualTo(422);
    assertThat(house.head()).isEqualTo(before);
    assertThat(house.send("POST", NOTES, House.note("a")).body()).isEqualTo(dry.body());
  }

  @Test
  void anEndlessExpressionRefusesAndDoesNotHoldTheOthersUp() {
    house.limits =
        new PolicyLimits(
            new Budget.Limits(Long.MAX_VALUE, 1_000, Duration.ofMillis(50)),
            new Budget.Limits(Long.MAX_VALUE, 1_000, Duration.ofSeconds(10)),
            new Budget.Limits(Long.MAX_VALUE, 1_000, Duration.ofMillis(100)),
            Duration.ofSeconds(1));
    at.enforce(
        "p",
        "\"validations\":["
            + String.join(",", java.util.Collections.nCopies(20, "{\"expression\":\"endless\"}"))
            + "]",
        "[\"Deny\"]");
    at.deny("q", "the title is good");
    long start = System.nanoTime();

    Answer refused = at.note("a", "bad");

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("message"))
        .contains("expression 'endless' resulted in error: ")
        .contains("Policy 'q' with");
    // The binding pays for two of twenty, and the rest is not even tried.
    assertThat(refused.body().getJsonObject("details").getJsonArray("causes").size())
        .isBetween(2, 4);
  }

  @Test
  void othersAreAnsweredWhileExpressionsComputeOnEveryProcessor() throws Exception {
    var time = new Budget.Limits(Long.MAX_VALUE, 1_000, Duration.ofSeconds(3));
    house.limits = new PolicyLimits(time, time, time, Duration.ofSeconds(3));
    int all = 2 * Runtime.getRuntime().availableProcessors();
    var begun = new CountDownLatch(all / 2);
    var ended = new AtomicInteger();
    at.language.say(
        "busy",
        scope -> {
          begun.countDown();
          return scope.forever();
        });
    at.deny("p", "busy");
    var answered = new AtomicInteger();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> asked = new ArrayList<>();
      for (int i = 0; i < all; i++) {
        String name = "a" + i;
        asked.add(
            executor.submit(
                () -> {
                  at.note(name, "good");
                  ended.incrementAndGet();
                }));
      }
      begun.await();
      asked.add(
          executor.submit(
              () -> {
                String ticket = House.ticket("\"generateName\":\"q-\"", "q");
                while (ended.get() == 0) {
                  accept(house.send("POST", House.TICKETS, ticket));
                  answered.addAndGet(ended.get() == 0 ? 1 : 0);
                }
              }));
      for (Future<?> one : asked) {
        one.get();
      }
    }

    assertThat(answered.get()).isPositive();
  }

  @Test
  void nothingIsCompiledForARequest() {
    at.deny("p", "yes");

    for (int i = 0; i < 20; i++) {
      accept(at.note("a" + i, "good"));
    }

    // When it was validated, when it was answered, and perhaps when the log brought it.
    assertThat(at.language.compiled.get()).isBetween(2, 3);
  }

  @Test
  void expressionsMayAskForRights() {
    at.language.say(
        "nobody may",
        scope -> {
          var check =
              (ai.a5c.krate.spi.expression.AccessTarget) scope.value("authorizer.requestResource");
          return check.access().mayUse(check.who(), "approve", check.target()).allowed();
        },
        "authorizer.requestResource");
    house.authorizer =
        asked ->
            asked.verb().equals("approve") && !asked.subject().in("approvers")
                ? new ai.a5c.krate.apiserver.authz.Decision.Deny("no")
                : new ai.a5c.krate.apiserver.authz.Decision.Allow("all may");
    at.deny("p", "nobody may");

    Answer admin = at.note("a", "good");
    Answer approver = house.send(Subject.of("ada", "approvers"), "POST", NOTES, House.note("b"));

    assertThat(admin.status()).isEqualTo(422);
    assertThat(approver.status()).isEqualTo(201);
  }
}
