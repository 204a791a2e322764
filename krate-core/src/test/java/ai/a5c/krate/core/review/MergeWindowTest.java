package ai.a5c.krate.core.review;

import static ai.a5c.krate.core.review.ReviewForge.ALICE;
import static ai.a5c.krate.core.review.ReviewForge.BOB;
import static ai.a5c.krate.core.review.ReviewForge.CAROL;
import static ai.a5c.krate.core.review.ReviewForge.CI;
import static ai.a5c.krate.core.review.ReviewForge.MARA;
import static ai.a5c.krate.core.review.ReviewForge.OTHER_CI;
import static ai.a5c.krate.core.review.ReviewForge.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.core.forge.ForgeKinds;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What comes between the moment at which a merge has read everything, and its commit. */
class MergeWindowTest {
  private ReviewForge forge;
  private String pull;
  private String approval;
  private String check;

  @BeforeEach
  void start() {
    forge = new ReviewForge();
    forge.protectMain(
        "main",
        "'requiredApprovals': 1, 'requiredChecks': [{'name': 'build', 'source': 'External'}]");
    pull = forge.open(ALICE, "topic");
    approval = forge.review(BOB, pull, "Approve");
    check = forge.check(CI, "build", forge.head(pull), "Succeeded").is(201).body().name();
    forge.awaitReasons(pull);
  }

  @AfterEach
  void stop() {
    forge.close();
  }

  private void refusedAfter(Runnable something, String reason) {
    forge.graph.duringNextMerge(something);
    assertThat(forge.merge(MARA, pull).is(422).causes())
        .anyMatch(cause -> cause.contains(reason + ": "));
    assertThat(forge.graph.at(forge.web, "main")).contains(forge.first);
    forge.awaitReasons(pull, reason);
  }

  private void ask(String spec) {
    forge.patch(ROOT, ForgeKinds.BRANCH_PROTECTION, "main", "{'spec': {" + spec + "}}").is(200);
  }

  @Test
  void nothingElseAndItMerges() {
    forge.merge(MARA, pull).is(200);
  }

  @Test
  void somebodyWantsChanges() {
    refusedAfter(() -> forge.review(CAROL, pull, "RequestChanges"), "ChangesRequested");
  }

  @Test
  void theApprovalIsDismissed() {
    refusedAfter(() -> forge.dismiss(BOB, approval).is(200), "ApprovalsMissing");
  }

  @Test
  void theApprovalIsDeleted() {
    refusedAfter(() -> forge.delete(BOB, ForgeKinds.REVIEW, approval).is(200), "ApprovalsMissing");
  }

  @Test
  void theCheckFails() {
    refusedAfter(
        () -> forge.patch(CI, ForgeKinds.CHECK, check, "{'spec': {'phase': 'Failed'}}").is(200),
        "ChecksFailed");
  }

  @Test
  void anotherCheckOfThatNameBegins() {
    refusedAfter(
        () -> forge.check(OTHER_CI, "build", forge.head(pull), "Running").is(201), "ChecksPending");
  }

  @Test
  void theCheckIsDeleted() {
    refusedAfter(() -> forge.delete(CI, ForgeKinds.CHECK, check).is(200), "ChecksPending");
  }

  @Test
  void theHeadMoves() {
    forge.graph.duringNextMerge(() -> forge.advance(ALICE, "topic"));
    assertThat(forge.merge(MARA, pull).is(422).causes()).hasSize(2);
    forge.awaitReasons(pull, "ApprovalsMissing", "ChecksPending");
  }

  @Test
  void theProtectionAsksForMore() {
    refusedAfter(() -> ask("'requiredApprovals': 2"), "ApprovalsMissing");
  }

  @Test
  void anotherProtectionComes() {
    refusedAfter(() -> forge.protectMain("more", "'requiredApprovals': 3"), "ApprovalsMissing");
  }

  @Test
  void whatWasMissingComes() {
    ask("'requiredApprovals': 2");
    forge.awaitReasons(pull, "ApprovalsMissing");
    forge.graph.duringNextMerge(() -> forge.review(CAROL, pull, "Approve"));
    forge.merge(MARA, pull).is(422);
    forge.merge(MARA, pull).is(200);
  }

  @Test
  void aReviewThatOnlyCommentsIsNobodysRace() {
    forge.graph.duringNextMerge(() -> forge.review(CAROL, pull, "Comment"));
    forge.merge(MARA, pull).is(200);
  }
}
