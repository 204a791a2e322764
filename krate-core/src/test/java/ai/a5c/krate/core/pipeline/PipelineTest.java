package ai.a5c.krate.core.pipeline;

import static ai.a5c.krate.core.pipeline.PipelineForge.ALICE;
import static ai.a5c.krate.core.pipeline.PipelineForge.MARA;
import static ai.a5c.krate.core.pipeline.PipelineForge.ROOT;
import static ai.a5c.krate.core.pipeline.PipelineForge.STRANGER;
import static ai.a5c.krate.core.pipeline.PipelineForge.workflow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Transaction;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of pipelines, with a test in the place of the runners. */
class PipelineTest {
  private static final String WORKFLOW = ".krate/workflows/build.yaml";
  private static final Duration FUSE = Duration.ofSeconds(60);

  private PipelineForge forge;
  private ObjectId main;

  @BeforeEach
  void start() {
    forge = new PipelineForge();
  }

  @AfterEach
  void stop() {
    forge.close();
  }

  /** The pipeline that a push of a workflow with these steps starts. */
  private String pushed(String... steps) {
    main = forge.commit(workflow("build", "push: {}", steps));
    forge.push(ALICE, "refs/heads/main", main);
    return forge.onlyPipeline();
  }

  /** A branch main whose workflow people start. */
  private void manual(String... steps) {
    main = forge.commit(workflow("build", "manual: {}", steps));
    forge.push(ALICE, "refs/heads/main", main);
  }

  private PipelineForge.Answer create(Subject subject, String name, String spec) {
    return forge.create(subject, ForgeKinds.PIPELINE, "'name': '" + name + "'", spec);
  }

  private PipelineForge.Answer byHand(Subject subject, String name, String more) {
    return create(
        subject,
        name,
        "'repository': 'web', 'ref': 'refs/heads/main', 'workflow': '" + WORKFLOW + "'" + more);
  }

  private PipelineForge.Answer again(String name, String original, String more) {
    return create(
        ALICE, name, "'repository': 'web', 'rerunOf': '" + original + "'" + REQUIRED + more);
  }

  /** What the schema asks for; a re-run has it from its original anyway. */
  private static final String REQUIRED =
      ", 'ref': 'refs/heads/main', 'workflow': '" + WORKFLOW + "'";

  @Test
  void stepsWaitForThoseThatTheyNeed() {
    String name = pushed("compile", "test");
    forge.awaitJobs(name, "Queued", "Pending");
    forge.awaitPhase(name, "Queued");
    forge.awaitChecks(main, "PIPELINE build PENDING");
    ApiObject job = forge.objects.get(ForgeKinds.JOB, "team", name + "-1").orElseThrow();
    assertThat(job.text("spec", "pool")).isEqualTo("safe");
    assertThat(job.text("spec", "step")).isEqualTo("test");
    assertThat(job.labels()).containsEntry("krate.a5c.ai/repository", "web");
    assertThat(job.json().toString())
        .contains("{\"name\":\"KRATE_COMMIT\",\"value\":\"" + main.hex() + "\"}");
    forge.run(name, 0);
    forge.awaitPhase(name, "Running");
    forge.awaitChecks(main, "PIPELINE build RUNNING");
    forge.say(name, 0, "{'status': {'phase': 'Succeeded'}}").is(200);
    forge.awaitJobs(name, "Succeeded", "Queued");
    forge.step(name, 1, 0);
    forge.awaitPhase(name, "Succeeded");
    forge.awaitChecks(main, "PIPELINE build SUCCEEDED");
    assertThat(forge.condition(name)).isEqualTo("True Succeeded: ");
    ApiObject pipeline = forge.pipeline(name);
    assertThat(pipeline.at("status", "jobs").orElseThrow())
        .hasToString("{\"total\":2,\"succeeded\":2,\"failed\":0}");
    assertThat(pipeline.text("status", "startTime")).isEqualTo("2030-01-01T00:00:00Z");
    assertThat(pipeline.text("status", "completionTime")).isNotEmpty();
  }

  @Test
  void aStepThatFailsFailsThePipeline() {
    String name = pushed("compile", "test", "deploy");
    forge.step(name, 0, 0);
    forge.step(name, 1, 7);
    forge.awaitPhase(name, "Failed");
    forge.awaitJobs(name, "Succeeded", "Failed", "Skipped");
    forge.awaitChecks(main, "PIPELINE build FAILED");
    ApiObject pipeline = forge.pipeline(name);
    assertThat(pipeline.at("status", "failure").orElseThrow())
        .hasToString("{\"job\":\"" + name + "-1\",\"exitCode\":7,\"signature\":\"sig-7\"}");
    assertThat(forge.condition(name))
        .isEqualTo("False StepFailed: step \"test\" failed with exit code 7");
    assertThat(pipeline.labels()).containsEntry("krate.a5c.ai/failure-signature", "sig-7");
    String found =
        forge
            .call(
                ALICE,
                "GET",
                PipelineForge.path(ForgeKinds.PIPELINE)
                    + "?labelSelector=krate.a5c.ai/failure-signature%3Dsig-7",
                "")
            .is(200)
            .body()
            .json()
            .toString();
    assertThat(found).contains("\"" + name + "\"");
  }

  @Test
  void aPipelineGoesOnWhereAStepMayFail() {
    String text =
        workflow("build", "push: {}", "lint", "test")
            .replace("name: lint,", "name: lint, continueOnError: true,");
    main = forge.commit(text);
    forge.push(ALICE, "refs/heads/main", main);
    String name = forge.onlyPipeline();
    forge.step(name, 0, 1);
    forge.step(name, 1, 0);
    forge.awaitPhase(name, "Succeeded");
  }

  @Test
  void cancelingEndsWhatDoesNotRun() {
    String name = pushed("compile", "test");
    forge.run(name, 0);
    forge.awaitPhase(name, "Running");
    forge.patch(ALICE, ForgeKinds.PIPELINE, name, "{'spec': {'canceled': true}}").is(200);
    forge.awaitJobs(name, "Running", "Canceled");
    assertThat(forge.pipeline(name).text("status", "phase")).isEqualTo("Running");
    forge.patch(ALICE, ForgeKinds.PIPELINE, name, "{'spec': {'canceled': false}}").is(200);
    assertThat(forge.pipeline(name).isTrue("spec", "canceled")).isTrue();
    forge.say(name, 0, "{'status': {'phase': 'Canceled'}}").is(200);
    forge.awaitPhase(name, "Canceled");
    forge.awaitChecks(main, "PIPELINE build CANCELED");
  }

  @Test
  void withoutAPoolAPipelineSaysWhatToDoAndGoesOnWhenThereIsOne() {
    forge.delete(ROOT, ForgeKinds.RUNNER_POOL, "safe");
    await()
        .atMost(FUSE)
        .until(() -> forge.objects.get(ForgeKinds.RUNNER_POOL, "team", "safe").isEmpty());
    String name = pushed("compile");
    forge.awaitPhase(name, "Blocked");
    assertThat(forge.condition(name))
        .isEqualTo(
            "Unknown NoPool: no RunnerPool of namespace team is Trusted and takes jobs of web:"
                + " make one with spec.trustTier Trusted");
    forge.pool("another", "Trusted");
    forge.step(name, 0, 0);
    forge.awaitPhase(name, "Succeeded");
  }

  /** One transaction does not hold the jobs of the second. */
  @ParameterizedTest
  @ValueSource(ints = {2, 130})
  void aPipelineWithoutRoomInTheQueueSaysSoAndGoesOnWhenThereIs(int steps) {
    quota(steps - 1);
    String name = pushed(IntStream.range(0, steps).mapToObj(i -> "s" + i).toArray(String[]::new));
    forge.awaitPhase(name, "Blocked");
    assertThat(forge.condition(name))
        .isEqualTo(
            "Unknown JobsRefused: its %d jobs cannot be made now: jobs.krate.a5c.ai is forbidden:"
                    .formatted(steps)
                + " exceeded quota: queuedJobs/team, limited: "
                + (steps - 1));
    forge.awaitChecks(main, "PIPELINE build PENDING");
    await().atMost(FUSE).until(() -> forge.all(ForgeKinds.JOB).isEmpty());
    quota(steps);
    forge.awaitPhase(name, "Queued");
    assertThat(forge.all(ForgeKinds.JOB)).hasSize(steps);
  }

  private void quota(int queuedJobs) {
    String path = "/apis/config.krate.a5c.ai/v1alpha1/organizations/acme";
    String change = "{'spec': {'quotas': {'queuedJobs': " + queuedJobs + "}}}";
    forge.call(ROOT, "PATCH", path, change).is(200);
  }

  @Test
  void aPersonStartsWhatTheWorkflowLets() {
    manual("compile");
    ApiObject made = byHand(ALICE, "mine", "").is(201).body();
    assertThat(made.text("spec", "commit")).isEqualTo(main.hex());
    assertThat(made.text("status", "trustTier")).isEqualTo("Trusted");
    assertThat(made.text("status", "author", "name")).isEqualTo("alice");
    assertThat(made.text("status", "actor", "name")).isEqualTo("alice");
    forge.step("mine", 0, 0);
    forge.awaitPhase("mine", "Succeeded");
    forge.awaitChecks(main, "PIPELINE build/manual SUCCEEDED");
    byHand(STRANGER, "theirs", "").is(422);
    assertThat(byHand(ALICE, "wrong", ", 'parameters': {'A': 'b'}").is(422).causes())
        .containsExactly(
            "spec.parameters[A]: Invalid value: \"b\": the workflow has no such parameter");
    assertThat(byHand(ALICE, "build-00000000000001-0123abcd", "").is(422).message())
        .contains("such names are those of what events start");
    assertThat(byHand(ALICE, "x".repeat(241), "").is(422).message()).contains("metadata.name");
    assertThat(byHand(ALICE, "ended", ", 'canceled': true").is(422).message())
        .contains("spec.canceled");
    assertThat(byHand(ALICE, "part", ", 'resumeFrom': 'compile'").is(422).message())
        .contains("spec.rerunOf");
    assertThat(byHand(ALICE, "pulled", ", 'pullRequest': 'none'").is(422).message())
        .contains("spec.pullRequest");
  }

  @Test
  void whatOnlyEventsStartNobodyElseDoes() {
    String unused = pushed("compile");
    assertThat(byHand(ALICE, "mine", "").is(422).message())
        .contains("its spec.on has no manual: only events start it");
  }

  @Test
  void parametersReachTheSteps() {
    String text =
        workflow("build", "manual: {}", "compile")
            .replace("  steps:", "  parameters: [{name: A}, {name: B, defaultValue: b}]\n  steps:");
    main = forge.commit(text);
    forge.push(ALICE, "refs/heads/main", main);
    assertThat(byHand(ALICE, "mine", "").is(422).causes())
        .containsExactly("spec.parameters[A]: Required value");
    assertThat(byHand(ALICE, "mine", ", 'parameters': {'A': 'a\\u0000'}").is(422).message())
        .contains("no variable of a process can hold a NUL");
    byHand(ALICE, "mine", ", 'parameters': {'A': 'a'}").is(201);
    forge.awaitJobs("mine", "Queued");
    assertThat(forge.all(ForgeKinds.JOB).getFirst().json().toString())
        .contains("{\"name\":\"A\",\"value\":\"a\"},{\"name\":\"B\",\"value\":\"b\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'ref': 'refs/heads/none'",
        "'ref': 'main'",
        "'ref': 'refs/heads/main', 'commit': '0123456789012345678901234567890123456789'",
        "'ref': 'refs/heads/../main'"
      })
  void codeThatIsNotThereIsRefused(String where) {
    manual("compile");
    String spec = "'repository': 'web', 'workflow': '" + WORKFLOW + "', " + where;
    create(ALICE, "mine", spec).is(422);
  }

  @Test
  void aFileThatIsNoneOrBrokenIsRefused() {
    manual("compile");
    String spec = "'repository': 'web', 'ref': 'refs/heads/main', 'workflow': 'README'";
    assertThat(create(ALICE, "mine", spec).is(422).message()).contains("has no such file");
    forge.push(ALICE, "refs/heads/main", forge.commit("a: [", main));
    assertThat(byHand(ALICE, "mine", "").is(422).message()).contains("line 1, column 5");
  }

  @Test
  void codeOfOthersRunsNowhereElse() {
    manual("compile");
    ObjectId theirs = forge.commit(workflow("build", "manual: {}", "compile"), main);
    var unused =
        forge
            .storage
            .records()
            .commit(
                new Transaction<>(
                    "test",
                    List.of(
                        new Operation.MoveRef(
                            forge.web, Template.of(RefName.ofPull(7).value()), null, theirs))));
    String pull = "'repository': 'web', 'workflow': '" + WORKFLOW + "', 'ref': 'refs/pull/7/head'";
    String hidden = ", 'commit': '" + theirs.hex() + "'";
    for (String spec : List.of(pull, pull + hidden)) {
      assertThat(create(MARA, "theirs", spec + ", 'pool': 'safe'").is(422).causes())
          .containsExactly(
              "spec.pool: Forbidden: RunnerPool \"safe\" is for trusted code, and this is not:"
                  + " refs/pull/7/head is neither a branch nor a tag");
    }
    assertThat(byHand(MARA, "theirs", hidden + ", 'pool': 'safe'").is(422).causes())
        .containsExactly(
            "spec.pool: Forbidden: RunnerPool \"safe\" is for trusted code, and this is not:"
                + " the commit is not in the history of refs/heads/main");
    ApiObject made = create(ALICE, "theirs", pull).is(201).body();
    assertThat(made.text("status", "trustTier")).isEqualTo("Untrusted");
    assertThat(made.text("status", "tierReason")).contains("neither a branch nor a tag");
    forge.awaitJobs("theirs", "Queued");
    assertThat(forge.all(ForgeKinds.JOB).getFirst().text("spec", "pool")).isEqualTo("loose");
  }

  @Test
  void whatAClientSaysOfTrustAndAuthorsHasNoEffect() {
    manual("compile");
    String body =
        PipelineForge.document(
                ForgeKinds.PIPELINE,
                "'name': 'mine'",
                "'repository': 'web', 'ref': 'refs/heads/main', 'workflow': '" + WORKFLOW + "'")
            .replaceFirst(
                "}$",
                ", 'status': {'trustTier': 'Untrusted', 'author': {'name': 'root'}, 'name': 'build',"
                    + " 'actor': {'name': 'root'}, 'phase': 'Succeeded'}}");
    ApiObject made =
        forge.call(ALICE, "POST", PipelineForge.path(ForgeKinds.PIPELINE), body).is(201).body();
    assertThat(made.text("status", "trustTier")).isEqualTo("Trusted");
    assertThat(made.text("status", "author", "name")).isEqualTo("alice");
    assertThat(made.text("status", "actor", "name")).isEqualTo("alice");
    assertThat(made.text("status", "name")).isEqualTo("build/manual");
    assertThat(made.text("status", "phase")).isEqualTo("Pending");
  }

  @Test
  void aPoolIsForThoseWhoMayUseIt() {
    manual("compile");
    assertThat(byHand(ALICE, "mine", ", 'pool': 'safe'").is(403).message()).contains("runnerpools");
    byHand(MARA, "mine", ", 'pool': 'none'").is(422);
    byHand(MARA, "mine", ", 'pool': 'loose'").is(201);
    forge.awaitJobs("mine", "Queued");
    assertThat(forge.all(ForgeKinds.JOB).getFirst().text("spec", "pool")).isEqualTo("loose");
  }

  @Test
  void aRerunRunsTheSameCodeUnderTheSameName() {
    String first = pushed("compile");
    assertThat(again("early", first, "").is(422).message()).contains("it has not ended");
    forge.step(first, 0, 1);
    forge.awaitPhase(first, "Failed");
    forge.push(ALICE, "refs/heads/main", forge.commit(workflow("build", "manual: ", "a"), main));
    ApiObject made = again("again", first, "").is(201).body();
    assertThat(made.text("spec", "commit")).isEqualTo(main.hex());
    assertThat(made.text("status", "name")).isEqualTo("build");
    assertThat(made.text("status", "workflowDigest"))
        .isEqualTo(forge.pipeline(first).text("status", "workflowDigest"));
    forge.step("again", 0, 0);
    forge.awaitPhase("again", "Succeeded");
    forge.awaitChecks(main, "PIPELINE build SUCCEEDED");
    String tip =
        forge.objects.records().ref(forge.web, new RefName("refs/heads/main")).orElseThrow().hex();
    assertThat(again("other", first, ", 'commit': '" + tip + "'").is(422).causes())
        .containsExactly(
            "spec.commit: Forbidden: a re-run has what the pipeline had that it runs again");
    assertThat(again("other", "none", "").is(422).message()).contains("spec.rerunOf");
  }

  @Test
  void aRerunIsTrustedByWhatIsTrueThen() {
    String first = pushed("compile");
    forge.step(first, 0, 1);
    forge.awaitPhase(first, "Failed");
    forge.push(ALICE, "refs/heads/main", forge.commit(workflow("build", "manual: ", "a")));
    ApiObject made = again("again", first, "").is(201).body();
    assertThat(made.text("status", "trustTier")).isEqualTo("Untrusted");
    assertThat(made.text("status", "tierReason"))
        .isEqualTo("the commit is not in the history of refs/heads/main");
  }

  @Test
  void aPipelineIsResumedAfterWhatSucceeded() {
    String first = pushed("compile", "test", "deploy");
    forge.step(first, 0, 0);
    forge.step(first, 1, 3);
    forge.awaitPhase(first, "Failed");
    assertThat(again("part", first, ", 'resumeFrom': 'none'").is(422).message())
        .contains("the workflow has no such step");
    assertThat(again("part", first, ", 'resumeFrom': 'compile'").is(422).message())
        .contains("it is the first step");
    assertThat(again("part", first, ", 'resumeFrom': 'deploy'").is(422).message())
        .contains("step \\\"test\\\" did not succeed".replace("\\", ""));
    again("part", first, ", 'resumeFrom': 'test'").is(201);
    forge.awaitJobs("part", "Skipped", "Queued", "Pending");
    forge.step("part", 1, 0);
    forge.step("part", 2, 0);
    forge.awaitPhase("part", "Succeeded");
    forge.awaitChecks(main, "PIPELINE build SUCCEEDED");
  }

  @Test
  void nobodyButTheServerWritesJobs() {
    String name = pushed("compile");
    forge.awaitJobs(name, "Queued");
    for (Subject subject : List.of(ROOT, MARA)) {
      PipelineForge.Answer made =
          forge.create(
              subject,
              ForgeKinds.JOB,
              "'name': 'mine'",
              "'pipeline': '%s', 'step': 'compile', 'index': 0, 'pool': 'safe', 'script': 'id'"
                  .formatted(name));
      assertThat(made.is(403).message()).contains("jobs.krate.a5c.ai");
    }
    String job = name + "-0";
    assertThat(
            forge.patch(ROOT, ForgeKinds.JOB, job, "{'spec': {'pool': 'loose'}}").is(403).message())
        .contains("the server alone writes jobs");
    forge.patch(ROOT, ForgeKinds.JOB, job + "/status", "{'status': {'phase': 'Running'}}").is(403);
    forge.delete(ROOT, ForgeKinds.JOB, job).is(403);
    assertThat(forge.say(name, 0, "{'status': {'phase': 'Succeeded'}}").is(422).message())
        .contains("does not become Succeeded");
    forge.say(name, 0, "{'status': {'repository': 'api'}}").is(422);
  }

  @Test
  void deletingAPipelineDeletesItsJobsOnceNoneRuns() {
    String name = pushed("compile", "test");
    forge.run(name, 0);
    forge.delete(ROOT, ForgeKinds.PIPELINE, name).is(200);
    await().atMost(FUSE).until(() -> forge.jobPhase(name, 1).equals("none"));
    assertThat(forge.jobPhase(name, 0)).isEqualTo("Running");
    assertThat(forge.pipeline(name).isTrue("spec", "canceled")).isTrue();
    forge.say(name, 0, "{'status': {'phase': 'Canceled'}}").is(200);
    await().atMost(FUSE).until(() -> forge.pipelines().isEmpty());
    assertThat(forge.all(ForgeKinds.JOB)).isEmpty();
  }

  @Test
  void whatJobsPrintedGoesWithThem() {
    String name = pushed("compile", "test");
    forge.run(name, 0);
    ApiObject job = forge.objects.get(ForgeKinds.JOB, "team", name + "-0").orElseThrow();
    String log = job.uid() + "/1";
    assertThat(forge.storage.blobs().append(log, 0, Bytes.utf8("hello\n")).length()).isEqualTo(6);
    forge.delete(ROOT, ForgeKinds.PIPELINE, name).is(200);
    await().atMost(FUSE).until(() -> forge.jobPhase(name, 1).equals("none"));
    assertThat(forge.storage.blobs().length(log)).isEqualTo(6);
    forge.say(name, 0, "{'status': {'phase': 'Canceled'}}").is(200);
    await().atMost(FUSE).until(() -> forge.pipelines().isEmpty());
    assertThat(forge.all(ForgeKinds.JOB)).isEmpty();
    assertThat(forge.storage.blobs().length(log)).isZero();
  }

  @Test
  void aDeletedRepositoryTakesItsPipelinesAlong() {
    String name = pushed("compile", "test");
    forge.run(name, 0);
    forge.delete(ROOT, ForgeKinds.REPOSITORY, "web").is(200);
    await().atMost(FUSE).until(() -> forge.jobPhase(name, 1).equals("none"));
    assertThat(forge.jobPhase(name, 0)).isEqualTo("Running");
    assertThat(forge.pipeline(name).isTrue("spec", "canceled")).isTrue();
    forge.say(name, 0, "{'status': {'phase': 'Canceled'}}").is(200);
    awaitNoRepository();
    assertThat(forge.pipelines()).isEmpty();
    assertThat(forge.all(ForgeKinds.JOB)).isEmpty();
    assertThat(forge.all(ForgeKinds.CHECK)).isEmpty();
  }

  private void awaitNoRepository() {
    await()
        .atMost(FUSE)
        .until(() -> forge.objects.get(ForgeKinds.REPOSITORY, "team", "web").isEmpty());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatSlippedInWhileItsRepositoryWentDoesNotRunForANamesake(boolean namesake) {
    String name = pushed("compile");
    forge.awaitPhase(name, "Queued");
    ApiObject pipeline =
        forge.pipeline(name).with(null, "status", "jobs").withText("Pending", "status", "phase");
    forge.delete(ROOT, ForgeKinds.REPOSITORY, "web").is(200);
    awaitNoRepository();
    if (namesake) {
      forge.create(ROOT, ForgeKinds.REPOSITORY, "'name': 'web'", "").is(201);
    }
    forge.restart(() -> forge.slip(pipeline));
    await().atMost(FUSE).until(() -> forge.pipelines().isEmpty());
    assertThat(forge.all(ForgeKinds.JOB)).isEmpty();
    assertThat(forge.all(ForgeKinds.CHECK)).isEmpty();
  }

  @Test
  void aRestartLosesNothing() {
    String name = pushed("compile", "test");
    forge.awaitJobs(name, "Queued", "Pending");
    forge.restart(() -> {});
    forge.step(name, 0, 0);
    forge.restart(() -> {});
    forge.step(name, 1, 0);
    forge.awaitPhase(name, "Succeeded");
    assertThat(JsonTree.at(forge.pipeline(name).json(), "status", "jobs").orElseThrow())
        .hasToString("{\"total\":2,\"succeeded\":2,\"failed\":0}");
  }

  @Test
  void anEndedPipelineStaysAsItEnded() {
    String name = pushed("compile");
    forge.step(name, 0, 0);
    forge.awaitPhase(name, "Succeeded");
    forge.patch(ALICE, ForgeKinds.PIPELINE, name, "{'spec': {'canceled': true}}").is(200);
    forge.settle();
    assertThat(forge.pipeline(name).text("status", "phase")).isEqualTo("Succeeded");
  }
}
