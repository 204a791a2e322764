package ai.a5c.krate.core.review;

import static ai.a5c.krate.core.review.ReviewForge.ALICE;
import static ai.a5c.krate.core.review.ReviewForge.CI;
import static ai.a5c.krate.core.review.ReviewForge.MARA;
import static ai.a5c.krate.core.review.ReviewForge.OTHER_CI;
import static ai.a5c.krate.core.review.ReviewForge.READER;
import static ai.a5c.krate.core.review.ReviewForge.ROOT;
import static ai.a5c.krate.core.review.ReviewForge.STRANGER;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.forge.CommitChecks;
import ai.a5c.krate.core.forge.ForgeKinds;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which checks count, and every way that we know to forge one. */
class CheckTest {
  private ReviewForge forge;
  private String pull;
  private ObjectId head;

  @BeforeEach
  void start() {
    forge = new ReviewForge();
    forge.protectMain(
        "main",
        "'requiredApprovals': 0, 'requiredChecks': [{'name': 'build', 'source': 'External'}]");
    pull = forge.open(ALICE, "topic");
    head = forge.head(pull);
  }

  @AfterEach
  void stop() {
    forge.close();
  }

  private void refused(String reason) {
    assertThat(forge.merge(MARA, pull).is(422).causes())
        .singleElement()
        .asString()
        .contains(reason + ": BranchProtection \"main\": check \"build\"");
    forge.awaitReasons(pull, reason);
  }

  private String written(Subject subject, String name, ObjectId commit, String phase) {
    return forge.check(subject, name, commit, phase).is(201).body().name();
  }

  private ReviewForge.Answer say(Subject subject, String check, String phase) {
    return forge.patch(
        subject, ForgeKinds.CHECK, check, "{'spec': {'phase': '%s'}}".formatted(phase));
  }

  @Test
  void aRequiredCheckIsMetBySuccessOnTheHead() {
    refused("ChecksPending");
    String check = written(CI, "build", head, "Pending");
    refused("ChecksPending");
    say(CI, check, "Running").is(200);
    refused("ChecksPending");
    for (String failure : List.of("Failed", "Canceled", "Skipped")) {
      say(CI, check, failure).is(200);
      refused("ChecksFailed");
    }
    say(CI, check, "Succeeded").is(200);
    forge.awaitReasons(pull);
    assertThat(forge.get(ForgeKinds.PULL_REQUEST, pull).at("status", "checks").orElseThrow())
        .hasToString(
            "[{\"name\":\"build\",\"source\":\"External\",\"phase\":\"Succeeded\","
                + "\"required\":true}]");
    forge.merge(MARA, pull).is(200);
  }

  @Test
  void anotherHeadNeedsItsOwnCheck() {
    written(CI, "build", head, "Succeeded");
    forge.awaitReasons(pull);
    ObjectId next = forge.advance(ALICE, "topic");
    refused("ChecksPending");
    written(CI, "build", next, "Succeeded");
    forge.awaitReasons(pull);
  }

  @Test
  void whatWasCheckedBeforeThePullRequestWasOpenedCounts() {
    ObjectId early = forge.advance(ALICE, "early");
    written(CI, "build", early, "Succeeded");
    String opened =
        forge
            .create(
                ALICE,
                ForgeKinds.PULL_REQUEST,
                "'generateName': 'web-'",
                "'repository': 'web', 'sourceBranch': 'early', 'title': 'Early'")
            .is(201)
            .body()
            .name();
    forge.awaitReasons(opened);
  }

  @Test
  void theNewestOfANameCounts() {
    String one = written(CI, "build", head, "Succeeded");
    written(OTHER_CI, "build", head, "Failed");
    refused("ChecksFailed");
    say(CI, one, "Running").is(200);
    refused("ChecksPending");
    say(CI, one, "Succeeded").is(200);
    forge.awaitReasons(pull);
  }

  @Test
  void aFailureThatIsDeletedBringsNoOlderSuccessBack() {
    written(CI, "build", head, "Succeeded");
    String failure = written(OTHER_CI, "build", head, "Failed");
    forge.delete(ROOT, ForgeKinds.CHECK, failure).is(200);
    refused("ChecksPending");
  }

  @Test
  void aLabelOnAnOldSuccessDoesNotMakeItTheNewest() {
    String success = written(CI, "build", head, "Succeeded");
    written(OTHER_CI, "build", head, "Failed");
    forge
        .patch(CI, ForgeKinds.CHECK, success, "{'metadata': {'labels': {'again': 'please'}}}")
        .is(200);
    refused("ChecksFailed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Build",
        "BUILD",
        "build ",
        " build",
        "buıld",
        "ｂuild",
        "build\\u200b",
        "bu\\u0456ld"
      })
  void aNameThatLooksAlikeIsAnother(String twin) {
    assertThat(forge.check(CI, twin, head, "Succeeded").code()).isIn(201, 422);
    refused("ChecksPending");
  }

  @Test
  void aCommitIsWrittenInOneWay() {
    String spec = "'repository': 'web', 'name': 'build', 'phase': 'Succeeded', 'commit': ";
    for (String commit :
        List.of(
            "'%s'".formatted(head.hex().toUpperCase(java.util.Locale.ROOT)),
            "'topic'",
            "'%s'".formatted(head.hex().substring(0, 39)),
            "'refs/heads/topic'")) {
      forge.create(CI, ForgeKinds.CHECK, "'name': 'x'", spec + commit).is(422);
    }
    refused("ChecksPending");
  }

  @Test
  void aCheckOfAnotherCommitOrRepositoryDoesNotCount() {
    written(CI, "build", forge.first, "Succeeded");
    forge
        .create(
            ROOT,
            ForgeKinds.CHECK,
            "'name': 'elsewhere', 'labels': {'krate.a5c.ai/repository': 'web'}",
            "'repository': 'api', 'commit': '%s', 'name': 'build', 'phase': 'Succeeded'"
                .formatted(head))
        .is(201);
    assertThat(forge.get(ForgeKinds.CHECK, "elsewhere").labels())
        .containsEntry("krate.a5c.ai/repository", "api");
    refused("ChecksPending");
    forge
        .create(
            CI,
            ForgeKinds.CHECK,
            "'name': 'not-mine'",
            "'repository': 'api', 'commit': '%s', 'name': 'build', 'phase': 'Succeeded'"
                .formatted(head))
        .is(422);
  }

  @Test
  void aCheckDoesNotMoveToAnotherCommitNameOrRepository() {
    String check = written(CI, "other", forge.first, "Succeeded");
    for (String change :
        List.of("'commit': '" + head + "'", "'name': 'build'", "'repository': 'api'")) {
      assertThat(forge.patch(CI, ForgeKinds.CHECK, check, "{'spec': {" + change + "}}").code())
          .isIn(403, 422);
    }
    refused("ChecksPending");
  }

  @Test
  void whoMayNotWriteChecksOfTheRepositoryWritesNone() {
    forge.check(ALICE, "build", head, "Succeeded").is(403);
    assertThat(forge.check(READER, "build", head, "Succeeded").is(403).message())
        .contains("repositories/checks");
    assertThat(forge.check(STRANGER, "build", head, "Succeeded").is(422).message())
        .contains("spec.repository: Not found: \"web\"");
    refused("ChecksPending");
  }

  @Test
  void onlyItsAuthorChangesACheck() {
    String check = written(CI, "build", head, "Failed");
    var twin = new Subject("ci", "", "https://other.example", List.of("checkers"), CI.extra());
    for (Subject other : List.of(OTHER_CI, ROOT, twin)) {
      assertThat(say(other, check, "Succeeded").is(403).message())
          .contains("only its author changes a check");
      forge
          .call(
              other,
              "PUT",
              ReviewForge.path(ForgeKinds.CHECK) + "/" + check,
              forge
                  .get(ForgeKinds.CHECK, check)
                  .withText("Succeeded", "spec", "phase")
                  .json()
                  .toString())
          .is(403);
    }
    refused("ChecksFailed");
  }

  @Test
  void theAuthorIsTheCallerWhateverIsSent() {
    ApiObject check =
        forge
            .call(
                CI,
                "POST",
                ReviewForge.path(ForgeKinds.CHECK),
                ReviewForge.document(
                        ForgeKinds.CHECK,
                        "'name': 'mine'",
                        "'repository': 'web', 'commit': '%s', 'name': 'build', 'phase': 'Failed'"
                            .formatted(head))
                    .replaceFirst("}$", ", 'status': {'author': {'name': 'other-ci'}}}"))
            .is(201)
            .body();
    assertThat(check.text("status", "author", "name")).isEqualTo("ci");
    say(OTHER_CI, "mine", "Succeeded").is(403);
    forge.patch(OTHER_CI, ForgeKinds.CHECK, "mine/status", "{'status': {}}").is(403);
    forge
        .patch(ROOT, ForgeKinds.CHECK, "mine/status", "{'status': {'author': {'name': 'root'}}}")
        .is(422);
    forge
        .patch(CI, ForgeKinds.CHECK, "mine", "{'status': {'author': {'name': 'other-ci'}}}")
        .is(200);
    assertThat(forge.get(ForgeKinds.CHECK, "mine").text("status", "author", "name"))
        .isEqualTo("ci");
    refused("ChecksFailed");
  }

  @Test
  void aNameTakenAgainIsANewCheckOfItsNewAuthor() {
    String spec = "'repository': 'web', 'commit': '%s', 'name': 'build', 'phase': ".formatted(head);
    forge.create(CI, ForgeKinds.CHECK, "'name': 'one'", spec + "'Succeeded'").is(201);
    forge.awaitReasons(pull);
    forge.delete(CI, ForgeKinds.CHECK, "one").is(200);
    refused("ChecksPending");
    forge.create(OTHER_CI, ForgeKinds.CHECK, "'name': 'one'", spec + "'Failed'").is(201);
    say(CI, "one", "Succeeded").is(403);
    refused("ChecksFailed");
  }

  @Test
  void nothingThatComesByTheApiIsOfAPipeline() {
    forge
        .patch(
            ROOT,
            ForgeKinds.BRANCH_PROTECTION,
            "main",
            "{'spec': {'requiredChecks': [{'name': 'build', 'source': 'Pipeline'}]}}")
        .is(200);
    written(CI, "build", head, "Succeeded");
    written(ROOT, "build", head, "Succeeded");
    var dressed = Subject.of("system:krate:pipelines", Subject.MASTERS);
    assertThat(forge.check(dressed, "build", head, "Succeeded").code()).isEqualTo(201);
    forge
        .call(
            ROOT,
            "POST",
            ReviewForge.path(ForgeKinds.CHECK) + "?fieldValidation=Ignore",
            ReviewForge.document(
                    ForgeKinds.CHECK,
                    "'name': 'forged', 'annotations': {'source': 'Pipeline'}",
                    "'repository': 'web', 'commit': '%s', 'name': 'build', 'source': 'Pipeline',"
                            .formatted(head)
                        + " 'phase': 'Succeeded'")
                .replaceFirst(
                    "}$",
                    ", 'status': {'pipeline': 'web-1', 'workflowPath':"
                        + " '.krate/workflows/a.yaml'}}"))
        .is(201);
    refused("ChecksPending");
  }

  @Test
  void aDryRunChangesNothing() {
    forge
        .call(
            CI,
            "POST",
            ReviewForge.path(ForgeKinds.CHECK) + "?dryRun=All",
            ReviewForge.document(
                ForgeKinds.CHECK,
                "'name': 'dry'",
                "'repository': 'web', 'commit': '%s', 'name': 'build', 'phase': 'Succeeded'"
                    .formatted(head)))
        .is(201);
    refused("ChecksPending");
  }

  @Test
  void aCommitHasChecksOfSoManyNames() {
    for (int i = 0; i < CommitChecks.MOST; i++) {
      written(CI, "n" + i, head, "Succeeded");
    }
    assertThat(forge.check(CI, "build", head, "Succeeded").is(403).message())
        .contains("at most 256 names");
    written(CI, "n7", head, "Failed");
  }

  @Test
  void theIndexGoesWithTheLastCheck() {
    String one = written(CI, "a", head, "Succeeded");
    String two = written(CI, "b", head, "Succeeded");
    String key = CommitChecks.key(forge.web, head.hex());
    forge.delete(CI, ForgeKinds.CHECK, one).is(200);
    assertThat(forge.objects.get(CommitChecks.KIND, "", key)).isPresent();
    forge.delete(CI, ForgeKinds.CHECK, two).is(200);
    assertThat(forge.objects.get(CommitChecks.KIND, "", key)).isEmpty();
  }
}
