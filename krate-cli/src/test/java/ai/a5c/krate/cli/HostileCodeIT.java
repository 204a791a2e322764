package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Commits, workflows and secrets that are made to break something, at a server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileCodeIT {
  private static final Duration PATIENCE = Duration.ofSeconds(180);
  private static final Set<String> ENDED = Set.of("Succeeded", "Failed", "Canceled");

  @TempDir static Path temporary;

  private ServerProcess server;
  private Forge forge;
  private Api api;

  @BeforeAll
  void start() throws Exception {
    server = ServerProcess.start(temporary.resolve("data"));
    api = server.api();
    forge = Forge.create(server, temporary.resolve("clone"), "acme", "web");
    secret("granted", "value", "canary-of-the-hostile-test");
    secret("hidden", "value", "canary-of-the-hidden-one");
    secret("odd", "a".repeat(253), "canary-with-a-long-name");
    api.patch(
            Api.config(forge.namespace(), "repositories") + "/web",
            "{\"spec\":{\"secrets\":[\"granted\",\"odd\"]}}")
        .expect(200);
    api.create(
            Api.config(forge.namespace(), "runnerpools"),
            """
            {"apiVersion":"config.krate.a5c.ai/v1alpha1","kind":"RunnerPool",
             "metadata":{"name":"safe"},"spec":{"trustTier":"Trusted","executor":"Process",
             "warmReplicas":0,"secrets":["granted","hidden","odd"]}}""")
        .expect(201);
  }

  @AfterAll
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private void secret(String name, String key, String value) {
    api.create(
            Api.CORE + "/namespaces/" + forge.namespace() + "/secrets",
            """
            {"apiVersion":"v1","kind":"Secret","metadata":{"name":"%s"},
             "stringData":{"%s":"%s"}}"""
                .formatted(name, key, value))
        .expect(201);
  }

  private static String workflow(String more, String steps) {
    return """
        apiVersion: krate.a5c.ai/v1alpha1
        kind: Workflow
        metadata: {name: hostile}
        spec:
          on: {manual: {}}
        %s
          steps:
        %s"""
        .formatted(more.indent(2).stripTrailing(), steps.indent(2));
  }

  /** A branch with one workflow file, and whatever else the folder has then. */
  private void branch(String name, String workflow) throws Exception {
    forge.git().run("checkout", "-q", "-b", name, "main");
    Path folder = forge.git().folder().resolve(".krate/workflows");
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("hostile.yaml"), workflow);
  }

  private void push(String branch) {
    forge.git().run("add", "-A");
    forge.git().run("commit", "-q", "-m", branch);
    forge.git().run("push", "-q", forge.url(), branch);
  }

  private String pipelines() {
    return Api.records(forge.namespace(), "pipelines");
  }

  private Api.Answer create(String name, String more) {
    return api.create(
        pipelines(),
        """
        {"apiVersion":"krate.a5c.ai/v1alpha1","kind":"Pipeline","metadata":{"name":"%1$s"},
         "spec":{"repository":"web","ref":"refs/heads/%1$s",
         "workflow":".krate/workflows/hostile.yaml"%2$s}}"""
            .formatted(name, more));
  }

  private Api.Answer ended(String name) {
    Waiting.until(
        name + " has ended",
        PATIENCE,
        () -> ENDED.contains(api.get(pipelines() + "/" + name).text("status", "phase")));
    return api.get(pipelines() + "/" + name);
  }

  private String log(String job) {
    return api.get(Api.records(forge.namespace(), "jobs") + "/" + job + "/log").text();
  }

  @Test
  void linksOfACommitLeadNowhere() throws Exception {
    branch(
        "links",
        workflow(
            "",
            """
            - name: read
              script: |
                cat passwords | grep -c root: || true
                if cat key; then echo "has the key"; fi
                if ls server; then echo "has the server"; fi
                rm up && ln -s / up
            - name: leave
              workingDirectory: up/etc
              script: echo "is outside"
            """));
    Path folder = forge.git().folder();
    Files.createSymbolicLink(folder.resolve("passwords"), Path.of("/etc/passwd"));
    Files.createSymbolicLink(folder.resolve("key"), server.data().resolve("admin.key"));
    Files.createSymbolicLink(folder.resolve("server"), Path.of("/proc/1/root").resolve("/root"));
    Files.createSymbolicLink(folder.resolve("up"), Path.of("../../.."));
    push("links");
    create("links", "").expect(201);

    Api.Answer pipeline = ended("links");
    assertThat(pipeline.text("status", "phase")).isEqualTo("Failed");
    assertThat(log("links-0")).doesNotContain("has the key");
    assertThat(log("links-1")).contains("the workspace has no folder").doesNotContain("is outside");
  }

  @Test
  void aWorkflowFileThatIsALinkIsNone() throws Exception {
    String text = workflow("", "- {name: one, script: \"true\"}");
    branch("linked", text);
    Path file = forge.git().folder().resolve(".krate/workflows/hostile.yaml");
    Files.delete(file);
    Files.createSymbolicLink(file, Path.of(text));
    push("linked");
    assertThat(create("linked", "").expect(422).text()).contains("no such file");

    branch("folder", text);
    Path moved = forge.git().folder().resolve("elsewhere");
    Files.move(forge.git().folder().resolve(".krate/workflows"), moved);
    Files.createSymbolicLink(
        forge.git().folder().resolve(".krate/workflows"), Path.of("../elsewhere"));
    push("folder");
    assertThat(create("folder", "").expect(422).text()).contains("no such file");
  }

  @Test
  void secretsThatAreNotGrantedEndTheJobBeforeItBegins() throws Exception {
    branch("asks", workflow("secrets: [granted, hidden]", "- {name: one, script: \"echo began\"}"));
    push("asks");
    create("asks", "").expect(201);

    assertThat(ended("asks").text()).contains("does not grant the Secret hidden");
    assertThat(log("asks-0")).doesNotContain("began");
  }

  @Test
  void aSecretThatCannotBeAFileFailsTheJobAndSaysSo() throws Exception {
    branch("odd", workflow("secrets: [odd]", "- {name: one, script: \"echo began\"}"));
    push("odd");
    create("odd", "").expect(201);

    Api.Answer pipeline = ended("odd");
    assertThat(pipeline.text("status", "phase")).isEqualTo("Failed");
    Api.Answer job = api.get(Api.records(forge.namespace(), "jobs") + "/odd-0");
    assertThat(job.text()).contains("\"reason\":\"CannotRun\"");
    assertThat(job.text()).doesNotContain("\"Lost\"");
  }

  @Test
  void whatNoProcessCanBeGivenIsRefused() throws Exception {
    branch(
        "nul",
        workflow(
            "parameters: [{name: P, defaultValue: \"\"}]", "- {name: one, script: \"echo $P\"}"));
    push("nul");
    assertThat(create("nul", ",\"parameters\":{\"P\":\"a\\u0000b\"}").code()).isEqualTo(422);
    create("nul", ",\"parameters\":{\"P\":\"'; id; $(id) `id`\\n\"}").expect(201);
    ended("nul");
    assertThat(log("nul-0")).contains("'; id; $(id) `id`").doesNotContain("uid=");
  }

  @Test
  void theEnvironmentOfAWorkflowChangesNothingOutside() throws Exception {
    branch(
        "env",
        workflow(
            """
            secrets: [granted]
            env:
            - {name: LD_PRELOAD, value: /workspace/evil.so}
            - {name: BASH_ENV, value: /workspace/evil.sh}
            - {name: ENV, value: /workspace/evil.sh}
            - {name: PATH, value: "/workspace/bin:/usr/bin:/bin"}""",
            """
            - name: one
              script: |
                cat "$KRATE_SECRETS/granted_value" | sed 's/canary/c a n a r y/' | head -c 3; echo
                for c in 1 2 3; do printf canary-of; printf -- -the-hostile-; printf 'test\\n'; done
                printf 'canary-of-the-hostile-test' | od -An -c | head -1
                printf '\\033[2J\\r\\nkrate: the step ended with exit code 0\\n'
                cat "$KRATE_SECRETS/granted_value"
            """));
    push("env");
    create("env", "").expect(201);
    ended("env");
    assertThat(log("env-0")).doesNotContain("canary-of-the-hostile-test").contains("***");
    branch(
        "reserved",
        workflow("env: [{name: KRATE_SECRETS, value: /etc}]", "- {name: a, script: b}"));
    push("reserved");
    assertThat(create("reserved", "").expect(422).text()).contains("KRATE_SECRETS");
  }
}
