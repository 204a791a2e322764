package ai.a5c.krate.core.access;

import static ai.a5c.krate.core.access.AccessHouse.ADMIN;
import static ai.a5c.krate.core.access.AccessHouse.REVIEWS;
import static ai.a5c.krate.core.access.AccessHouse.rule;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.core.access.AccessHouse.Answer;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AccessReviewTest {
  private static final Subject ADA = Subject.of("ada");

  private final AccessHouse house = new AccessHouse();

  @BeforeEach
  void ada() {
    house.namespace("a");
    house.grant("a", "readers", "ada", rule("'get'", "krate.a5c.ai", "'issues'"));
  }

  @AfterEach
  void close() {
    house.close();
  }

  private Answer ask(Subject subject, String kind, String namespace, String spec) {
    String plural = kind.toLowerCase(java.util.Locale.ROOT) + "s";
    String path =
        namespace.isEmpty()
            ? REVIEWS + "/" + plural
            : REVIEWS + "/namespaces/" + namespace + "/" + plural;
    return house.send(
        subject,
        "POST",
        path,
        "{'apiVersion': 'authorization.k8s.io/v1', 'kind': '"
            + kind
            + "', 'spec': {"
            + spec
            + "}}");
  }

  private static String issues(String verb, String namespace) {
    return "'resourceAttributes': {'verb': '"
        + verb
        + "', 'group': 'krate.a5c.ai', 'resource': 'issues', 'namespace': '"
        + namespace
        + "'}";
  }

  @Test
  void everybodyAsksAboutHimself() {
    Answer yes = ask(ADA, "SelfSubjectAccessReview", "", issues("get", "a"));
    assertThat(yes.status()).isEqualTo(201);
    assertThat(yes.isTrue("status", "allowed")).isTrue();
    assertThat(yes.text("status", "reason"))
        .isEqualTo(
            "RBAC: allowed by RoleBinding \"readers/a\" of Role \"readers\" to User \"ada\"");
    Answer no = ask(ADA, "SelfSubjectAccessReview", "", issues("list", "a"));
    assertThat(no.body().getJsonObject("status").get("allowed")).isEqualTo(JsonValue.FALSE);
    assertThat(no.body().getJsonObject("status")).hasSize(1);
    assertThat(ask(Subject.ANONYMOUS, "SelfSubjectAccessReview", "", issues("get", "a")).status())
        .isEqualTo(403);
  }

  @Test
  void pathsAreAskedAboutToo() {
    assertThat(
            ask(
                    ADA,
                    "SelfSubjectAccessReview",
                    "",
                    "'nonResourceAttributes': {'verb': 'get', 'path': '/version'}")
                .isTrue("status", "allowed"))
        .isTrue();
    assertThat(
            ask(
                    ADA,
                    "SelfSubjectAccessReview",
                    "",
                    "'nonResourceAttributes': {'verb': 'put', 'path': '/version'}")
                .isTrue("status", "allowed"))
        .isFalse();
  }

  @Test
  void whoMayAsksAboutOthers() {
    String about = ", 'user': 'ada', 'groups': ['dev']";
    assertThat(ask(ADA, "SubjectAccessReview", "", issues("get", "a") + about).status())
        .isEqualTo(403);
    assertThat(
            ask(ADMIN, "SubjectAccessReview", "", issues("get", "a") + about)
                .isTrue("status", "allowed"))
        .isTrue();
    assertThat(
            ask(ADMIN, "SubjectAccessReview", "", issues("get", "b") + about)
                .isTrue("status", "allowed"))
        .isFalse();
    assertThat(ask(ADMIN, "SubjectAccessReview", "", issues("get", "a")).status()).isEqualTo(422);
  }

  @Test
  void aLocalReviewIsAboutItsNamespace() {
    String about = ", 'user': 'ada'";
    assertThat(
            ask(ADMIN, "LocalSubjectAccessReview", "a", issues("get", "a") + about)
                .isTrue("status", "allowed"))
        .isTrue();
    assertThat(ask(ADMIN, "LocalSubjectAccessReview", "a", issues("get", "b") + about).status())
        .isEqualTo(400);
  }

  @Test
  void aReviewAsksOneThing() {
    assertThat(ask(ADA, "SelfSubjectAccessReview", "", "").status()).isEqualTo(422);
    assertThat(
            ask(
                    ADA,
                    "SelfSubjectAccessReview",
                    "",
                    issues("get", "a")
                        + ", 'nonResourceAttributes': {'verb': 'get', 'path': '/version'}")
                .status())
        .isEqualTo(422);
  }

  @Test
  void theRulesOfACallerAreListed() {
    Answer rules = ask(ADA, "SelfSubjectRulesReview", "", "'namespace': 'a'");
    assertThat(rules.status()).isEqualTo(201);
    JsonObject status = rules.body().getJsonObject("status");
    assertThat(status.getJsonArray("resourceRules").toString()).contains("\"issues\"");
    assertThat(status.getJsonArray("nonResourceRules").toString()).contains("/openapi/*");
    assertThat(ask(ADA, "SelfSubjectRulesReview", "", "").status()).isEqualTo(400);
  }

  @Test
  void nothingIsStoredOfAReview() {
    ask(ADA, "SelfSubjectAccessReview", "", issues("get", "a"));
    assertThat(house.get(ADMIN, REVIEWS + "/selfsubjectaccessreviews").status()).isEqualTo(405);
  }
}
