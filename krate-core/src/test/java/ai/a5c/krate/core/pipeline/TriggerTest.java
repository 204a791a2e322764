package ai.a5c.krate.core.pipeline;

import static ai.a5c.krate.core.pipeline.PipelineForge.ALICE;
import static ai.a5c.krate.core.pipeline.PipelineForge.NAMESPACE;
import static ai.a5c.krate.core.pipeline.PipelineForge.files;
import static ai.a5c.krate.core.pipeline.PipelineForge.workflow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.ForkCopy;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.Operation;
import ai.a5c.krate.spi.storage.Template;
import ai.a5c.krate.spi.storage.Transaction;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which events start which pipelines, and that each does so once. */
class TriggerTest {
  private PipelineForge forge;

  @BeforeEach
  void start() {
    forge = new PipelineForge();
  }

  @AfterEach
  void stop() {
    forge.close();
  }

  private List<String> started() {
    forge.settle();
    return forge.pipelines().stream()
        .map(p -> p.text("status", "name") + " " + p.text("spec", "ref"))
        .sorted()
        .toList();
  }

  private String open(String branch, String more) {
    return forge
        .create(
            ALICE,
            ForgeKinds.PULL_REQUEST,
            "'generateName': 'web-'",
            "'repository': 'web', 'sourceBranch': '%s', 'title': 'A change'%s"
                .formatted(branch, more))
        .is(201)
        .body()
        .name();
  }

  @Test
  void aPushStartsThePipelineOfItsCommit() {
    ObjectId commit = forge.commit(workflow("build", "push: {}", "test"));
    forge.push(ALICE, "refs/heads/main", commit);
    ApiObject pipeline = forge.pipeline(forge.onlyPipeline());
    assertThat(pipeline.name()).matches("build-[0-9]{14}-[0-9a-f]{8}");
    assertThat(pipeline.text("spec", "commit")).isEqualTo(commit.hex());
    assertThat(pipeline.text("spec", "ref")).isEqualTo("refs/heads/main");
    assertThat(pipeline.text("spec", "workflow")).isEqualTo(".krate/workflows/build.yaml");
    assertThat(pipeline.text("status", "actor", "name")).isEqualTo("alice");
    assertThat(pipeline.text("status", "trustTier")).isEqualTo("Trusted");
    assertThat(pipeline.text("status", "name")).isEqualTo("build");
    assertThat(pipeline.labels()).containsEntry("krate.a5c.ai/repository", "web");
    forge.awaitPhase(pipeline.name(), "Queued");
  }

  @Test
  void filtersSayWhichPushesStartWhat() {
    var all =
        files(
            ".krate/workflows/any.yaml", workflow("any", "push: ", "a"),
            ".krate/workflows/main.yml", workflow("main", "push: {branches: [main]}", "a"),
            ".krate/workflows/tags.yaml", workflow("tags", "push: {tags: [v*]}", "a"),
            ".krate/workflows/docs.yaml", workflow("docs", "push: {paths: [docs/**]}", "a"),
            ".krate/workflows/hand.yaml", workflow("hand", "manual: {}", "a"),
            ".krate/workflows/pull.yaml", workflow("pull", "pullRequest: {}", "a"),
            ".krate/workflows/readme.md", "no workflow",
            ".krate/workflows/deep/x.yaml", "no workflow either",
            "src/a", "1");
    ObjectId first = forge.graph.commit(all);
    forge.push(ALICE, "refs/heads/main", first);
    assertThat(started())
        .containsExactly("any refs/heads/main", "docs refs/heads/main", "main refs/heads/main");
    all.put("src/a", "2");
    ObjectId second = forge.graph.commit(all, first);
    forge.push(ALICE, "refs/heads/topic", second);
    assertThat(started()).hasSize(4).contains("any refs/heads/topic");
    all.put("docs/a", "2");
    forge.push(ALICE, "refs/heads/topic", forge.graph.commit(all, second));
    assertThat(started()).hasSize(6).contains("docs refs/heads/topic");
    forge.push(ALICE, "refs/tags/v1", first);
    assertThat(started()).hasSize(7).contains("tags refs/tags/v1");
    forge.push(ALICE, "refs/heads/topic", null);
    assertThat(started()).hasSize(7);
  }

  @Test
  void aPullRequestStartsWhenItIsOpenedMovedAndReopened() {
    String text = workflow("check", "pullRequest: {targetBranches: [main]}", "a");
    ObjectId base = forge.commit(text);
    forge.push(ALICE, "refs/heads/main", base);
    forge.push(ALICE, "refs/heads/other", base);
    ObjectId head = forge.commit(text, base);
    forge.push(ALICE, "refs/heads/topic", head);
    assertThat(started()).isEmpty();
    String pull = open("topic", "");
    assertThat(started()).containsExactly("check refs/heads/topic");
    ApiObject pipeline = forge.pipelines().getFirst();
    assertThat(pipeline.text("spec", "pullRequest")).isEqualTo(pull);
    assertThat(pipeline.text("spec", "commit")).isEqualTo(head.hex());
    assertThat(pipeline.text("status", "trustTier")).isEqualTo("Trusted");
    assertThat(pipeline.text("status", "actor", "name")).isEqualTo("alice");
    forge.push(ALICE, "refs/heads/topic", forge.commit(text, head));
    assertThat(started()).hasSize(2);
    forge.patch(ALICE, ForgeKinds.PULL_REQUEST, pull, "{'spec': {'title': 'Another'}}").is(200);
    forge.patch(ALICE, ForgeKinds.PULL_REQUEST, pull, "{'spec': {'closed': true}}").is(200);
    assertThat(started()).hasSize(2);
    forge.patch(ALICE, ForgeKinds.PULL_REQUEST, pull, "{'spec': {'closed': false}}").is(200);
    assertThat(started()).hasSize(3);
    String unused = open("topic", ", 'targetBranch': 'other'");
    assertThat(started()).hasSize(3);
  }

  @Test
  void aBrokenFileGivesAFailedPipelineThatSaysWhere() {
    String broken = workflow("build", "push: {}", "test").replace("script: \"true\"", "run: x");
    ObjectId commit = forge.commit(broken);
    forge.push(ALICE, "refs/heads/main", commit);
    String name = forge.onlyPipeline();
    forge.awaitPhase(name, "Failed");
    assertThat(forge.condition(name))
        .isEqualTo(
            "False WorkflowInvalid: .krate/workflows/build.yaml: line 7, column 18: unknown field"
                + " spec.steps[0].run; line 7, column 5: spec.steps[0].script is required");
    forge.awaitChecks(commit, "PIPELINE build FAILED");
    // The next one is read all the same.
    forge.push(ALICE, "refs/heads/main", forge.commit(workflow("build", "push: ", "a"), commit));
    await().atMost(Duration.ofSeconds(60)).until(() -> forge.pipelines().size() == 2);
  }

  @Test
  void twoFilesOfOneNameFailBoth() {
    ObjectId commit =
        forge.graph.commit(
            files(
                ".krate/workflows/a.yaml", workflow("build", "push: {}", "a"),
                ".krate/workflows/b.yaml", workflow("build", "push: {}", "b")));
    forge.push(ALICE, "refs/heads/main", commit);
    assertThat(started()).hasSize(2);
    for (ApiObject pipeline : forge.pipelines()) {
      assertThat(pipeline.text("status", "phase")).isEqualTo("Failed");
      assertThat(forge.condition(pipeline.name()))
          .contains(
              ".krate/workflows/a.yaml and .krate/workflows/b.yaml have the same name, \"build\"");
    }
  }

  @Test
  void tooManyFilesFailAsOne() {
    Map<String, String> files = files();
    for (int i = 0; i <= Workflows.MOST; i++) {
      files.put(".krate/workflows/w" + i + ".yaml", workflow("w" + i, "push: {}", "a"));
    }
    forge.push(ALICE, "refs/heads/main", forge.graph.commit(files));
    String name = forge.onlyPipeline();
    assertThat(forge.condition(name)).contains("there are more than 64 workflow files");
  }

  @Test
  void aPushStartsAtMostSoManyRefs() {
    ObjectId commit = forge.commit(workflow("build", "push: {}", "a"));
    Map<String, @Nullable ObjectId> refs = new LinkedHashMap<>();
    for (int i = 0; i < Starter.MOST_REFS + 10; i++) {
      refs.put("refs/heads/b" + i, commit);
    }
    forge.push(ALICE, refs);
    assertThat(started()).hasSizeBetween(1, Starter.MOST_REFS);
  }

  /** As if the server had died right after the push. */
  @Test
  void whatWasPushedBeforeARestartIsStartedAfterIt() {
    ObjectId commit = forge.commit(workflow("build", "push: {}", "a"));
    forge.restart(() -> moved("alice", "refs/heads/main", commit));
    assertThat(forge.pipeline(forge.onlyPipeline()).text("status", "actor", "name"))
        .isEqualTo("alice");
  }

  /** Nobody pushed them, and who forks does not ask for everything to run again. */
  @Test
  void theRefsThatAForkBeginsWithStartNothing() {
    ObjectId commit = forge.commit(workflow("build", "push: {}", "a"));
    moved(ForkCopy.SUBJECT, "refs/heads/main", commit);
    assertThat(started()).isEmpty();
    forge.push(ALICE, "refs/heads/topic", commit);
    assertThat(started()).containsExactly("build refs/heads/topic");
  }

  private void moved(String actor, String ref, ObjectId commit) {
    assertThat(
            forge
                .storage
                .records()
                .commit(
                    new Transaction<>(
                        actor,
                        List.of(new Operation.MoveRef(forge.web, Template.of(ref), null, commit)))))
        .isInstanceOf(CommitOutcome.Committed.class);
  }

  /** As if the position had not been saved: everything is read again, and nothing started twice. */
  @Test
  void whatIsReadAgainStartsNothingAgain() {
    ObjectId first = forge.commit(workflow("build", "push: {}", "a"));
    forge.push(ALICE, "refs/heads/main", first);
    forge.push(ALICE, "refs/heads/main", forge.commit(workflow("build", "push: ", "a"), first));
    assertThat(started()).hasSize(2);
    List<String> names = forge.pipelines().stream().map(ApiObject::name).toList();
    forge.restart(
        () -> {
          long at = forge.storage.records().counter(TriggerPosition.COUNTER);
          assertThat(
                  forge
                      .storage
                      .records()
                      .commit(
                          new Transaction<>(
                              "test",
                              List.of(
                                  new Operation.Add<Boundary.Records>(
                                      TriggerPosition.COUNTER, -at, Long.MAX_VALUE)))))
              .isInstanceOf(CommitOutcome.Committed.class);
        });
    forge.settle();
    assertThat(forge.pipelines()).extracting(ApiObject::name).containsExactlyElementsOf(names);
    assertThat(forge.objects.list(ForgeKinds.PIPELINE, NAMESPACE, null, 9, null).more()).isFalse();
  }
}
