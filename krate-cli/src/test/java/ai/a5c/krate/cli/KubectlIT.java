package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of the road read and written with the real kubectl, of every version that is here. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KubectlIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String NAMESPACE = "krate-org-acme";

  /** The columns of each kind, wide ones included. */
  private static final Map<String, String> COLUMNS =
      Map.of(
          "namespaces", "NAME STATUS AGE",
          "secrets", "NAME TYPE DATA AGE",
          "organizations", "NAME DISPLAY-NAME NAMESPACE READY AGE",
          "repositories", "NAME VISIBILITY DEFAULT-BRANCH READY URL LAST-PUSH AGE",
          "webhooksubscriptions", "NAME URL EVENTS PENDING LAST SUSPENDED AGE",
          "pullrequests",
              "NAME NUMBER TITLE AUTHOR PHASE MERGEABLE SOURCE TARGET HEAD APPROVALS CHECKS AGE",
          "issues", "NAME NUMBER TITLE AUTHOR PHASE AGE",
          "webhookdeliveries", "NAME SUBSCRIPTION EVENT PHASE ATTEMPTS CODE AGE",
          "auditevents", "NAME TIME USER VERB RESOURCE DECISION REASON AGE");

  @TempDir static Path temporary;

  private ServerProcess server;
  private Forge forge;

  @BeforeAll
  void start() throws Exception {
    server = ServerProcess.start(temporary.resolve("data"));
    forge = Forge.create(server, temporary.resolve("clone"), "acme", "web");
    Kubectl kubectl = kubectl("kubectl");
    kubectl.run(
        "create",
        "secret",
        "generic",
        "receiver",
        "-n",
        NAMESPACE,
        "--from-literal=signing=" + "whsec_a3ViZWN0bC10ZXN0LXNlY3JldC1vZi1hLWhvb2s=");
    kubectl.runWith(
        """
        apiVersion: config.krate.a5c.ai/v1alpha1
        kind: WebhookSubscription
        metadata: {name: receiver, namespace: krate-org-acme}
        spec:
          url: http://127.0.0.1:9/hooks
          events: ["pullrequest.*"]
          secretRefs: [{name: receiver, key: signing}]
        """,
        "create",
        "-f",
        "-");
    forge.pushBranch("topic", "topic", "a topic\n");
    server.api().create(forge.issues(), forge.issue("A bug")).expect(201);
    forge.open("topic", "A topic");
    Waiting.until(
        "there is a delivery",
        PATIENCE,
        () ->
            !server
                .api()
                .get(Api.records(NAMESPACE, "webhookdeliveries"))
                .expect(200)
                .items()
                .isEmpty());
  }

  @AfterAll
  void stop() {
    server.close();
  }

  static List<String> programs() {
    return Kubectl.programs();
  }

  private Kubectl kubectl(String program) throws Exception {
    Path home = temporary.resolve("home-" + Path.of(program).getFileName());
    Files.createDirectories(home);
    return new Kubectl(program, home, server.data());
  }

  @ParameterizedTest
  @MethodSource("programs")
  void everyKindHasItsColumnsAndItsWords(String program) throws Exception {
    Kubectl kubectl = kubectl(program);
    COLUMNS.forEach(
        (kind, columns) -> {
          List<String> lines =
              kubectl.run("get", kind, "-n", NAMESPACE, "-o", "wide").lines().toList();
          String header = lines.getFirst();
          assertThat(String.join(" ", cells(header))).isEqualTo(columns);
          assertThat(lines).hasSizeGreaterThan(1);
          assertThat(lines.get(1)).doesNotContain("<unknown>");
          String name = cells(lines.get(1)).getFirst();
          assertThat(kubectl.run("get", kind, name, "-n", NAMESPACE, "-o", "yaml"))
              .contains("apiVersion: ", "kind: ", "  name: " + name + "\n", "  resourceVersion: ");
          assertThat(kubectl.run("describe", kind, name, "-n", NAMESPACE)).contains(name);
          assertThat(kubectl.run("explain", kind))
              .contains("DESCRIPTION:", "FIELDS:", "apiVersion", "metadata")
              .doesNotContain("<empty>", "<no description>");
        });
  }

  /** The cells of a line; a column's name of two words is joined. */
  private static List<String> cells(String line) {
    return Arrays.stream(line.strip().split("   +|  +"))
        .map(cell -> cell.replace(' ', '-'))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("programs")
  void narrowColumnsLeaveOutTheWideOnes(String program) throws Exception {
    Kubectl kubectl = kubectl(program);
    assertThat(cells(kubectl.run("get", "pr", "-n", NAMESPACE).lines().findFirst().orElseThrow()))
        .containsExactly("NAME", "NUMBER", "TITLE", "AUTHOR", "PHASE", "MERGEABLE", "AGE");
    assertThat(
            cells(kubectl.run("get", "krepo", "-n", NAMESPACE).lines().findFirst().orElseThrow()))
        .containsExactly("NAME", "VISIBILITY", "DEFAULT-BRANCH", "READY", "AGE");
  }

  @ParameterizedTest
  @MethodSource("programs")
  void explainGoesIntoEveryPart(String program) throws Exception {
    Kubectl kubectl = kubectl(program);
    assertThat(kubectl.run("explain", "pr.spec"))
        .contains("sourceBranch\t<string> -required-", "The branch to merge.");
    assertThat(kubectl.run("explain", "pr.status.merge", "--recursive"))
        .contains("commit", "method", "time");
  }

  @ParameterizedTest
  @MethodSource("programs")
  void aWatchShowsChangesAsTheyCome(String program) throws Exception {
    Kubectl kubectl = kubectl(program);
    String title = "Watched " + System.nanoTime();
    Path err = Files.createTempFile(temporary, "watch", ".err");
    Process watch = kubectl.start(err, "get", "issues", "-n", NAMESPACE, "-w");
    try {
      var out =
          new BufferedReader(new InputStreamReader(watch.getInputStream(), StandardCharsets.UTF_8));
      assertThat(out.readLine()).startsWith("NAME");
      assertThat(out.readLine()).contains("web-1");
      server
          .api()
          .patch(forge.issues() + "/web-1", "{\"spec\":{\"title\":\"" + title + "\"}}")
          .expect(200);
      assertThat(out.lines().filter(line -> line.contains(title)).findFirst()).isPresent();
    } finally {
      watch.destroyForcibly().waitFor();
    }
  }

  @ParameterizedTest
  @MethodSource("programs")
  void coreKindsAreMadeFromCommands(String program) throws Exception {
    Kubectl kubectl = kubectl(program);
    String name = "ns-" + System.nanoTime();
    assertThat(kubectl.run("create", "namespace", name)).contains("namespace/" + name);
    assertThat(kubectl.run("create", "secret", "generic", "key", "-n", name, "--from-literal=a=b"))
        .contains("secret/key created");
    assertThat(kubectl.run("get", "secret", "key", "-n", name, "-o", "jsonpath={.data.a}"))
        .isEqualTo("Yg==");
    assertThat(kubectl.run("get", "secret", "key", "-n", name)).doesNotContain("Yg==");
    assertThat(kubectl.run("auth", "whoami")).contains("krate:admin", "system:masters");
    kubectl.run("delete", "namespace", name, "--timeout=30s");
    assertThat(kubectl.attempt(Optional.empty(), "get", "namespace", name).err())
        .contains("NotFound");
  }

  @ParameterizedTest
  @MethodSource("programs")
  void anIssueIsChangedInEveryWay(String program) throws Exception {
    Kubectl kubectl = kubectl(program);
    String manifest =
        """
        apiVersion: krate.a5c.ai/v1alpha1
        kind: Issue
        metadata: {name: changed, namespace: krate-org-acme}
        spec: {repository: web, title: First}
        """;
    kubectl.runWith(manifest, "create", "-f", "-");
    String second = manifest.replace("First", "Second");
    Kubectl.Ended diff = kubectl.attempt(Optional.of(second), "diff", "-f", "-");
    assertThat(diff.code()).as(diff.err()).isEqualTo(1);
    assertThat(diff.out()).contains("-  title: First", "+  title: Second");

    String stored = kubectl.run("get", "issue", "changed", "-n", NAMESPACE, "-o", "yaml");
    assertThat(kubectl.runWith(stored.replace("First", "Edited"), "replace", "-f", "-"))
        .contains("replaced");
    assertThat(
            kubectl
                .attempt(Optional.of(stored.replace("First", "Lost")), "replace", "-f", "-")
                .err())
        .contains("the object has been modified");
    kubectl.run("label", "issue", "changed", "-n", NAMESPACE, "triage=done");
    kubectl.run("annotate", "issue", "changed", "-n", NAMESPACE, "note=a word");
    assertThat(kubectl.run("get", "issues", "-n", NAMESPACE, "-l", "triage=done", "--no-headers"))
        .contains("Edited")
        .hasLineCount(1);
    kubectl.run("wait", "issue/changed", "-n", NAMESPACE, "--for=jsonpath={.status.phase}=Open");
    kubectl.run("delete", "issue", "changed", "-n", NAMESPACE);
    assertThat(kubectl.attempt(Optional.empty(), "get", "issue", "changed", "-n", NAMESPACE).err())
        .contains("Error from server (NotFound): issues.krate.a5c.ai \"changed\" not found");
  }

  @ParameterizedTest
  @MethodSource("programs")
  void serverSideApplyIsRefusedInClearWords(String program) throws Exception {
    Kubectl.Ended refused =
        kubectl(program)
            .attempt(
                Optional.of(
                    """
                    apiVersion: krate.a5c.ai/v1alpha1
                    kind: Issue
                    metadata: {name: applied, namespace: krate-org-acme}
                    spec: {repository: web, title: Applied}
                    """),
                "apply",
                "--server-side",
                "-f",
                "-");
    assertThat(refused.code()).isNotZero();
    assertThat(refused.err())
        .contains("Server-side apply not available on the server", "application/merge-patch+json");
  }
}
