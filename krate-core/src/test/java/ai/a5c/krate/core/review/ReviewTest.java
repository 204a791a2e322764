package ai.a5c.krate.core.review;

import static ai.a5c.krate.core.review.ReviewForge.ALICE;
import static ai.a5c.krate.core.review.ReviewForge.BOB;
import static ai.a5c.krate.core.review.ReviewForge.CAROL;
import static ai.a5c.krate.core.review.ReviewForge.CI;
import static ai.a5c.krate.core.review.ReviewForge.MARA;
import static ai.a5c.krate.core.review.ReviewForge.OTHER_BOB;
import static ai.a5c.krate.core.review.ReviewForge.READER;
import static ai.a5c.krate.core.review.ReviewForge.ROOT;
import static ai.a5c.krate.core.review.ReviewForge.STRANGER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.forge.CommitChecks;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Opinions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which reviews count, and what merging makes of them. */
class ReviewTest {
  private ReviewForge forge;
  private String pull;

  @BeforeEach
  void start() {
    forge = new ReviewForge();
    forge.protectMain("main", "'requiredApprovals': 1");
    pull = forge.open(ALICE, "topic");
  }

  @AfterEach
  void stop() {
    forge.close();
  }

  private void refused(String... reasons) {
    ReviewForge.Answer answer = forge.merge(MARA, pull).is(422);
    assertThat(answer.causes()).hasSize(reasons.length);
    for (String reason : reasons) {
      assertThat(answer.causes()).anyMatch(cause -> cause.contains(reason + ": "));
    }
    forge.awaitReasons(pull, List.of(reasons).stream().distinct().toArray(String[]::new));
  }

  @Test
  void mergingWaitsForAnApproval() {
    refused("ApprovalsMissing");
    assertThat(forge.merge(MARA, pull).causes())
        .containsExactly(
            "spec.merged: Forbidden: ApprovalsMissing: BranchProtection \"main\": 0 of 1 approvals");
    String review = forge.review(BOB, pull, "Approve");
    forge.awaitReasons(pull);
    forge.awaitReview(review, true, false, false);
    ApiObject object = forge.get(ForgeKinds.PULL_REQUEST, pull);
    assertThat(object.at("status", "approvals").orElseThrow().toString())
        .isEqualTo("{\"required\":1,\"given\":1,\"by\":[\"bob\"]}");
    forge.merge(MARA, pull).is(200);
  }

  @Test
  void aReviewSaysWhoMadeItOfWhat() {
    ApiObject review =
        forge
            .create(
                BOB,
                ForgeKinds.REVIEW,
                "'name': 'mine', 'labels': {'krate.a5c.ai/repository': 'api'}",
                "'pullRequest': '%s', 'decision': 'Approve'}, 'status': {'current': true,"
                        .formatted(pull)
                    + " 'repository': 'api', 'author': {'name': 'carol'}")
            .is(201)
            .body();
    assertThat(review.text("status", "author", "name")).isEqualTo("bob");
    assertThat(review.text("status", "repository")).isEqualTo("web");
    assertThat(review.labels()).containsEntry("krate.a5c.ai/repository", "web");
    assertThat(review.text("spec", "commit")).isEqualTo(forge.head(pull).hex());
    assertThat(review.text("status", "targetBranch")).isEqualTo("main");
  }

  @Test
  void nobodyApprovesWhatHeOpened() {
    String review = forge.review(ALICE, pull, "Approve");
    refused("ApprovalsMissing");
    forge.awaitReview(review, false, false, true);
    assertThat(forge.merge(MARA, pull).causes())
        .singleElement()
        .asString()
        .contains("alice opened the pull request or moved its branch");
  }

  @Test
  void nobodyApprovesABranchThatHeMoved() {
    forge.advance(BOB, "topic");
    forge.advance(ALICE, "topic");
    String review = forge.review(BOB, pull, "Approve");
    refused("ApprovalsMissing");
    forge.awaitReview(review, false, false, true);
    forge.review(CAROL, pull, "Approve");
    forge.awaitReasons(pull);
  }

  @Test
  void whoMovedTheBranchBeforeTheMergeBaseMayApprove() {
    ObjectId shared = forge.advance(BOB, "shared");
    forge
        .patch(
            ROOT,
            ForgeKinds.BRANCH_PROTECTION,
            "main",
            "{'spec': {'pushers': [{'kind': 'User', 'name': 'root'}]}}")
        .is(200);
    assertThat(forge.push(ROOT, "main", shared)).isEqualTo("ok");
    pull = forge.open(ALICE, "shared");
    forge.review(BOB, pull, "Approve");
    forge.awaitReasons(pull);
  }

  @Test
  void aPushMakesApprovalsStale() {
    String review = forge.review(BOB, pull, "Approve");
    forge.awaitReview(review, true, false, false);
    forge.advance(ALICE, "topic");
    refused("ApprovalsMissing");
    forge.awaitReview(review, false, true, false);
    forge.review(BOB, pull, "Approve");
    forge.awaitReasons(pull);
    forge.awaitReview(review, false, true, false);
    forge.merge(MARA, pull).is(200);
  }

  @Test
  void anotherTargetMakesApprovalsStale() {
    String review = forge.review(BOB, pull, "Approve");
    forge.protectMain("release", "'repositories': ['web'], 'requiredApprovals': 1");
    forge.patch(
        ROOT, ForgeKinds.BRANCH_PROTECTION, "release", "{'spec': {'branches': ['release']}}");
    forge
        .patch(ALICE, ForgeKinds.PULL_REQUEST, pull, "{'spec': {'targetBranch': 'release'}}")
        .is(200);
    refused("ApprovalsMissing");
    forge.awaitReview(review, false, true, false);
  }

  @Test
  void staleApprovalsCountWhereTheProtectionSaysSo() {
    forge
        .patch(
            ROOT, ForgeKinds.BRANCH_PROTECTION, "main", "{'spec': {'dismissStaleReviews': false}}")
        .is(200);
    String review = forge.review(BOB, pull, "Approve");
    forge.advance(ALICE, "topic");
    forge.awaitReasons(pull);
    forge.awaitReview(review, true, true, false);
    forge.merge(MARA, pull).is(200);
  }

  @Test
  void anApprovalOfAnOlderCommitIsStaleFromTheBeginning() {
    ObjectId old = forge.head(pull);
    forge.advance(ALICE, "topic");
    String review =
        forge.review(BOB, pull, "Approve", ", 'commit': '%s'".formatted(old)).is(201).body().name();
    refused("ApprovalsMissing");
    forge.awaitReview(review, false, true, false);
    forge.review(BOB, pull, "Approve", ", 'commit': '%s'".formatted("1".repeat(40))).is(422);
    forge.review(BOB, pull, "Approve", ", 'commit': 'HEAD'").is(422);
  }

  @Test
  void aRequestForChangesBlocksUntilThatPersonApproves() {
    forge.review(BOB, pull, "Approve");
    String blocking = forge.review(CAROL, pull, "RequestChanges");
    refused("ChangesRequested");
    forge.awaitReview(blocking, true, false, false);
    forge.advance(ALICE, "topic");
    refused("ApprovalsMissing", "ChangesRequested");
    forge.awaitReview(blocking, true, true, false);
    forge.review(BOB, pull, "Approve");
    refused("ChangesRequested");
    forge.review(CAROL, pull, "Comment");
    refused("ChangesRequested");
    forge.review(CAROL, pull, "Approve");
    forge.awaitReasons(pull);
    forge.awaitReview(blocking, false, true, false);
    forge.merge(MARA, pull).is(200);
  }

  @Test
  void aRequestForChangesBlocksABranchThatNothingProtects() {
    forge.delete(ROOT, ForgeKinds.BRANCH_PROTECTION, "main").is(200);
    forge.awaitReasons(pull);
    String blocking = forge.review(BOB, pull, "RequestChanges");
    refused("ChangesRequested");
    forge.dismiss(BOB, blocking).is(200);
    forge.awaitReasons(pull);
    forge.merge(MARA, pull).is(200);
  }

  @Test
  void aLaterRequestForChangesTakesThePlaceOfAnApproval() {
    String approval = forge.review(BOB, pull, "Approve");
    forge.awaitReview(approval, true, false, false);
    forge.review(BOB, pull, "RequestChanges");
    refused("ApprovalsMissing", "ChangesRequested");
    forge.awaitReview(approval, false, false, false);
  }

  @Test
  void onlyTheReviewerOrAMaintainerDismisses() {
    String blocking = forge.review(BOB, pull, "RequestChanges");
    forge.dismiss(ALICE, blocking).is(403);
    forge.dismiss(OTHER_BOB, blocking).is(403);
    forge.patch(MARA, ForgeKinds.REVIEW, blocking, "{'spec': {'dismissed': true}}").is(422);
    ApiObject dismissed = forge.dismiss(MARA, blocking).is(200).body();
    assertThat(dismissed.text("status", "dismissedBy")).isEqualTo("mara");
    assertThat(dismissed.isTrue("status", "current")).isFalse();
    refused("ApprovalsMissing");
    forge.patch(BOB, ForgeKinds.REVIEW, blocking, "{'spec': {'dismissed': false}}").is(200);
    assertThat(forge.get(ForgeKinds.REVIEW, blocking).isTrue("spec", "dismissed")).isTrue();
  }

  @Test
  void whatWasDismissedBringsNothingOlderBack() {
    forge.review(BOB, pull, "Approve");
    String blocking = forge.review(BOB, pull, "RequestChanges");
    forge.dismiss(BOB, blocking).is(200);
    refused("ApprovalsMissing");
  }

  @Test
  void aRequestForChangesIsDismissedAndNotDeleted() {
    String blocking = forge.review(BOB, pull, "RequestChanges");
    assertThat(forge.delete(ALICE, ForgeKinds.REVIEW, blocking).is(403).message())
        .contains("dismiss it before you delete it");
    forge.delete(ROOT, ForgeKinds.REVIEW, blocking).is(403);
    forge.patch(ALICE, ForgeKinds.PULL_REQUEST, pull, "{'spec': {'closed': true}}").is(200);
    forge.delete(ALICE, ForgeKinds.REVIEW, blocking).is(403);
    forge.patch(ALICE, ForgeKinds.PULL_REQUEST, pull, "{'spec': {'closed': false}}").is(200);
    refused("ApprovalsMissing", "ChangesRequested");
    forge.dismiss(BOB, blocking).is(200);
    forge.delete(BOB, ForgeKinds.REVIEW, blocking).is(200);
    refused("ApprovalsMissing");
  }

  @Test
  void aDeletedApprovalCountsNoLonger() {
    String approval = forge.review(BOB, pull, "Approve");
    forge.awaitReasons(pull);
    forge.delete(BOB, ForgeKinds.REVIEW, approval).is(200);
    refused("ApprovalsMissing");
  }

  @Test
  void twoProvidersOneNameIsOneApprovalAndTwoPeople() {
    forge
        .patch(ROOT, ForgeKinds.BRANCH_PROTECTION, "main", "{'spec': {'requiredApprovals': 2}}")
        .is(200);
    forge.review(BOB, pull, "RequestChanges");
    forge.review(OTHER_BOB, pull, "Approve");
    refused("ApprovalsMissing", "ChangesRequested");
    forge.review(BOB, pull, "Approve");
    refused("ApprovalsMissing");
    forge.review(CAROL, pull, "Approve");
    forge.awaitReasons(pull);
  }

  @Test
  void aReviewNeedsTheRightInTheRepository() {
    assertThat(forge.review(READER, pull, "Approve", "").is(403).message())
        .contains("repositories/reviews");
    refused("ApprovalsMissing");
  }

  @Test
  void aPullRequestOutOfSightIsLikeOneThatIsNotThere() {
    ReviewForge.Answer hidden = forge.review(STRANGER, pull, "Approve", "").is(422);
    ReviewForge.Answer missing = forge.review(STRANGER, "web-9", "Approve", "").is(422);
    assertThat(hidden.body().json().toString().replace(pull, "web-9"))
        .isEqualTo(missing.body().json().toString());
    assertThat(forge.review(BOB, "web-9", "Approve", "").is(422).causes())
        .isEqualTo(missing.causes());
    refused("ApprovalsMissing");
  }

  @Test
  void aReviewStaysAsItWasMade() {
    String review = forge.review(BOB, pull, "Comment");
    for (String change :
        List.of("'decision': 'Approve'", "'commit': '" + forge.first + "'", "'pullRequest': 'x'")) {
      forge.patch(BOB, ForgeKinds.REVIEW, review, "{'spec': {" + change + "}}").is(422);
    }
    forge.patch(BOB, ForgeKinds.REVIEW, review, "{'spec': {'body': 'more'}}").is(200);
    forge.patch(CAROL, ForgeKinds.REVIEW, review, "{'spec': {'body': 'less'}}").is(422);
    forge.patch(BOB, ForgeKinds.REVIEW, review, "{'status': {'current': true}}").is(200);
    assertThat(forge.get(ForgeKinds.REVIEW, review).isTrue("status", "current")).isFalse();
    forge.patch(BOB, ForgeKinds.REVIEW, review + "/status", "{'status': {}}").is(403);
  }

  @Test
  void aBypasserMergesAndTheAuditTrailSaysWhatHeBypassed() {
    forge
        .patch(
            ROOT,
            ForgeKinds.BRANCH_PROTECTION,
            "main",
            "{'spec': {'bypassers': [{'kind': 'User', 'name': 'carol'}],"
                + " 'requiredChecks': [{'name': 'build', 'source': 'External'}]}}")
        .is(200);
    forge.review(BOB, pull, "RequestChanges");
    refused("ApprovalsMissing", "ChangesRequested", "ChecksPending");
    forge.merge(CAROL, pull).is(200);
    List<String> bypassed =
        forge.objects.list(ForgeKinds.AUDIT_EVENT, "team", null, 1_000, null).objects().stream()
            .map(stored -> forge.objects.read(ForgeKinds.AUDIT_EVENT, stored))
            .map(entry -> entry.text("annotations", "merge.krate.a5c.ai/bypassed"))
            .filter(text -> !text.isEmpty())
            .toList();
    assertThat(bypassed)
        .singleElement()
        .asString()
        .contains("0 of 1 approvals", "bob wants changes", "check \"build\"", "\"main\"");
  }

  @Test
  void draftsAreNobodysToBypass() {
    forge
        .patch(
            ROOT,
            ForgeKinds.BRANCH_PROTECTION,
            "main",
            "{'spec': {'bypassers': [{'kind': 'User', 'name': 'carol'}]}}")
        .is(200);
    forge.patch(ALICE, ForgeKinds.PULL_REQUEST, pull, "{'spec': {'draft': true}}").is(200);
    assertThat(forge.merge(CAROL, pull).is(422).causes())
        .containsExactly("spec.merged: Forbidden: Draft: the pull request is not ready");
  }

  @Test
  void reviewsGoWithTheirPullRequest() {
    String review = forge.review(BOB, pull, "RequestChanges");
    forge.delete(ALICE, ForgeKinds.PULL_REQUEST, pull).is(200);
    await()
        .untilAsserted(
            () -> assertThat(forge.objects.get(ForgeKinds.REVIEW, "team", review)).isEmpty());
  }

  @Test
  void reviewsOfARepositoryGoWithItAndSoDoChecks() {
    forge.review(BOB, pull, "RequestChanges");
    forge.review(CAROL, pull, "Approve");
    forge.check(CI, "build", forge.head(pull), "Failed").is(201);
    forge.delete(ROOT, ForgeKinds.REPOSITORY, "web").is(200);
    await()
        .untilAsserted(
            () -> {
              for (Kind kind :
                  List.of(
                      ForgeKinds.REVIEW,
                      ForgeKinds.CHECK,
                      ForgeKinds.PULL_REQUEST,
                      ForgeKinds.REPOSITORY)) {
                assertThat(forge.objects.get(kind, "team", "web")).isEmpty();
                List<String> left =
                    forge.objects.list(kind, "team", null, 100, null).objects().stream()
                        .map(stored -> stored.key().name())
                        .toList();
                assertThat(left).isSubsetOf("api");
              }
              for (Kind kind : List.of(Opinions.KIND, CommitChecks.KIND)) {
                assertThat(forge.objects.list(kind, null, null, 100, null).objects()).isEmpty();
              }
            });
  }

  @Test
  void onlyWaysOfMergingThatAreAllowedWillDo() {
    forge.review(BOB, pull, "Approve");
    forge
        .patch(
            ROOT, ForgeKinds.BRANCH_PROTECTION, "main", "{'spec': {'requireLinearHistory': true}}")
        .is(200);
    forge.patch(ALICE, ForgeKinds.PULL_REQUEST, pull, "{'spec': {'mergeMethod': 'Merge'}}").is(200);
    refused("NotLinear");
    forge
        .patch(ROOT, ForgeKinds.REPOSITORY, "web", "{'spec': {'mergeMethods': ['Merge']}}")
        .is(200);
    forge
        .patch(ALICE, ForgeKinds.PULL_REQUEST, pull, "{'spec': {'mergeMethod': 'Squash'}}")
        .is(200);
    refused("MethodNotAllowed");
    forge
        .patch(ROOT, ForgeKinds.REPOSITORY, "web", "{'spec': {'mergeMethods': ['Squash']}}")
        .is(200);
    forge.patch(ALICE, ForgeKinds.PULL_REQUEST, pull, "{'spec': {'mergeMethod': null}}").is(200);
    forge.awaitReasons(pull);
    ApiObject merged = forge.merge(MARA, pull).is(200).body();
    assertThat(merged.text("status", "merge", "method")).isEqualTo("Squash");
    ObjectId commit = ObjectId.of(merged.text("status", "merge", "commit"));
    assertThat(forge.graph.parentsOf(commit)).containsExactly(forge.first);
    assertThat(forge.graph.request(commit).author().name()).isEqualTo("alice");
    assertThat(forge.graph.request(commit).committer().name()).isEqualTo("mara");
    assertThat(forge.graph.at(forge.web, "main")).contains(commit);
  }

  @Test
  void aHeadIsBroughtUpToDateWhereThatIsAsked() {
    forge
        .patch(
            ROOT,
            ForgeKinds.BRANCH_PROTECTION,
            "main",
            "{'spec': {'requireUpToDate': true, 'requiredApprovals': 0,"
                + " 'pushers': [{'kind': 'User', 'name': 'root'}]}}")
        .is(200);
    forge.awaitReasons(pull);
    ObjectId main = forge.advance(ROOT, "main");
    refused("NotUpToDate");
    forge.push(ALICE, "topic", forge.graph.commit(forge.head(pull), main));
    forge.awaitReasons(pull);
    forge.merge(MARA, pull).is(200);
  }

  @Test
  void reviewersAndAssigneesAreKept() {
    ApiObject asked =
        forge
            .patch(
                ALICE,
                ForgeKinds.PULL_REQUEST,
                pull,
                "{'spec': {'reviewers': ['bob'], 'assignees': ['carol']}}")
            .is(200)
            .body();
    assertThat(JsonTree.textsAt(asked.json(), "spec", "reviewers")).containsExactly("bob");
    assertThat(JsonTree.textsAt(asked.json(), "spec", "assignees")).containsExactly("carol");
  }
}
