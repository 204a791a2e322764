package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Admission policies in CEL, written with the real kubectl and enforced on records and others. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PolicyIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String GROUP = "/apis/admissionregistration.k8s.io/v1/";
  private static final String FAILURE = "validation.policy.admission.k8s.io/validation_failure";

  @TempDir static Path temporary;

  private ServerProcess server;
  private Forge forge;
  private Kubectl kubectl;
  private int number;

  @BeforeAll
  void start() throws Exception {
    server = ServerProcess.start(temporary.resolve("data"));
    forge = Forge.create(server, temporary.resolve("clone"), "acme", "web");
    kubectl = new Kubectl("kubectl", temporary.resolve("clone"), server.data());
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @AfterEach
  void takeAllPoliciesBack() {
    kubectl.run("delete", "validatingadmissionpolicybindings,validatingadmissionpolicies", "--all");
  }

  /** A policy about a collection and its binding, the rest of their specs as they are given. */
  private static String manifest(String name, String resources, String spec, String actions) {
    return """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata: {name: %1$s}
        spec:
          matchConstraints:
            resourceRules:
            - {apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: [%2$s]}
        %3$s
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata: {name: %1$s-binding}
        spec: {policyName: %1$s, %4$s}
        """
        .formatted(name, resources, spec.indent(2).stripTrailing(), actions);
  }

  private void apply(String name, String resources, String spec, String actions) {
    kubectl.runWith(manifest(name, resources, spec, actions), "apply", "-f", "-");
  }

  private static String rule(String expression) {
    return "validations: [{expression: \"" + expression + "\"}]";
  }

  private String branch() {
    number++;
    forge.pushBranch("topic-" + number, "file-" + number, "content\n");
    return "topic-" + number;
  }

  private Kubectl.Ended open(String branch, String title) {
    return kubectl.attempt(
        Optional.of(forge.pullRequest(branch, title)),
        "create",
        "-n",
        forge.namespace(),
        "-f",
        "-");
  }

  private Api.Answer issue(String title) {
    return server.api().create(forge.issues(), forge.issue(title));
  }

  @Test
  void theQuickStartsPolicyWantsATellingTitleAndSaysSo() {
    kubectl.run("apply", "-f", "../examples/quickstart/rules/policy.yaml");
    String branch = branch();

    Kubectl.Ended refused = open(branch, "Fix");
    Kubectl.Ended opened = open(branch, "Fix the login page");

    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err())
        .contains(
            "ValidatingAdmissionPolicy 'telling-titles' with binding 'telling-titles' denied"
                + " request: Say in the title what changes, in at least 8 characters.");
    assertThat(opened.code()).as(opened.err()).isZero();
    kubectl.run("delete", "-f", "../examples/quickstart/rules/policy.yaml");
    assertThat(open(branch(), "Fix").code()).isZero();
  }

  @Test
  void aMergeIsAnUpdateThatAPolicyMayRefuse() {
    String name = forge.open(branch(), "A change");
    apply(
        "freeze",
        "pullrequests",
        """
        matchConditions:
        - {name: merging, expression: "object != null && has(object.spec.merged) && object.spec.merged"}
        validations:
        - expression: "false"
          message: Nothing is merged today.
          reason: Forbidden
        """,
        "validationActions: [Deny]");

    Api.Answer refused = forge.merge(server.api(), name);

    assertThat(refused.code()).as(refused.text()).isEqualTo(403);
    assertThat(refused.text("message"))
        .isEqualTo(
            "pullrequests.krate.a5c.ai \""
                + name
                + "\" is forbidden: ValidatingAdmissionPolicy 'freeze' with binding"
                + " 'freeze-binding' denied request: Nothing is merged today.");
    assertThat(server.api().get(forge.pullRequests() + "/" + name).text("status", "phase"))
        .isEqualTo("Open");
    server.api().delete(GROUP + "validatingadmissionpolicybindings/freeze-binding").expect(200);
    forge.merge(server.api(), name).expect(200);
  }

  @Test
  void kubectlPrintsAWarning() {
    apply(
        "short",
        "pullrequests",
        """
        validations:
        - expression: object.spec.title.size() >= 8
          messageExpression: "'the title ' + object.spec.title + ' is short'"
        """,
        "validationActions: [Warn]");

    Kubectl.Ended opened = open(branch(), "Fix");

    assertThat(opened.code()).isZero();
    assertThat(opened.err())
        .contains(
            "Warning: Validation failed for ValidatingAdmissionPolicy 'short' with binding"
                + " 'short-binding': the title Fix is short");
  }

  @Test
  void theAuditTrailHoldsWhatIsAudited() {
    apply(
        "notes",
        "issues",
        """
        validations: [{expression: object.spec.title.size() >= 8, message: too short}]
        auditAnnotations:
        - {key: title, valueExpression: "object.spec.title.upperAscii()"}
        """,
        "validationActions: [Audit]");

    String name = issue("Help").expect(201).name();

    String entries = kubectl.run("get", "audit", "-n", forge.namespace(), "-o", "json");
    JsonObject entry =
        Api.parse(entries).getJsonArray("items").getValuesAs(JsonObject.class).stream()
            .filter(one -> Api.text(one, "resource", "name").equals(name))
            .findFirst()
            .orElseThrow();
    assertThat(Api.text(entry, "annotations", "notes/title")).isEqualTo("HELP");
    assertThat(Api.text(entry, "annotations", FAILURE))
        .isEqualTo(
            "[{\"message\":\"too short\",\"policy\":\"notes\",\"binding\":\"notes-binding\","
                + "\"expressionIndex\":0,\"validationActions\":[\"Audit\"]}]");
  }

  @Test
  void expressionsSeeAllThatKubernetesShowsThem() {
    apply(
        "looks",
        "issues",
        """
        matchConditions:
        - {name: created, expression: "request.operation == 'CREATE' && !request.dryRun"}
        variables:
        - {name: words, expression: "object.spec.title.split(' ')"}
        - {name: count, expression: "size(variables.words)"}
        validations:
        - expression: "!has(object.metadata.name) && !has(request.name) && oldObject == null"
        - expression: "variables.count > 1 && variables.words.all(w, w != 'secret')"
          messageExpression: "string(variables.count) + ' words'"
        - expression: "request.userInfo.username == 'krate:admin' && 'system:masters' in request.userInfo.groups"
        - expression: "request.kind.kind == 'Issue' && request.resource.resource == 'issues'"
        - expression: "namespaceObject.metadata.labels['kubernetes.io/metadata.name'] == request.namespace"
        - expression: "authorizer.group('krate.a5c.ai').resource('issues').namespace(request.namespace).check('create').allowed()"
        - expression: "authorizer.requestResource.check('update').allowed() && !has(object.spec.closeReason)"
        - expression: "!authorizer.serviceAccount(request.namespace, 'robot').group('').resource('secrets').check('get').allowed()"
        """,
        "validationActions: [Deny]");

    Api.Answer created = issue("Two words");
    Api.Answer refused = issue("One");

    assertThat(created.code()).as(created.text()).isEqualTo(201);
    assertThat(refused.code()).isEqualTo(422);
    assertThat(refused.causes()).hasSize(1).first().asString().endsWith("denied request: 1 words");
  }

  @Test
  void configurationIsSeenTooWithParameters() {
    kubectl.run(
        "create", "configmap", "names", "-n", forge.namespace(), "--from-literal=prefix=web");
    apply(
        "names",
        "repositories",
        """
        paramKind: {apiVersion: v1, kind: ConfigMap}
        validations:
        - expression: object == null || object.metadata.name.startsWith(params.data.prefix)
          messageExpression: "'names begin with ' + params.data.prefix"
        """,
        "validationActions: [Deny], paramRef: {name: names, parameterNotFoundAction: Deny}");

    Api.Answer refused = repository("shop");
    Api.Answer created = repository("web-shop");

    assertThat(refused.code()).isEqualTo(422);
    assertThat(refused.text("message")).endsWith("denied request: names begin with web");
    assertThat(created.code()).isEqualTo(201);
    kubectl.run(
        "patch",
        "configmap",
        "names",
        "-n",
        forge.namespace(),
        "-p",
        "{\"data\":{\"prefix\":\"sh\"}}");
    assertThat(repository("shop").code()).isEqualTo(201);
  }

  private Api.Answer repository(String name) {
    return server
        .api()
        .create(
            Api.config(forge.namespace(), "repositories"),
            """
            {"apiVersion":"config.krate.a5c.ai/v1alpha1","kind":"Repository",
             "metadata":{"name":"%s"},"spec":{}}"""
                .formatted(name));
  }

  @Test
  void whatDoesNotCompileIsRefusedWithItsPlace() {
    Kubectl.Ended refused =
        kubectl.attempt(
            Optional.of(
                manifest(
                    "wrong",
                    "issues",
                    rule("object.spec.title.size() >= 8 &&\\n  nothing.here"),
                    "validationActions: [Deny]")),
            "create",
            "-f",
            "-");

    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err())
        .contains("spec.validations[0].expression")
        .contains("line 2, column 3")
        .contains("nothing");
    server.api().get(GROUP + "validatingadmissionpolicies/wrong").expect(404);
  }

  @Test
  void aHostileExpressionRefusesInBoundedTimeAndTheOthersGoOn() {
    String many = "[1,2,3,4,5,6,7,8,9,10]";
    String loops = "true";
    for (String name : List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j")) {
      loops = many + ".all(" + name + ", " + loops + ")";
    }
    apply("hostile", "issues", rule(loops), "validationActions: [Deny]");
    long start = System.nanoTime();

    Api.Answer refused = issue("A long title");

    assertThat(refused.code()).as(refused.text()).isEqualTo(422);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    assertThat(open(branch(), "Another kind").code()).isZero();
  }

  @Test
  void aPolicyThatDeniesEverythingStopsPeopleAndNotTheForge() {
    String branch = branch();
    String pull = forge.open(branch, "A change");
    String going = Api.CORE + "/namespaces/going";
    kubectl.run("create", "namespace", "going");
    kubectl.run("create", "configmap", "left", "-n", "going", "--from-literal=a=b");
    apply(
        "nothing",
        "\"*/*\"",
        rule("request.operation == 'DELETE' && request.resource.resource == 'namespaces'"),
        "validationActions: [Deny]");

    issue("Denied").expect(422);
    repository("denied").expect(422);
    server.api().delete(going + "/configmaps/left").expect(422);
    server
        .api()
        .patch(forge.pullRequests() + "/" + pull + "/status", "{\"status\":{\"phase\":\"Closed\"}}")
        .expect(422);
    // A push is no request of the API: its pull request gets the new head, and is judged by it.
    String head = forge.git().commit("more", "more\n");
    forge.git().run("push", "-q", forge.url(), branch);
    Waiting.until(
        "the pull request is judged by its new head",
        PATIENCE,
        () -> {
          Api.Answer now = server.api().get(forge.pullRequests() + "/" + pull);
          return now.text("status", "head", "commit").equals(head)
              && now.number("status", "stats", "files") == 2;
        });
    server.api().delete(going).expect(200);
    Waiting.until("the namespace is gone", PATIENCE, () -> server.api().get(going).code() == 404);
    kubectl.run("delete", "validatingadmissionpolicies", "nothing");
    issue("Allowed at once").expect(201);
  }

  @Test
  void aDryRunIsRefusedAndLeavesNoEntry() {
    apply("refuses", "issues", rule("false"), "validationActions: [Deny]");
    long before = server.api().revision();

    Kubectl.Ended refused =
        kubectl.attempt(
            Optional.of(forge.issue("Try this")),
            "create",
            "--dry-run=server",
            "-n",
            forge.namespace(),
            "-f",
            "-");

    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("ValidatingAdmissionPolicy 'refuses'");
    assertThat(server.api().revision()).isEqualTo(before);
  }

  static List<String> programs() {
    return Kubectl.programs();
  }

  @ParameterizedTest
  @MethodSource("programs")
  void everyKubectlKnowsTheKinds(String program) throws Exception {
    Path home = temporary.resolve("home-" + Path.of(program).getFileName());
    Files.createDirectories(home);
    Kubectl kubectl = new Kubectl(program, home, server.data());
    kubectl.run("create", "configmap", "made", "-n", forge.namespace(), "--from-literal=a=b");
    assertThat(
            kubectl.run("get", "cm", "made", "-n", forge.namespace(), "-o", "jsonpath={.data.a}"))
        .isEqualTo("b");
    kubectl.run("delete", "configmap", "made", "-n", forge.namespace());
    apply("shown", "issues", rule("true"), "validationActions: [Deny]");

    assertThat(kubectl.run("get", "validatingadmissionpolicies"))
        .containsPattern("NAME +VALIDATIONS +PARAMKIND +AGE")
        .containsPattern("shown +1 ");
    assertThat(kubectl.run("get", "validatingadmissionpolicybindings"))
        .containsPattern("NAME +POLICYNAME +PARAMREF +AGE")
        .containsPattern("shown-binding +shown ");
    assertThat(kubectl.run("explain", "validatingadmissionpolicy.spec.validations"))
        .contains("messageExpression");
    // What kubectl prints can be sent again.
    String yaml = kubectl.run("get", "validatingadmissionpolicy", "shown", "-o", "yaml");
    assertThat(kubectl.runWith(yaml, "apply", "-f", "-")).contains("shown");
  }
}
