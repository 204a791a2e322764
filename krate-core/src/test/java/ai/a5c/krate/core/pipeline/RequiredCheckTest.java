package ai.a5c.krate.core.pipeline;

import static ai.a5c.krate.core.pipeline.PipelineForge.ALICE;
import static ai.a5c.krate.core.pipeline.PipelineForge.MARA;
import static ai.a5c.krate.core.pipeline.PipelineForge.ROOT;
import static ai.a5c.krate.core.pipeline.PipelineForge.files;
import static ai.a5c.krate.core.pipeline.PipelineForge.workflow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.core.forge.ForgeKinds;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the check of a pipeline lets a pull request be merged. */
class RequiredCheckTest {
  private static final Subject BOB = Subject.of("bob", "people");
  private static final String FILE = ".krate/workflows/build.yaml";
  private static final String TEXT = workflow("build", "pullRequest: {}", "test");

  private PipelineForge forge;
  private ObjectId base;

  @BeforeEach
  void start() {
    forge = new PipelineForge();
    base = forge.graph.commit(files(FILE, TEXT, "a", "1"));
    forge.push(ROOT, "refs/heads/main", base);
    forge
        .create(
            ROOT,
            ForgeKinds.BRANCH_PROTECTION,
            "'name': 'main'",
            "'repositories': ['*'], 'branches': ['main'], 'requiredApprovals': 0,"
                + " 'requiredChecks': [{'name': 'build'}]")
        .is(201);
  }

  @AfterEach
  void stop() {
    forge.close();
  }

  /** A pull request whose pipeline has run well. */
  private String checked(Map<String, String> files) {
    forge.push(ALICE, "refs/heads/topic", forge.graph.commit(files, base));
    String pull =
        forge
            .create(
                ALICE,
                ForgeKinds.PULL_REQUEST,
                "'generateName': 'web-'",
                "'repository': 'web', 'sourceBranch': 'topic', 'title': 'A change'")
            .is(201)
            .body()
            .name();
    String pipeline = forge.onlyPipeline();
    forge.step(pipeline, 0, 0);
    forge.awaitPhase(pipeline, "Succeeded");
    return pull;
  }

  private void awaitReasons(String pull, String... reasons) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              var found = forge.objects.get(ForgeKinds.PULL_REQUEST, "team", pull).orElseThrow();
              assertThat(found.text("status", "mergeable"))
                  .isEqualTo(reasons.length == 0 ? "True" : "False");
              assertThat(JsonTree.textsAt(found.json(), "status", "reasons"))
                  .containsExactly(reasons);
            });
  }

  private PipelineForge.Answer merge(String pull) {
    return forge.patch(BOB, ForgeKinds.PULL_REQUEST, pull, "{'spec': {'merged': true}}");
  }

  private void approve(Subject subject, String pull) {
    forge
        .create(
            subject,
            ForgeKinds.REVIEW,
            "'generateName': 'review-'",
            "'pullRequest': '" + pull + "', 'decision': 'Approve'")
        .is(201);
  }

  @Test
  void theWorkflowThatTheTargetHasCountsAtOnce() {
    String pull = checked(files(FILE, TEXT, "a", "2"));
    awaitReasons(pull);
    merge(pull).is(200);
  }

  @Test
  void aWorkflowThatThePullRequestChangesNeedsAMaintainer() {
    String pull = checked(files(FILE, TEXT + "# changed\n", "a", "2"));
    awaitReasons(pull, "WorkflowChanged");
    assertThat(merge(pull).is(422).message())
        .contains(FILE + " is another one on the target branch");
    approve(BOB, pull);
    awaitReasons(pull, "WorkflowChanged");
    approve(MARA, pull);
    awaitReasons(pull);
    merge(pull).is(200);
  }

  @Test
  void aWorkflowThatMovedNeedsAMaintainer() {
    String pull = checked(files(".krate/workflows/other.yaml", TEXT, "a", "2"));
    awaitReasons(pull, "WorkflowChanged");
    assertThat(merge(pull).is(422).message())
        .contains("the target branch has no .krate/workflows/other.yaml");
  }

  @Test
  void anApprovalIsOfOneHead() {
    String pull = checked(files(FILE, TEXT + "# changed\n", "a", "2"));
    approve(MARA, pull);
    awaitReasons(pull);
    ObjectId head =
        ObjectId.of(
            forge
                .objects
                .get(ForgeKinds.PULL_REQUEST, "team", pull)
                .orElseThrow()
                .text("status", "head", "commit"));
    forge.push(
        ALICE, "refs/heads/topic", forge.graph.commit(files(FILE, TEXT + "# again\n"), head));
    await().atMost(Duration.ofSeconds(60)).until(() -> forge.pipelines().size() == 2);
    String second = forge.pipelines().get(1).name();
    forge.step(second, 0, 0);
    forge.awaitPhase(second, "Succeeded");
    awaitReasons(pull, "WorkflowChanged");
    assertThat(List.of(second)).doesNotContain(forge.pipelines().getFirst().name());
  }

  @Test
  void whatAPersonStartedOrAnotherCiSaysIsAnotherCheck() {
    forge.push(ALICE, "refs/heads/topic", forge.graph.commit(files(FILE, TEXT, "a", "2"), base));
    String head =
        forge.objects.records().ref(forge.web, new RefName("refs/heads/topic")).orElseThrow().hex();
    forge
        .create(
            ROOT,
            ForgeKinds.CHECK,
            "'name': 'forged'",
            "'repository': 'web', 'commit': '%s', 'name': 'build', 'phase': 'Succeeded'"
                .formatted(head))
        .is(201);
    forge
        .create(
            ALICE,
            ForgeKinds.PULL_REQUEST,
            "'generateName': 'web-'",
            "'repository': 'web', 'sourceBranch': 'topic', 'title': 'A change'")
        .is(201);
    awaitReasons("web-1", "ChecksPending");
  }
}
