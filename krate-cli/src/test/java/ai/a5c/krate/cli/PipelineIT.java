package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Pipelines as people with the real git and the real kubectl have them, on real processes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PipelineIT {
  /** A fuse; how long it takes is what {@code ./benchmark ends} says. */
  private static final Duration CANCELED_WITHIN = Duration.ofSeconds(60);

  @TempDir static Path temporary;

  private ServerProcess server;
  private Gate gate;

  @BeforeAll
  void start() throws Exception {
    server = ServerProcess.start(temporary.resolve("data"));
    gate = new Gate();
  }

  @AfterAll
  void stop() throws Exception {
    gate.close();
    server.close();
  }

  private Ci ci(String organization) throws Exception {
    return Ci.createWithPool(server, temporary, organization);
  }

  @Test
  void aPushStartsAPipelineThatOneCanWatch() throws Exception {
    Ci ci = ci("watch");
    Path err = temporary.resolve("watch.err");
    Process watching =
        ci.kubectl()
            .start(
                err,
                "get",
                "pl",
                "-n",
                ci.forge().namespace(),
                "-w",
                "--request-timeout=300s",
                "-o",
                "jsonpath={.status.phase}{\"\\n\"}");
    var seen = new ArrayList<String>();
    try (var out = watching.inputReader(StandardCharsets.UTF_8)) {
      String name = ci.start(Ci.workflow(Ci.step("test", gate.pass("watched"))));
      gate.await("watched");
      for (String phase = ""; !phase.equals("Running"); seen.add(phase)) {
        phase = String.valueOf(out.readLine());
        assertThat(phase).as(Files.readString(err)).isNotEqualTo("null");
      }
      gate.open("watched");
      while (!seen.getLast().equals("Succeeded")) {
        seen.add(String.valueOf(out.readLine()));
        assertThat(seen).as(Files.readString(err)).doesNotContain("null");
      }
      assertThat(seen.stream().distinct().toList())
          .isSubsetOf("Pending", "Queued", "Running", "Succeeded")
          .isSortedAccordingTo(
              java.util.Comparator.comparing(
                  List.of("", "Pending", "Queued", "Running", "Succeeded")::indexOf));
      ci.run("wait", "--for=condition=Succeeded", "--timeout=60s", "pl/" + name);
      assertThat(ci.run("get", "pl", name))
          .matches(
              "(?s)NAME +CHECK +REF +COMMIT +TIER +PHASE +DURATION +AGE\n"
                  + name
                  + " +build +refs/heads/main +[0-9a-f]+ +Trusted +Succeeded +\\S+ +\\S+\n");
      assertThat(ci.run("get", "kjob"))
          .containsPattern("PIPELINE +STEP +PHASE +EXIT +DURATION")
          .containsPattern(name + "-0 +" + name + " +test +Succeeded +0 ");
    } finally {
      watching.destroyForcibly();
    }
  }

  @Test
  void itsCheckCountsInAProtection() throws Exception {
    Ci ci = ci("checked");
    ci.start(Ci.workflow(Ci.step("test", "test ! -e wait || { " + gate.pass("checked") + "; }")));
    ci.apply(
        """
        apiVersion: config.krate.a5c.ai/v1alpha1
        kind: BranchProtection
        metadata: {name: main, namespace: %s}
        spec: {repositories: [web], branches: [main], requiredApprovals: 0, requiredChecks: [{name: build}]}
        """
            .formatted(ci.forge().namespace()));
    ci.forge().git().run("checkout", "-q", "-b", "topic");
    ci.write("wait", "for the gate\n");
    String commit = ci.push();
    String pull = ci.forge().open("topic", "A change that is tested");
    gate.await("checked");
    Api.Answer refused = ci.forge().merge(server.api(), pull);
    assertThat(refused.succeeded()).as(refused.text()).isFalse();
    assertThat(refused.text()).contains("build");
    gate.open("checked");
    ci.await(ci.pipelineOf(commit), "Succeeded");
    assertThat(
            ci.run(
                "get",
                "checks",
                "--field-selector=spec.commit=" + commit,
                "-o",
                "jsonpath={.items[*].spec.name} {.items[*].spec.phase}"))
        .isEqualTo("build Succeeded");
    Waiting.until(
        "the pull request is merged",
        Ci.PATIENCE,
        () -> ci.forge().merge(server.api(), pull).succeeded());
  }

  @Test
  void stepsShareACheckoutAndRunInOrder() throws Exception {
    Ci ci = ci("steps");
    ci.write("run.sh", "#!/bin/sh\necho made here\n");
    ci.write("data/plain", "plain\n");
    Path folder = ci.forge().git().folder();
    Files.setPosixFilePermissions(
        folder.resolve("run.sh"), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createSymbolicLink(folder.resolve("data/link"), Path.of("../run.sh"));
    String name =
        ci.start(
            Ci.workflow(
                "build",
                """
                on: {push: {}, manual: {}}
                env: [{name: COMMON, value: of all}]
                parameters: [{name: LEVEL, defaultValue: "1"}]
                """,
                Ci.step(
                        "checkout",
                        """
                        test -x run.sh && test ! -x data/plain && test ! -e .git
                        test "$(readlink data/link)" = ../run.sh
                        ./data/link >made
                        echo "$KRATE_ORGANIZATION $KRATE_REPOSITORY $KRATE_REF $KRATE_COMMIT"
                        """)
                    + Ci.step(
                        "next",
                        """
                        cat ../made plain
                        echo "$CI $COMMON $OWN $LEVEL $KRATE_STEP"
                        """,
                        """
                        workingDirectory: data
                        env: [{name: OWN, value: of one}]
                        """)));
    ci.await(name, "Succeeded");
    String commit = ci.forge().git().run("rev-parse", "HEAD");
    assertThat(ci.log(name, 0)).isEqualTo("steps web refs/heads/main " + commit + "\n");
    assertThat(ci.log(name, 1)).isEqualTo("made here\nplain\ntrue of all of one 1 next\n");
    assertThat(ci.job(name, 1).text("status", "startTime"))
        .isGreaterThanOrEqualTo(ci.job(name, 0).text("status", "completionTime"));

    String chosen = ci.create("parameters: {LEVEL: '2'}");
    ci.await(chosen, "Succeeded");
    assertThat(ci.log(chosen, 1)).contains("of one 2 next");
    assertThat(refused(ci, "parameters: {OTHER: '2'}")).contains("OTHER");
    // Not asked for by an event: a check of its own.
    assertThat(ci.run("get", "pl", chosen, "-o", "jsonpath={.status.name}"))
        .isEqualTo("build/manual");
  }

  private static String refused(Ci ci, String fields) {
    Kubectl.Ended ended =
        ci.kubectl().attempt(Optional.of(ci.manifest(fields)), "create", "-f", "-");
    assertThat(ended.code()).as(ended.out()).isNotZero();
    return ended.err();
  }

  @Test
  void aFailureHasAnExitCodeAndASignatureThatFindsItsLike() throws Exception {
    Ci ci = ci("failing");
    String steps =
        Ci.step("lint", "exit 3", "continueOnError: true")
            + Ci.step("compile", "echo compiled", "needs: []")
            + Ci.step("test", "echo \"took $RANDOM ms\"; exit 7", "needs: [compile]")
            + Ci.step("publish", "echo never", "needs: [test]")
            + Ci.step("tidy", "echo tidied", "needs: [compile]");
    String first = ci.start(Ci.workflow(steps));
    ci.await(first, "Failed");
    assertThat(ci.phases(first))
        .containsExactly("Failed", "Succeeded", "Failed", "Skipped", "Succeeded");
    assertThat(
            ci.run(
                "get",
                "pl",
                first,
                "-o",
                "jsonpath={.status.failure.job} {.status.failure.exitCode}"))
        .isEqualTo(first + "-2 7");
    String second = ci.create("");
    ci.await(second, "Failed");
    String other = ci.start(Ci.workflow(Ci.step("test", "echo something else is wrong; exit 7")));
    ci.await(other, "Failed");
    String signature = ci.run("get", "pl", first, "-o", "jsonpath={.status.failure.signature}");
    assertThat(signature).isNotEmpty();
    assertThat(
            ci.run("get", "pl", "-l", "krate.a5c.ai/failure-signature=" + signature, "-o", "name")
                .lines())
        .containsExactlyInAnyOrder(
            "pipeline.krate.a5c.ai/" + first, "pipeline.krate.a5c.ai/" + second);
    assertThat(ci.run("get", "kjob", first + "-2")).containsPattern(" test +Failed +7 ");
    assertThat(ci.message(first)).contains("test");
  }

  @Test
  void cancelingEndsEveryProcess() throws Exception {
    Ci ci = ci("cancel");
    String name =
        ci.start(
            Ci.workflow(
                Ci.step(
                        "endless",
                        """
                        trap '' TERM
                        setsid setsid /bin/bash -c '%s; while :; do sleep 1; done' &
                        %s
                        while :; do sleep 1; done
                        """
                            .formatted(
                                gate.arrive("daemon").replace("\"", ""), gate.arrive("step")))
                    + Ci.step("never", "echo never")));
    gate.await("daemon");
    gate.await("step");
    ci.run("patch", "pl", name, "--type=merge", "-p", "{\"spec\":{\"canceled\":true}}");
    gate.awaitGone("step", CANCELED_WITHIN);
    gate.awaitGone("daemon", CANCELED_WITHIN);
    ci.await(name, "Canceled");
    assertThat(ci.phases(name)).containsExactly("Canceled", "Canceled");
  }

  @Test
  void deletingAPipelineEndsItAndItsJobs() throws Exception {
    Ci ci = ci("deleted");
    String name =
        ci.start(
            Ci.workflow(
                Ci.step("endless", gate.arrive("deleted") + "; while :; do sleep 1; done")));
    gate.await("deleted");
    String log = ci.jobPath(name, 0) + "/log";
    assertThat(ci.forge().server().api().get(log).code()).isEqualTo(200);
    // It waits until the pipeline is gone.
    ci.run("delete", "pl", name);
    gate.awaitGone("deleted", CANCELED_WITHIN);
    assertThat(ci.list("jobs", "")).isEmpty();
    assertThat(ci.forge().server().api().get(log).code()).isEqualTo(404);
  }

  @Test
  void aStepThatTakesTooLongIsEnded() throws Exception {
    Ci ci = ci("timeout");
    String name =
        ci.start(
            Ci.workflow(
                Ci.step(
                    "slow", gate.arrive("slow") + "; while :; do sleep 1; done", "timeout: 2s")));
    ci.await(name, "Failed");
    gate.awaitGone("slow", CANCELED_WITHIN);
    assertThat(ci.message(name)).contains("2s");
    assertThat(ci.job(name, 0).text()).contains("\"TimedOut\"");
  }

  @Test
  void anEndedPipelineIsRunAgainOrResumed() throws Exception {
    Ci ci = ci("again");
    String first =
        ci.start(
            Ci.workflow(
                Ci.step("make", "echo $RANDOM$RANDOM$RANDOM >made; cat made")
                    + Ci.step("use", "cat made >>used; cat used")));
    ci.await(first, "Succeeded");
    String again = ci.create("rerunOf: " + first);
    ci.await(again, "Succeeded");
    assertThat(ci.run("get", "pl", again, "-o", "jsonpath={.status.name} {.spec.commit}"))
        .isEqualTo("build " + ci.forge().git().run("rev-parse", "HEAD"));
    String resumed = ci.create("rerunOf: " + first + ", resumeFrom: use");
    ci.await(resumed, "Succeeded");
    String made = ci.log(first, 0);
    assertThat(ci.phases(resumed)).containsExactly("Skipped", "Succeeded");
    assertThat(ci.log(resumed, 1)).isEqualTo(made);
    assertThat(refused(ci, "rerunOf: " + first + ", resumeFrom: absent")).contains("absent");
  }

  @Test
  void aBrokenWorkflowFileSaysWhere() throws Exception {
    Ci ci = ci("broken");
    String name =
        ci.start(
            """
            apiVersion: krate.a5c.ai/v1alpha1
            kind: Workflow
            metadata: {name: build}
            spec:
              on: {push: {}}
              steps:
                - name: test
            """);
    ci.await(name, "Failed");
    assertThat(ci.message(name)).contains(Ci.PATH, "line 7", "spec.steps[0].script");
    assertThat(ci.list("jobs", "")).isEmpty();
  }

  @Test
  void secretsReachOnlyWhatIsGrantedThem() throws Exception {
    Ci ci = ci("secrets");
    String value = "very-secret-0123456789";
    for (String secret : List.of("deploy", "other")) {
      ci.run("create", "secret", "generic", secret, "--from-literal=token=" + value + secret);
    }
    ci.pool("secrets: [deploy, other]");
    ci.run(
        "patch",
        "repository.config.krate.a5c.ai",
        "web",
        "--type=merge",
        "-p",
        "{\"spec\":{\"secrets\":[\"deploy\"]}}");
    String show =
        """
        ls "$KRATE_SECRETS"
        cat "$KRATE_SECRETS/deploy_token"; echo
        base64 -w0 "$KRATE_SECRETS/deploy_token"; echo
        test "$(wc -c <"$KRATE_SECRETS/deploy_token")" = %d
        ! env | grep '[v]ery-secret'
        """
            .formatted(value.length() + "deploy".length());
    String name =
        ci.start(
            Ci.workflow(
                "build",
                "on: {push: {}, manual: {}}\nsecrets: [deploy]",
                Ci.step("use", show)
                    + Ci.step(
                        "look",
                        "! env | grep '[v]ery-secret'\n! grep -r '[v]ery-secret' /workspace /tmp 2>/dev/null\n")));
    ci.await(name, "Succeeded");
    assertThat(ci.log(name, 0)).isEqualTo("deploy_token\n***\n***\n");
    String without =
        ci.start(Ci.workflow(Ci.step("look", "ls \"$KRATE_SECRETS\" 2>/dev/null | wc -l")));
    ci.await(without, "Succeeded");
    assertThat(ci.log(without, 0).strip()).isEqualTo("0");
    String refused =
        ci.start(
            Ci.workflow(
                "build",
                "on: {push: {}, manual: {}}\nsecrets: [other]",
                Ci.step("use", "echo never")));
    ci.await(refused, "Failed");
    assertThat(ci.job(refused, 0).text()).contains("SecretNotGranted", "other");
    assertThat(server.api().get(Api.records(ci.forge().namespace(), "auditevents")).text())
        .doesNotContain("very-secret");
  }

  @Test
  void withoutAPoolAPipelineIsBlockedUntilThereIsOne() throws Exception {
    Ci ci = Ci.create(server, temporary, "blocked");
    String name = ci.start(Ci.workflow(Ci.step("test", "echo at last")));
    ci.await(name, "Blocked");
    assertThat(ci.message(name)).contains("RunnerPool");
    ci.pool("warmReplicas: 0");
    ci.await(name, "Succeeded");
  }

  @Test
  void aFullPoolLetsPipelinesWait() throws Exception {
    Ci ci = ci("full");
    ci.pool("warmReplicas: 1, maxReplicas: 1");
    Waiting.until(
        "a warm runner is ready",
        Ci.PATIENCE,
        () -> ci.ofPool(".status.readyReplicas").equals("1"));
    String first = ci.start(Ci.workflow(Ci.step("test", gate.pass("full $KRATE_COMMIT"))));
    String firstName = "full " + ci.forge().git().run("rev-parse", "HEAD");
    gate.await(firstName);
    ci.await(first, "Running");
    String second = ci.pipelineOf(ci.push());
    String secondName = "full " + ci.forge().git().run("rev-parse", "HEAD");
    ci.await(second, "Queued");
    Waiting.until(
        "the pool says so",
        Ci.PATIENCE,
        () ->
            ci.ofPool(
                    "['.status.replicas', '.status.readyReplicas', '.status.queuedJobs',"
                        + " '.status.runningJobs']")
                .equals("1 0 1 1"));
    assertThat(ci.run("get", "pool", "trusted"))
        .containsPattern("NAME +TIER +EXECUTOR +WARM +MAX +READY +QUEUED +RUNNING")
        .containsPattern("trusted +Trusted +Process +1 +1 +0 +1 +1");
    assertThat(gate.visits(secondName)).isZero();
    gate.open(firstName);
    ci.await(first, "Succeeded");
    gate.await(secondName);
    gate.open(secondName);
    ci.await(second, "Succeeded");
    Waiting.until(
        "it is as before",
        Ci.PATIENCE,
        () ->
            ci.ofPool("['.status.replicas', '.status.readyReplicas', '.status.runningJobs']")
                .equals("1 1 0"));
    assertThat(ci.ofPool(".status.waitSeconds.p50")).isNotEmpty();
  }

  @Test
  void aDeletedPoolEndsWhatItRunsFirst() throws Exception {
    Ci ci = ci("drained");
    ci.pool("warmReplicas: 0, maxReplicas: 1");
    String first = ci.start(Ci.workflow(Ci.step("test", gate.pass("drained"))));
    gate.await("drained");
    String second = ci.pipelineOf(ci.push());
    ci.await(second, "Queued");
    ci.run("delete", "pool", "trusted", "--wait=false");
    ci.await(second, "Blocked");
    assertThat(ci.ofPool(".metadata.deletionTimestamp")).isNotEmpty();
    assertThat(ci.phase(first)).isEqualTo("Running");
    gate.open("drained");
    ci.await(first, "Succeeded");
    Waiting.until("the pool is gone", Ci.PATIENCE, () -> ci.run("get", "pool").isEmpty());
    assertThat(ci.phase(second)).isEqualTo("Blocked");
  }
}
