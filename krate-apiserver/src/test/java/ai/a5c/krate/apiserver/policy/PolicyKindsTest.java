package ai.a5c.krate.apiserver.policy;

import static ai.a5c.krate.apiserver.house.House.NOTES;
import static ai.a5c.krate.apiserver.policy.PolicyHouse.BINDINGS;
import static ai.a5c.krate.apiserver.policy.PolicyHouse.NOTES_RULE;
import static ai.a5c.krate.apiserver.policy.PolicyHouse.POLICIES;
import static ai.a5c.krate.apiserver.policy.PolicyHouse.accept;
import static ai.a5c.krate.apiserver.policy.PolicyHouse.bindingText;
import static ai.a5c.krate.apiserver.policy.PolicyHouse.policyText;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.ApiRequest;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.admission.Admission;
import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.house.House.Answer;
import ai.a5c.krate.apiserver.house.Phrases;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kinds;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.WriteContext;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Policies and bindings as objects: what is refused, what is defaulted, and when they hold. */
class PolicyKindsTest {
  private static final String RULE = "\"validations\":[{\"expression\":\"yes\"}]";

  private final PolicyHouse at = new PolicyHouse();
  private final House house = at.house;

  @AfterEach
  void close() {
    at.close();
  }

  @Test
  void aPolicyHasKubernetesDefaults() {
    Answer created = at.policy("p", RULE);

    assertThat(created.status()).isEqualTo(201);
    JsonObject spec = created.body().getJsonObject("spec");
    assertThat(spec.getString("failurePolicy")).isEqualTo("Fail");
    assertThat(spec.getJsonObject("matchConstraints"))
        .hasToString(
            "{\"namespaceSelector\":{},\"objectSelector\":{},\"resourceRules\":[{\"operations\":"
                + "[\"*\"],\"apiGroups\":[\"toys.example.org\"],\"apiVersions\":[\"v1\"],"
                + "\"resources\":[\"notes\"],\"scope\":\"*\"}],\"matchPolicy\":\"Equivalent\"}");
    assertThat(created.body().getJsonObject("status"))
        .hasToString("{\"observedGeneration\":1,\"typeChecking\":{}}");
  }

  @Test
  void theObservedGenerationFollowsTheSpec() {
    accept(at.policy("p", RULE));
    house.send("PATCH", POLICIES + "/p", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}");

    Answer changed =
        house.send("PATCH", POLICIES + "/p", "{\"spec\":{\"failurePolicy\":\"Ignore\"}}");

    assertThat(changed.body().getJsonObject("metadata").getInt("generation")).isEqualTo(2);
    assertThat(changed.body().getJsonObject("status").getInt("observedGeneration")).isEqualTo(2);
  }

  @Test
  void whatDoesNotCompileIsRefusedWithItsPlace() {
    Answer refused =
        at.policy(
            "p",
            "\"validations\":[{\"expression\":\"yes\"},{\"expression\":\"what\",\"messageExpression\":\"ever\"}],"
                + "\"variables\":[{\"name\":\"v\",\"expression\":\"v?\"}],"
                + "\"matchConditions\":[{\"name\":\"c\",\"expression\":\"c?\"}],"
                + "\"auditAnnotations\":[{\"key\":\"k\",\"valueExpression\":\"k?\"}]");

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body().getJsonObject("details").getJsonArray("causes"))
        .extracting(cause -> ((JsonObject) cause).getString("field"))
        .containsExactlyInAnyOrder(
            "spec.validations[1].expression",
            "spec.validations[1].messageExpression",
            "spec.variables[0].expression",
            "spec.matchConditions[0].expression",
            "spec.auditAnnotations[0].valueExpression");
    assertThat(refused.text("message"))
        .contains(
            "spec.validations[1].expression: Invalid value: \"what\": compilation failed: line 1,"
                + " column 3: nobody says that");
    assertThat(house.get(POLICIES + "/p").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({
    "params,\"validations\":[{\"expression\":\"look\"}]",
    "variables.v,'\"matchConditions\":[{\"name\":\"c\",\"expression\":\"look\"}],"
        + "\"variables\":[{\"name\":\"v\",\"expression\":\"yes\"}]'",
    "namespaceObject,'\"matchConditions\":[{\"name\":\"c\",\"expression\":\"look\"}]'",
    "authorizer,'\"validations\":[{\"expression\":\"no\",\"messageExpression\":\"look\"}]'",
    "variables.w,'\"variables\":[{\"name\":\"v\",\"expression\":\"look\"},"
        + "{\"name\":\"w\",\"expression\":\"yes\"}]'",
  })
  void anExpressionSeesOnlyWhatKubernetesShowsIt(String name, String spec) {
    at.language.say("look", scope -> true, name);

    Answer refused = at.policy("p", spec + (spec.contains("validations") ? "" : "," + RULE));

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("message")).contains("undeclared reference to '" + name + "'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"matchConstraints\":{},V|spec.matchConstraints.resourceRules",
        "V|spec.matchConstraints",
        "N|spec.validations",
        "N,V,\"paramKind\":{\"apiVersion\":\"v1\",\"kind\":\"Nothing\"}|spec.paramKind",
        "N,V,\"paramKind\":{\"apiVersion\":\"v1\",\"kind\":\"Vault\"}|spec.paramKind",
        "N,V,\"variables\":[{\"name\":\"a-b\",\"expression\":\"yes\"}]|spec.variables[0].name",
        "N,V,\"auditAnnotations\":[{\"key\":\"a/b\",\"valueExpression\":\"yes\"}]"
            + "|spec.auditAnnotations[0].key",
        "N,\"validations\":[{\"expression\":\"yes\",\"message\":\"a\\nb\"}]"
            + "|spec.validations[0].message",
        "N,\"validations\":[{\"expression\":\"yes\",\"reason\":\"Gone\"}]"
            + "|spec.validations[0].reason",
        "N,V,\"failurePolicy\":\"Maybe\"|spec.failurePolicy",
      })
  void aMalformedPolicyIsRefused(String spec, String field) {
    // N stands for a match of notes, V for a rule.
    String text =
        spec.replaceAll("(^|,)N($|,)", "$1" + NOTES_RULE.replace("$", "\\$") + "$2")
            .replaceAll("(^|,)V($|,)", "$1" + RULE + "$2");

    Answer refused = house.send("POST", POLICIES, policyText("p", text));

    assertThat(refused.status()).describedAs(refused.toString()).isEqualTo(422);
    assertThat(refused.body().getJsonObject("details").getJsonArray("causes"))
        .extracting(cause -> ((JsonObject) cause).getString("field"))
        .contains(field);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"apiGroups\":[\"*\",\"x\"]|apiGroups",
        "\"apiVersions\":[]|apiVersions",
        "\"operations\":[\"CONNECT\"]|operations[0]",
        "\"operations\":[\"*\",\"CREATE\"]|operations",
        "\"resources\":[\"*/*\",\"notes\"]|resources",
        "\"resources\":[\"*\",\"notes\"]|resources",
        "\"resourceNames\":[\"a\",\"a\"]|resourceNames[1]",
        "\"scope\":\"Universe\"|scope",
      })
  void aMalformedRuleIsRefused(String member, String field) {
    StringBuilder rule = new StringBuilder("{" + member);
    for (String other : List.of("apiGroups", "apiVersions", "operations", "resources")) {
      if (!member.startsWith("\"" + other + "\"")) {
        rule.append(",\"").append(other).append("\":[\"*\"]");
      }
    }

    Answer refused =
        house.send(
            "POST",
            POLICIES,
            policyText("p", "\"matchConstraints\":{\"resourceRules\":[" + rule + "}]}," + RULE));

    assertThat(refused.status()).describedAs(refused.toString()).isEqualTo(422);
    assertThat(refused.text("message"))
        .contains("spec.matchConstraints.resourceRules[0]." + field + ": ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]||spec.validationActions",
        "[\"Deny\",\"Warn\"]||spec.validationActions",
        "[\"Deny\"]|\"paramRef\":{\"parameterNotFoundAction\":\"Deny\"}|spec.paramRef",
        "[\"Deny\"]|\"paramRef\":{\"name\":\"a\"}|spec.paramRef.parameterNotFoundAction",
        "[\"Deny\"]|\"paramRef\":{\"name\":\"a\",\"selector\":{},\"parameterNotFoundAction\":\"Deny\"}"
            + "|spec.paramRef.name",
        "[\"Deny\"]|\"matchResources\":{\"namespaceSelector\":{\"matchExpressions\":[{\"key\":\"a\","
            + "\"operator\":\"Like\"}]}}"
            + "|spec.matchResources.namespaceSelector.matchExpressions[0].operator",
      })
  void aMalformedBindingIsRefused(String actions, String more, String field) {
    Answer refused = at.bind("p", actions, more == null ? "" : more);

    assertThat(refused.status()).describedAs(refused.toString()).isEqualTo(422);
    assertThat(refused.body().getJsonObject("details").getJsonArray("causes"))
        .extracting(cause -> ((JsonObject) cause).getString("field"))
        .contains(field);
  }

  @Test
  void kubectlAppliesAPolicyByAStrategicMerge() {
    accept(at.policy("p", RULE + ",\"matchConditions\":[{\"name\":\"a\",\"expression\":\"yes\"}]"));

    Answer changed =
        House.call(
            house.server().endpoint(House.ADMIN),
            ApiRequest.of(
                "PATCH",
                POLICIES + "/p",
                "application/strategic-merge-patch+json",
                "{\"spec\":{\"matchConditions\":[{\"name\":\"b\",\"expression\":\"no\"}],"
                    + "\"validations\":[{\"expression\":\"no\"}]}}"));

    assertThat(changed.status()).isEqualTo(200);
    JsonObject spec = changed.body().getJsonObject("spec");
    assertThat(spec.getJsonArray("matchConditions")).hasSize(2);
    assertThat(spec.getJsonArray("validations")).hasSize(1);
  }

  @Test
  void aPolicyHoldsAsSoonAsItIsAnswered() {
    for (int i = 0; i < 20; i++) {
      at.deny("p" + i, "no");
      assertThat(at.note("a", "good").status()).isEqualTo(422);
      accept(house.send("PUT", BINDINGS + "/p" + i + "-binding", narrowed(i)));
      assertThat(at.note("n" + i, "good").status()).isEqualTo(201);
      accept(house.send("DELETE", POLICIES + "/p" + i, ""));
    }
  }

  private static String narrowed(int i) {
    return bindingText(
        "p" + i + "-binding",
        "p" + i,
        "[\"Deny\"]",
        "\"matchResources\":{\"objectSelector\":{\"matchLabels\":{\"a\":\"b\"}}}");
  }

  @Test
  void anotherServerKnowsAPolicyWithinASecond() {
    house.server();
    try (House other = new House(house)) {
      at.deny("p", "no");

      long end = System.nanoTime() + Duration.ofSeconds(1).toNanos();
      int status = 0;
      int tries = 0;
      while (status != 422 && System.nanoTime() < end) {
        status = other.send("POST", NOTES, House.note("x" + tries++)).status();
      }

      assertThat(status).isEqualTo(422);
    }
  }

  @Test
  void aServerThatStartsKnowsThePoliciesBeforeItsFirstRequest() {
    at.deny("p", "no");

    try (House other = new House(house)) {
      assertThat(other.send("POST", NOTES, House.note("a")).status()).isEqualTo(422);
    }
  }

  @Test
  void aStoredPolicyThatANewLanguageDoesNotServeFailsByItsFailurePolicyAndCanBeLabelled() {
    at.deny("p", "yes");
    house.language = Optional.of(new Phrases());

    try (House other = new House(house)) {
      Answer refused = other.send("POST", NOTES, House.note("a"));
      assertThat(refused.status()).isEqualTo(422);
      assertThat(refused.text("message"))
          .contains("expression 'yes' resulted in error: compilation failed: line 1, column 3");
      assertThat(
              other
                  .send("PATCH", POLICIES + "/p", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}")
                  .status())
          .isEqualTo(200);
      assertThat(
              other
                  .send("PATCH", POLICIES + "/p", "{\"spec\":{\"failurePolicy\":\"Ignore\"}}")
                  .status())
          .isEqualTo(422);
    }
  }

  @Test
  void aRemovedPolicyStaysRemovedWhenItsWriterIsLateToTellOfIt() {
    var book = new PolicyBook(new PolicyCompiler(at.language), House.POLICY, House.BINDING);
    accept(at.policy("p", RULE));
    accept(at.bind("p", "[\"Deny\"]", ""));
    ApiObject policy = house.get(POLICIES + "/p").object();
    ApiObject binding = house.get(BINDINGS + "/p-binding").object();
    long last = binding.revision().value();
    book.listed(List.of(), List.of(), new Revision(1));
    book.changed(House.BINDING, binding, false);
    book.changed(
        House.POLICY,
        policy.withText(Long.toString(last + 1), "metadata", "resourceVersion"),
        true);
    book.seen(new Revision(last + 1));

    book.changed(House.POLICY, policy, false);

    assertThat(book.current()).hasValueSatisfying(set -> assertThat(set.active()).isEmpty());
  }

  @Test
  void nothingPassesBeforeThePoliciesAreRead() {
    var compiler = new PolicyCompiler(at.language);
    var book = new PolicyBook(compiler, House.POLICY, House.BINDING);
    var unread =
        new Policies(
            new Policies.Parts(
                at.language,
                house.objects,
                Kinds.of(List.of(House.NAMESPACE, House.NOTE, House.POLICY, House.BINDING)),
                house.authorizer,
                house.unseen,
                house.limits,
                System::nanoTime));
    var asked =
        new Admission(
            new WriteContext(House.ADMIN, House.NOTE, "team", "", Instant.EPOCH, false),
            Admission.Operation.CREATE,
            null,
            new ApiObject(Json.object().build()),
            Json.object().build());

    assertThatThrownBy(() -> unread.review(asked))
        .isInstanceOfSatisfying(
            ApiException.class,
            e -> assertThat(e.problem()).isInstanceOf(Problem.Unavailable.class))
        .hasMessageStartingWith("not yet ready to handle request");
    assertThat(book.current()).isEmpty();
    book.listed(List.of(), List.of(), new Revision(1));
    assertThat(book.current()).hasValueSatisfying(set -> assertThat(set.active()).isEmpty());
  }
}
