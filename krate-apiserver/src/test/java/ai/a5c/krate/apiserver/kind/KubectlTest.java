package ai.a5c.krate.apiserver.kind;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.config.Organization;
import ai.a5c.krate.api.config.Repository;
import ai.a5c.krate.api.config.RunnerPool;
import ai.a5c.krate.api.config.WebhookSubscription;
import ai.a5c.krate.api.core.Namespace;
import ai.a5c.krate.api.core.Secret;
import ai.a5c.krate.api.core.SelfSubjectReview;
import ai.a5c.krate.api.records.AuditEvent;
import ai.a5c.krate.api.records.Issue;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.api.records.Pipeline;
import ai.a5c.krate.api.records.PullRequest;
import ai.a5c.krate.api.records.WebhookDelivery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real kubectl against the documents of this package. It is the one on the PATH unless {@code
 * -Dkubectl=/path/of/another} says so.
 */
class KubectlTest {
  static final Kinds KINDS =
      Kinds.ofDeclarations(
          Namespace.class,
          Secret.class,
          SelfSubjectReview.class,
          Organization.class,
          Repository.class,
          RunnerPool.class,
          WebhookSubscription.class,
          PullRequest.class,
          Issue.class,
          Pipeline.class,
          Job.class,
          WebhookDelivery.class,
          AuditEvent.class,
          Widget.class);

  private static final String PULL_REQUEST =
      """
      apiVersion: krate.a5c.ai/v1alpha1
      kind: PullRequest
      metadata:
        generateName: web-
        namespace: acme
      spec:
        repository: web
        sourceBranch: feature
        title: Add a page
      """;

  private record Outcome(int exit, String out) {}

  @TempDir Path home;
  private ForgeLikeServer server;

  @BeforeEach
  void start() throws IOException {
    server = new ForgeLikeServer(KINDS, System.getProperty("kubectl.minor", "33"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void explainShowsEveryFieldOfTheSpecWithItsType() throws Exception {
    Outcome explained = kubectl("", "explain", "pr.spec", "--recursive");
    assertThat(explained.out())
        .contains("KIND:       PullRequest", "VERSION:    v1alpha1", "GROUP:      krate.a5c.ai")
        .contains(
            "repository\t<string> -required-", "merged\t<boolean>", "title\t<string> -required-");
    assertThat(explained.exit()).isZero();
  }

  @Test
  void explainShowsTheDescriptionOfAField() throws Exception {
    assertThat(kubectl("", "explain", "widgets.spec.colour").out())
        .contains("colour <string>", "Its colour.");
    assertThat(kubectl("", "explain", "pr.metadata.labels").out()).contains("Labels");
    assertThat(kubectl("", "explain", "secrets.data").out()).contains("base64");
  }

  @Test
  void explainKnowsEveryKind() throws Exception {
    for (Kind kind : KINDS.all()) {
      Outcome explained = kubectl("", "explain", kind.resource().toString(), "--recursive");
      assertThat(explained.out()).contains("KIND:", kind.name());
      assertThat(explained.exit()).isZero();
    }
  }

  @Test
  void apiResourcesListsShortNamesCategoriesAndVerbs() throws Exception {
    String resources = kubectl("", "api-resources", "-o", "wide", "--no-headers").out();
    assertThat(resources.lines().map(l -> l.replaceAll("\\s+", " ").strip()))
        .contains(
            "pullrequests pr,kpr krate.a5c.ai/v1alpha1 true PullRequest"
                + " create,delete,deletecollection,get,list,patch,update,watch krate,krate-records",
            "auditevents audit,kaudit krate.a5c.ai/v1alpha1 true AuditEvent get,list,watch"
                + " krate,krate-records",
            "namespaces ns v1 false Namespace create,delete,get,list,patch,update,watch");
  }

  @Test
  void createSendsTheObjectAfterFindingThatTheServerValidatesFields() throws Exception {
    Outcome created = kubectl(PULL_REQUEST, "create", "-f", "-", "-o", "yaml");
    assertThat(created.out()).contains("generateName: web-", "title: Add a page");
    assertThat(created.exit()).isZero();
  }

  @Test
  void createTellsOfAnUnknownField() throws Exception {
    Outcome refused = kubectl(PULL_REQUEST + "  titel: x\n", "create", "-f", "-");
    assertThat(refused.out()).contains("strict decoding error: unknown field \"spec.titel\"");
    assertThat(refused.exit()).isNotZero();
  }

  @Test
  void createTellsOfEveryInvalidField() throws Exception {
    String wrong = PULL_REQUEST.replace("title: Add a page", "draft: \"yes\"");
    Outcome refused = kubectl(wrong, "create", "-f", "-");
    assertThat(refused.out())
        .contains("is invalid")
        .contains("* spec.title: Required value")
        .contains(
            "* spec.draft: Invalid value: \"string\": spec.draft in body must be of type boolean");
  }

  private Outcome kubectl(String input, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("kubectl", "kubectl"));
    command.addAll(List.of(arguments));
    command.addAll(
        List.of("--server", server.address(), "--cache-dir", home.resolve("c").toString()));
    Path sent = Files.writeString(home.resolve("input"), input);
    Path said = home.resolve("output");
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectInput(sent.toFile()).redirectOutput(said.toFile());
    builder.environment().put("HOME", home.toString());
    builder.environment().put("KUBECONFIG", home.resolve("none").toString());
    Process process = builder.start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("kubectl did not end: " + command);
    }
    return new Outcome(process.exitValue(), Files.readString(said, StandardCharsets.UTF_8));
  }
}
