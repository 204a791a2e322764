package ai.a5c.krate.apiserver.policy;

import static ai.a5c.krate.apiserver.house.House.NOTES;
import static ai.a5c.krate.apiserver.policy.PolicyHouse.BINDINGS;
import static ai.a5c.krate.apiserver.policy.PolicyHouse.POLICIES;
import static ai.a5c.krate.apiserver.policy.PolicyHouse.accept;
import static ai.a5c.krate.apiserver.policy.PolicyHouse.bindingText;
import static ai.a5c.krate.apiserver.policy.PolicyHouse.policyText;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.apiserver.authz.Decision;
import ai.a5c.krate.apiserver.house.House;
import ai.a5c.krate.apiserver.house.House.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which requests a policy is asked about, and with which parameters. */
class PolicyMatchTest {
  private final PolicyHouse at = new PolicyHouse();
  private final House house = at.house;

  @AfterEach
  void close() {
    at.close();
  }

  private void denyAll(String constraints, String binding) {
    accept(
        house.send(
            "POST",
            POLICIES,
            policyText(
                "p",
                "\"matchConstraints\":{"
                    + constraints
                    + "},\"validations\":[{\"expression\":\"no\"}]")));
    accept(house.send("POST", BINDINGS, bindingText("b", "p", "[\"Deny\"]", binding)));
  }

  private static String rule(String groups, String versions, String operations, String resources) {
    return "\"resourceRules\":[" + oneRule(groups, versions, operations, resources, "") + "]";
  }

  private static String oneRule(
      String groups, String versions, String operations, String resources, String more) {
    return "{\"apiGroups\":["
        + quoted(groups)
        + "],\"apiVersions\":["
        + quoted(versions)
        + "],\"operations\":["
        + quoted(operations)
        + "],\"resources\":["
        + quoted(resources)
        + "]"
        + more
        + "}";
  }

  private static String quoted(String list) {
    return "\"" + list.replace(";", "\",\"") + "\"";
  }

  @ParameterizedTest
  @CsvSource({
    "toys.example.org,v1,CREATE,notes,true",
    "other;toys.example.org,v2;v1,UPDATE;CREATE,others;notes,true",
    "*,*,*,*,true",
    "*,*,*,*/*,true",
    "*,*,*,notes/*,true",
    "other,v1,CREATE,notes,false",
    "toys.example.org,v2,CREATE,notes,false",
    "toys.example.org,v1,UPDATE;DELETE,notes,false",
    "toys.example.org,v1,CREATE,tickets,false",
    "toys.example.org,v1,CREATE,notes/status,false",
    "toys.example.org,v1,CREATE,*/status,false",
  })
  void rulesMatchByGroupVersionOperationAndResource(
      String groups, String versions, String operations, String resources, boolean matches) {
    denyAll(rule(groups, versions, operations, resources), "");

    assertThat(at.note("a", "good").status()).isEqualTo(matches ? 422 : 201);
  }

  @ParameterizedTest
  @CsvSource({
    "notes/status,true",
    "*/status,true",
    "*/*,true",
    "notes/*,true",
    "notes,false",
    "*,false",
    "notes/scale,false",
  })
  void subresourcesAreMatchedByTheirOwnName(String resources, boolean matches) {
    accept(at.note("a", "good"));
    denyAll(rule("*", "*", "*", resources), "");

    Answer changed = house.send("PATCH", NOTES + "/a/status", "{\"status\":{\"phase\":\"x\"}}");

    assertThat(changed.status()).isEqualTo(matches ? 422 : 200);
  }

  @Test
  void namesAreThoseOfTheRequest() {
    denyAll(
        "\"resourceRules\":["
            + oneRule("*", "*", "*", "notes", ",\"resourceNames\":[\"a\",\"b\"]")
            + "]",
        "");

    assertThat(at.note("a", "good").status()).isEqualTo(422);
    assertThat(at.note("c", "good").status()).isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource({"Cluster,201,422", "Namespaced,422,201", "*,422,422"})
  void theScopeTellsNamespacesFromWhatIsInThem(String scope, int note, int namespace) {
    house.server();
    denyAll(
        "\"resourceRules\":[" + oneRule("*", "*", "*", "*", ",\"scope\":\"" + scope + "\"") + "]",
        "");

    assertThat(at.note("a", "good").status()).isEqualTo(note);
    assertThat(
            house
                .send(
                    "POST",
                    "/api/v1/namespaces",
                    "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"n\"}}")
                .status())
        .isEqualTo(namespace);
  }

  @Test
  void whatIsExcludedIsNotMeant() {
    denyAll(
        rule("*", "*", "*", "*")
            + ",\"excludeResourceRules\":["
            + oneRule("*", "*", "DELETE", "notes", "")
            + "]",
        "");
    house.unseen = asked -> false;

    assertThat(at.note("a", "good").status()).isEqualTo(422);
    accept(house.send("DELETE", BINDINGS + "/b", ""));
    accept(at.note("a", "good"));
    accept(house.send("POST", BINDINGS, bindingText("b", "p", "[\"Deny\"]", "")));
    assertThat(house.send("DELETE", NOTES + "/a", "").status()).isEqualTo(200);
  }

  @Test
  void theNamespaceIsAskedForItsLabelsOfNow() {
    denyAll(
        rule("*", "*", "*", "notes")
            + ",\"namespaceSelector\":{\"matchExpressions\":[{\"key\":\"strict\",\"operator\":\"In\","
            + "\"values\":[\"yes\"]}]}",
        "");
    assertThat(at.note("a", "good").status()).isEqualTo(201);

    house.send(
        "PATCH", "/api/v1/namespaces/team", "{\"metadata\":{\"labels\":{\"strict\":\"yes\"}}}");

    assertThat(at.note("b", "good").status()).isEqualTo(422);
  }

  @Test
  void aNamespaceIsSelectedByTheLabelsThatItIsToHave() {
    house.server();
    denyAll(
        rule("", "v1", "*", "namespaces")
            + ",\"namespaceSelector\":{\"matchLabels\":{\"strict\":\"yes\"}}",
        "");

    assertThat(
            house
                .send(
                    "PATCH",
                    "/api/v1/namespaces/team",
                    "{\"metadata\":{\"labels\":{\"strict\":\"yes\"}}}")
                .status())
        .isEqualTo(422);
    assertThat(
            house
                .send(
                    "PATCH",
                    "/api/v1/namespaces/team",
                    "{\"metadata\":{\"labels\":{\"strict\":\"no\"}}}")
                .status())
        .isEqualTo(200);
  }

  @Test
  void anObjectIsSelectedByItsOldOrNewLabels() {
    accept(at.note("a", "good"));
    denyAll(
        rule("*", "*", "*", "notes") + ",\"objectSelector\":{\"matchLabels\":{\"locked\":\"yes\"}}",
        "");

    assertThat(
            house
                .send("PATCH", NOTES + "/a", "{\"metadata\":{\"labels\":{\"locked\":\"yes\"}}}")
                .status())
        .isEqualTo(422);
    assertThat(house.send("PATCH", NOTES + "/a", "{\"spec\":{\"title\":\"free\"}}").status())
        .isEqualTo(200);
    accept(house.send("DELETE", BINDINGS + "/b", ""));
    house.send("PATCH", NOTES + "/a", "{\"metadata\":{\"labels\":{\"locked\":\"yes\"}}}");
    accept(house.send("POST", BINDINGS, bindingText("b", "p", "[\"Deny\"]", "")));
    assertThat(
            house
                .send("PATCH", NOTES + "/a", "{\"metadata\":{\"labels\":{\"locked\":null}}}")
                .status())
        .isEqualTo(422);
  }

  @Test
  void aBindingNarrowsWhatItsPolicyMeans() {
    denyAll(
        rule("*", "*", "*", "*"),
        "\"matchResources\":{\"resourceRules\":["
            + oneRule("*", "*", "*", "notes", ",\"resourceNames\":[\"a\"]")
            + "]}");

    assertThat(at.note("a", "good").status()).isEqualTo(422);
    assertThat(at.note("b", "good").status()).isEqualTo(201);
  }

  @Test
  void aPolicyWithoutABindingIsNotInForce() {
    accept(at.policy("p", "\"validations\":[{\"expression\":\"no\"}]"));

    assertThat(at.note("a", "good").status()).isEqualTo(201);
  }

  @Test
  void whoeverDeniesEverythingCanTakeItBack() {
    denyAll(rule("*", "*", "*", "*/*"), "");
    assertThat(at.note("a", "good").status()).isEqualTo(422);

    assertThat(
            house
                .send("PATCH", POLICIES + "/p", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}")
                .status())
        .isEqualTo(200);
    assertThat(house.send("DELETE", BINDINGS + "/b", "").status()).isEqualTo(200);
    assertThat(at.note("a", "good").status()).isEqualTo(201);
    assertThat(house.send("DELETE", POLICIES + "/p", "").status()).isEqualTo(200);
  }

  @Test
  void whatIsUnseenIsNotRefused() {
    house.unseen = asked -> asked.context().subject().name().equals("robot");
    denyAll(rule("*", "*", "*", "*/*"), "");

    assertThat(
            house
                .send(Subject.of("robot", Subject.MASTERS), "POST", NOTES, House.note("a"))
                .status())
        .isEqualTo(201);
  }

  private void limited(String paramRef) {
    at.language.say(
        "short",
        scope ->
            scope.text("object", "spec", "title").length()
                <= Integer.parseInt("0" + scope.text("params", "data", "longest")),
        "object",
        "params");
    accept(
        at.policy(
            "p",
            "\"paramKind\":{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\"},"
                + "\"validations\":[{\"expression\":\"short\"}]"));
    accept(at.bind("p", "[\"Deny\"]", "\"paramRef\":" + paramRef));
  }

  private void settings(String name, String labels, int longest) {
    accept(
        house.send(
            "POST",
            "/api/v1/namespaces/team/configmaps",
            "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\""
                + name
                + "\",\"labels\":{"
                + labels
                + "}},\"data\":{\"longest\":\""
                + longest
                + "\"}}"));
  }

  @Test
  void whoParameterizesAPolicyMustBeAbleToReadTheParameters() {
    house.authorizer =
        asked ->
            asked.resource().resource().equals("configmaps") && asked.subject().name().equals("ada")
                ? new Decision.Deny("no")
                : new Decision.Allow("all may");
    Subject ada = Subject.of("ada");
    String policy =
        policyText(
            "p",
            PolicyHouse.NOTES_RULE
                + ",\"paramKind\":{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\"},"
                + "\"validations\":[{\"expression\":\"yes\"}]");
    String binding =
        bindingText(
            "b",
            "p",
            "[\"Deny\"]",
            "\"paramRef\":{\"name\":\"s\",\"parameterNotFoundAction\":\"Deny\"}");

    Answer refused = house.send(ada, "POST", POLICIES, policy);
    accept(house.send("POST", POLICIES, policy));
    Answer alsoRefused = house.send(ada, "POST", BINDINGS, binding);

    assertThat(refused.status()).isEqualTo(403);
    assertThat(alsoRefused.status()).isEqualTo(403);
    assertThat(alsoRefused.text("message")).contains("cannot get resource \"configmaps\"");
    assertThat(
            house
                .send(ada, "PATCH", POLICIES + "/p", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}")
                .status())
        .isEqualTo(200);
    accept(house.send("POST", BINDINGS, binding));
  }

  @Test
  void parametersAreReadAsTheyAreNow() {
    settings("s", "", 3);
    limited("{\"name\":\"s\",\"parameterNotFoundAction\":\"Deny\"}");
    assertThat(at.note("a", "good").status()).isEqualTo(422);

    house.send("PATCH", "/api/v1/namespaces/team/configmaps/s", "{\"data\":{\"longest\":\"10\"}}");

    assertThat(at.note("a", "good").status()).isEqualTo(201);
  }

  @Test
  void everySelectedObjectIsAParameter() {
    settings("s", "\"use\":\"yes\"", 10);
    limited(
        "{\"namespace\":\"team\",\"selector\":{\"matchLabels\":{\"use\":\"yes\"}},"
            + "\"parameterNotFoundAction\":\"Deny\"}");
    assertThat(at.note("a", "good").status()).isEqualTo(201);

    settings("other", "\"use\":\"no\"", 1);
    assertThat(at.note("b", "good").status()).isEqualTo(201);
    settings("t", "\"use\":\"yes\"", 1);
    assertThat(at.note("c", "good").status()).isEqualTo(422);
  }

  @ParameterizedTest
  @CsvSource({"Allow,201", "Deny,422"})
  void missingParametersAllowOrDeny(String action, int code) {
    limited("{\"name\":\"s\",\"parameterNotFoundAction\":\"" + action + "\"}");

    Answer answer = at.note("a", "good");

    assertThat(answer.status()).isEqualTo(code);
    if (code == 422) {
      assertThat(answer.text("message"))
          .endsWith(
              "failed to configure binding: no params found for policy binding with `Deny`"
                  + " parameterNotFoundAction");
    }
  }
}
