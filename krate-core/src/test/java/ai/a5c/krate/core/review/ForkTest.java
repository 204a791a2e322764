package ai.a5c.krate.core.review;

import static ai.a5c.krate.core.review.ReviewForge.ALICE;
import static ai.a5c.krate.core.review.ReviewForge.BOB;
import static ai.a5c.krate.core.review.ReviewForge.CAROL;
import static ai.a5c.krate.core.review.ReviewForge.FAY;
import static ai.a5c.krate.core.review.ReviewForge.MARA;
import static ai.a5c.krate.core.review.ReviewForge.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Caller;
import ai.a5c.krate.core.forge.BranchMover;
import ai.a5c.krate.core.forge.Conditions;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.ForkCopy;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.core.push.GitDoor;
import ai.a5c.krate.spi.git.GitService;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Forks, and pull requests from them. */
class ForkTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private ReviewForge forge;

  @BeforeEach
  void start() {
    forge = new ReviewForge();
  }

  @AfterEach
  void stop() {
    forge.close();
  }

  private ReviewForge.Answer fork(Subject subject, String name, String parent, String more) {
    return forge.create(
        subject,
        ForgeKinds.REPOSITORY,
        "'name': '" + name + "'",
        "'forkOf': '" + parent + "'" + more);
  }

  /** A fork of web that has what it begins with. */
  private Uid forked() {
    return arrived(fork(FAY, "fork", "web", "").is(201).body());
  }

  private Uid arrived(ApiObject fork) {
    await().atMost(PATIENCE).until(() -> !new Repositories(forge.objects).awaitsCopy(fork));
    return fork.uid();
  }

  private Map<String, String> refs(Uid repository) {
    Map<String, String> refs = new TreeMap<>();
    forge
        .storage
        .records()
        .refs(repository, "", null, 1_000)
        .refs()
        .forEach((ref, at) -> refs.put(ref.value(), at.hex()));
    return refs;
  }

  private ObjectId advance(Subject subject, Uid fork, String branch) {
    ObjectId next = forge.graph.commit(forge.graph.at(fork, branch).orElse(forge.first));
    assertThat(forge.pushTo(subject, "fork", branch, next)).isEqualTo("ok");
    return next;
  }

  private ReviewForge.Answer open(Subject author, String source, String branch, String more) {
    return forge.create(
        author,
        ForgeKinds.PULL_REQUEST,
        "'generateName': 'web-'",
        "'repository': 'web', 'sourceRepository': '%s', 'sourceBranch': '%s', 'title': 'A change'%s"
            .formatted(source, branch, more));
  }

  /** A pull request of a new branch of the fork. */
  private String opened(Subject author, Uid fork, String branch) {
    ObjectId head = advance(author, fork, branch);
    String pull = open(author, "fork", branch, "").is(201).body().name();
    assertThat(forge.head(pull)).isEqualTo(head);
    return pull;
  }

  private void awaitHead(String pull, ObjectId head) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(forge.head(pull)).isEqualTo(head);
              assertThat(refs(forge.web)).containsEntry("refs/pull/1/head", head.hex());
              assertThat(forge.graph.copied(forge.web)).contains(head);
            });
  }

  @Test
  void aForkBeginsWithTheBranchesAndTagsOfItsParent() {
    String unused = forge.open(ALICE, "topic");
    assertThat(refs(forge.web)).containsKey("refs/pull/1/head");
    ApiObject fork = fork(FAY, "fork", "web", "").is(201).body();
    assertThat(fork.text("status", "parent", "uid")).isEqualTo(forge.web.toString());
    Uid uid = arrived(fork);
    Map<String, String> wanted = refs(forge.web);
    wanted.remove("refs/pull/1/head");
    assertThat(refs(uid)).isEqualTo(wanted).hasSize(3);
    assertThat(forge.graph.copied(uid))
        .extracting(ObjectId::hex)
        .containsExactlyInAnyOrderElementsOf(Set.copyOf(wanted.values()));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                forge
                    .get(ForgeKinds.REPOSITORY, "fork")
                    .text("status", "defaultBranchCommit")
                    .equals(forge.first.hex()));
    // What happens in one does not happen in the other.
    ObjectId next = advance(FAY, uid, "main");
    assertThat(forge.graph.at(forge.web, "main")).contains(forge.first);
    forge.delete(ROOT, ForgeKinds.REPOSITORY, "web").is(200);
    await()
        .atMost(PATIENCE)
        .until(() -> forge.objects.get(ForgeKinds.REPOSITORY, "team", "web").isEmpty());
    assertThat(forge.graph.at(uid, "main")).contains(next);
    advance(FAY, uid, "main");
  }

  @Test
  void aParentOutOfSightAnswersLikeAMissingOne() {
    for (String more : new String[] {"", ", 'visibility': 'Private'"}) {
      String hidden = fork(FAY, "fork", "api", more).is(422).body().json().toString();
      String missing = fork(FAY, "fork", "absent", more).is(422).body().json().toString();
      assertThat(hidden.replace("api\\\"", "absent\\\"").replace("\"api\"", "\"absent\""))
          .isEqualTo(missing);
      assertThat(missing).contains("spec.forkOf: Not found: \\\"absent\\\"");
    }
    assertThat(fork(ROOT, "fork", "absent", "").is(422).message())
        .contains("spec.forkOf: Not found: \"absent\"");
    fork(ROOT, "fork", "fork", "").is(422);
  }

  @Test
  void whatARepositoryWasForkedFromNeverChanges() {
    forked();
    for (String parent : new String[] {"'api'", "null"}) {
      assertThat(
              forge
                  .patch(
                      ROOT, ForgeKinds.REPOSITORY, "fork", "{'spec': {'forkOf': " + parent + "}}")
                  .is(422)
                  .message())
          .contains("field is immutable");
    }
    assertThat(
            forge
                .patch(ROOT, ForgeKinds.REPOSITORY, "web", "{'spec': {'forkOf': 'api'}}")
                .is(422)
                .message())
        .contains("field is immutable");
    forge
        .patch(
            ROOT,
            ForgeKinds.REPOSITORY,
            "fork",
            "{'status': {'parent': {'uid': 'another', 'family': 'another'}}}")
        .is(200);
    assertThat(forge.get(ForgeKinds.REPOSITORY, "fork").text("status", "parent", "uid"))
        .isEqualTo(forge.web.toString());
  }

  @Test
  void aForkIsShownToNobodyWhoCouldNotSeeItsParent() {
    assertThat(fork(ROOT, "fork", "web", ", 'visibility': 'Internal'").is(422).message())
        .contains("not shown to more people than its parent, which is Private");
    forge.patch(ROOT, ForgeKinds.REPOSITORY, "web", "{'spec': {'visibility': 'Internal'}}").is(200);
    ApiObject fork = fork(ROOT, "fork", "web", ", 'visibility': 'Internal'").is(201).body();
    forge.patch(ROOT, ForgeKinds.REPOSITORY, "fork", "{'spec': {'visibility': 'Public'}}").is(422);
    // What was shown stays so; what is made narrower does not become wider again.
    forge.patch(ROOT, ForgeKinds.REPOSITORY, "web", "{'spec': {'visibility': 'Private'}}").is(200);
    forge.patch(ROOT, ForgeKinds.REPOSITORY, "fork", "{'spec': {'description': 'mine'}}").is(200);
    forge.patch(ROOT, ForgeKinds.REPOSITORY, "fork", "{'spec': {'visibility': 'Private'}}").is(200);
    forge
        .patch(ROOT, ForgeKinds.REPOSITORY, "fork", "{'spec': {'visibility': 'Internal'}}")
        .is(422);
    Uid unused = arrived(fork);
    forge.delete(ROOT, ForgeKinds.REPOSITORY, "web").is(200);
    assertThat(
            forge
                .patch(ROOT, ForgeKinds.REPOSITORY, "fork", "{'spec': {'visibility': 'Internal'}}")
                .is(422)
                .message())
        .contains("the parent of this fork is gone");
  }

  @Test
  void anOrganizationsDefaultVisibilityGoesAsFarAsTheParentsDoes() {
    forge
        .call(
            ROOT,
            "PATCH",
            "/apis/config.krate.a5c.ai/v1alpha1/organizations/acme",
            "{'spec': {'defaultVisibility': 'Public'}}")
        .is(200);
    ApiObject fork = fork(ROOT, "fork", "web", "").is(201).body();
    assertThat(fork.text("spec", "visibility")).isEqualTo("Private");
  }

  private GitDoor.Answer knock(Subject subject) {
    return forge.krate().git(Caller.inProcess(subject), "acme", "fork", GitService.UPLOAD_PACK);
  }

  private static void hold(CountDownLatch latch) {
    try {
      assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Test
  void nobodyLooksIntoAForkThatIsBeingCopied() {
    var held = new CountDownLatch(1);
    forge.graph.duringNextCopy(() -> hold(held));
    try {
      ApiObject fork = fork(FAY, "fork", "web", "").is(201).body();
      assertThat(knock(BOB))
          .isEqualTo(
              new GitDoor.Answer.Later("fork is being copied from web; try again in a moment"));
      assertThat(forge.pushTo(BOB, "fork", "topic", forge.first)).isEqualTo("Later");
      assertThat(knock(Subject.of("sam"))).isEqualTo(new GitDoor.Answer.NotFound());
      awaitReady("Copying");
      held.countDown();
      Uid unused = arrived(fork);
    } finally {
      held.countDown();
    }
    assertThat(knock(BOB)).isInstanceOf(GitDoor.Answer.Open.class);
    await()
        .atMost(PATIENCE)
        .until(() -> !forge.get(ForgeKinds.REPOSITORY, "fork").json().toString().contains("Copy"));
  }

  private void awaitReady(String reason) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              ApiObject fork = forge.get(ForgeKinds.REPOSITORY, "fork");
              assertThat(Conditions.holds(fork, "Ready")).isFalse();
              assertThat(fork.json().toString()).contains(reason);
            });
  }

  @Test
  void aParentThatGoesBeforeTheCopyIsSaidToBeGone() {
    var held = new CountDownLatch(1);
    forge.graph.duringNextCopy(
        () -> {
          hold(held);
          throw new IllegalStateException("broken off");
        });
    try {
      fork(FAY, "fork", "web", "").is(201);
      forge.delete(ROOT, ForgeKinds.REPOSITORY, "web").is(200);
      await()
          .atMost(PATIENCE)
          .until(() -> forge.objects.get(ForgeKinds.REPOSITORY, "team", "web").isEmpty());
    } finally {
      held.countDown();
    }
    awaitReady("ParentGone");
    assertThat(knock(BOB))
        .isEqualTo(new GitDoor.Answer.Later("web was deleted before fork was copied from it"));
    // A namesake is another repository.
    forge.create(ROOT, ForgeKinds.REPOSITORY, "'name': 'web'", "").is(201);
    awaitReady("ParentGone");
  }

  @Test
  void aCopyThatWasBrokenOffIsTakenUpAgain() {
    forge.graph.duringNextCopy(
        () -> {
          throw new IllegalStateException("broken off");
        });
    Uid fork = forked();
    assertThat(refs(fork)).isEqualTo(refs(forge.web));
    assertThat(forge.objects.get(ForkCopy.KIND, "", fork.toString())).isPresent();
    forge.delete(ROOT, ForgeKinds.REPOSITORY, "fork").is(200);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(forge.objects.get(ForgeKinds.REPOSITORY, "team", "fork")).isEmpty();
              assertThat(forge.objects.get(ForkCopy.KIND, "", fork.toString())).isEmpty();
              assertThat(refs(fork)).isEmpty();
              assertThat(
                      forge.objects.list(BranchMover.KIND, null, null, 100, null).objects().stream()
                          .filter(stored -> stored.key().name().startsWith(fork.toString())))
                  .isEmpty();
            });
  }

  @Test
  void aPullRequestFromAForkHasItsHeadInTheRepositoryThatItGoesTo() {
    Uid fork = forked();
    ObjectId head = advance(ALICE, fork, "topic");
    ApiObject pull =
        open(ALICE, "fork", "topic", "}, 'status': {'fork': false, 'sourceUid': 'none'")
            .is(201)
            .body();
    assertThat(pull.isTrue("status", "fork")).isTrue();
    assertThat(pull.text("status", "sourceUid")).isEqualTo(fork.toString());
    assertThat(pull.text("spec", "targetBranch")).isEqualTo("main");
    assertThat(refs(forge.web)).containsEntry("refs/pull/1/head", head.hex());
    assertThat(forge.graph.copied(forge.web)).containsExactly(head);
    forge.awaitReasons(pull.name());
    String own = forge.open(ALICE, "own");
    assertThat(forge.get(ForgeKinds.PULL_REQUEST, own).text("spec", "sourceRepository"))
        .isEqualTo("web");
    assertThat(forge.get(ForgeKinds.PULL_REQUEST, own).isTrue("status", "fork")).isFalse();
    assertThat(listed("fork")).isEqualTo(List.of(pull.name()));
    assertThat(listed("web")).isEqualTo(List.of(own));
    assertThat(
            forge
                .patch(
                    ROOT,
                    ForgeKinds.PULL_REQUEST,
                    pull.name(),
                    "{'spec': {'sourceRepository': 'web'}}")
                .is(422)
                .message())
        .contains("field is immutable");
    // Sent without it, as by who has not heard of forks, it stays.
    forge
        .patch(
            ALICE,
            ForgeKinds.PULL_REQUEST,
            pull.name(),
            "{'spec': {'sourceRepository': null, 'title': 'Another'}}")
        .is(200);
  }

  private List<String> listed(String source) {
    String path =
        ReviewForge.path(ForgeKinds.PULL_REQUEST)
            + "?fieldSelector=spec.sourceRepository%3D"
            + source;
    return forge.call(ROOT, "GET", path, "").is(200).body().json().getJsonArray("items").stream()
        .map(item -> item.asJsonObject().getJsonObject("metadata").getString("name"))
        .toList();
  }

  @Test
  void theSameBranchOfAForkIsAnotherBranch() {
    Uid fork = forked();
    ObjectId head = advance(ALICE, fork, "main");
    String pull = open(ALICE, "fork", "main", "").is(201).body().name();
    forge.awaitReasons(pull);
    forge.merge(MARA, pull).is(200);
    assertThat(forge.graph.parentsOf(forge.graph.at(forge.web, "main").orElseThrow()))
        .contains(head);
    assertThat(forge.graph.request(forge.graph.at(forge.web, "main").orElseThrow()).message())
        .startsWith("Merge pull request #1 from fork:main");
  }

  @Test
  void aSourceOutOfSightAnswersLikeAMissingOne() {
    String hidden = open(ALICE, "api", "topic", "").is(422).body().json().toString();
    String missing = open(ALICE, "absent", "topic", "").is(422).body().json().toString();
    assertThat(hidden.replace("api\\\"", "absent\\\"")).isEqualTo(missing);
    assertThat(missing).contains("spec.sourceRepository: Not found: \\\"absent\\\"");
    assertThat(open(ROOT, "api", "main", "").is(422).message())
        .contains("it and web are not forks of one repository");
    assertThat(refs(forge.web)).doesNotContainKey("refs/pull/1/head");
    Uid unused = forked();
    assertThat(open(ALICE, "fork", "nothing", "").is(422).message()).contains("has no such branch");
  }

  @Test
  void aFamilyOutlivesThoseWhomItComesFrom() {
    Uid fork = forked();
    Uid twig = arrived(fork(ROOT, "twig", "fork", "").is(201).body());
    assertThat(refs(twig)).isEqualTo(refs(fork));
    forge.delete(ROOT, ForgeKinds.REPOSITORY, "fork").is(200);
    await()
        .atMost(PATIENCE)
        .until(() -> forge.objects.get(ForgeKinds.REPOSITORY, "team", "fork").isEmpty());
    ObjectId head = forge.graph.commit(forge.first);
    assertThat(forge.pushTo(ALICE, "twig", "topic", head)).isEqualTo("ok");
    String pull = open(ALICE, "twig", "topic", "").is(201).body().name();
    awaitHead(pull, head);
  }

  @Test
  void theHeadFollowsTheFork() throws Exception {
    Uid fork = forked();
    String pull = opened(ALICE, fork, "topic");
    awaitHead(pull, advance(ALICE, fork, "topic"));
    // Away from what was there, and on while that is being copied.
    ObjectId forced = forge.graph.commit(forge.first);
    var newest = new CompletableFuture<ObjectId>();
    forge.graph.duringNextCopy(() -> newest.complete(advance(BOB, fork, "topic")));
    assertThat(forge.pushTo(ALICE, "fork", "topic", forced)).isEqualTo("ok");
    awaitHead(pull, newest.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    assertThat(forge.graph.parentsOf(forge.head(pull))).containsExactly(forced);
    forge.awaitReasons(pull);
    forge.merge(MARA, pull).is(200);
    ObjectId late = advance(ALICE, fork, "topic");
    assertThat(forge.head(pull)).isNotEqualTo(late);
  }

  @Test
  void aBranchOrForkThatIsGoneIsSaidToBe() {
    Uid fork = forked();
    String pull = opened(ALICE, fork, "topic");
    ObjectId head = forge.head(pull);
    forge.awaitReasons(pull);
    assertThat(forge.pushTo(ALICE, "fork", "topic", null)).isEqualTo("ok");
    forge.awaitReasons(pull, "SourceGone");
    assertThat(forge.merge(MARA, pull).is(422).message()).contains("SourceGone");
    assertThat(forge.pushTo(ALICE, "fork", "topic", head)).isEqualTo("ok");
    forge.awaitReasons(pull);
    forge.delete(ROOT, ForgeKinds.REPOSITORY, "fork").is(200);
    forge.awaitReasons(pull, "SourceGone");
    await()
        .atMost(PATIENCE)
        .until(() -> forge.objects.get(ForgeKinds.REPOSITORY, "team", "fork").isEmpty());
    // A namesake is another repository.
    Uid namesake = forked();
    ObjectId unused = advance(ALICE, namesake, "topic");
    forge.awaitReasons(pull, "SourceGone");
    assertThat(forge.head(pull)).isEqualTo(head);
    forge.patch(ALICE, ForgeKinds.PULL_REQUEST, pull, "{'spec': {'closed': true}}").is(200);
    assertThat(
            forge
                .patch(ALICE, ForgeKinds.PULL_REQUEST, pull, "{'spec': {'closed': false}}")
                .is(422)
                .message())
        .contains("the source branch is gone");
  }

  @Test
  void aReopenedPullRequestIsWhereItsBranchIs() {
    Uid fork = forked();
    String pull = opened(ALICE, fork, "topic");
    forge.patch(ALICE, ForgeKinds.PULL_REQUEST, pull, "{'spec': {'closed': true}}").is(200);
    ObjectId newer = advance(ALICE, fork, "topic");
    forge.patch(ALICE, ForgeKinds.PULL_REQUEST, pull, "{'spec': {'closed': false}}").is(200);
    awaitHead(pull, newer);
    awaitHead(pull, advance(ALICE, fork, "topic"));
  }

  @Test
  void nobodyApprovesWhatHeBroughtOntoAFork() {
    forge.protectMain("main", "'requiredApprovals': 1");
    Uid fork = forked();
    String pull = opened(ALICE, fork, "topic");
    ObjectId bobs = advance(BOB, fork, "topic");
    awaitHead(pull, bobs);
    awaitHead(pull, advance(ALICE, fork, "topic"));
    String review = forge.review(BOB, pull, "Approve");
    forge.awaitReview(review, false, false, true);
    assertThat(forge.merge(MARA, pull).is(422).message())
        .contains("bob opened the pull request or moved its branch");
    forge.review(CAROL, pull, "Approve");
    forge.awaitReasons(pull);
    forge.merge(MARA, pull).is(200);
  }

  @Test
  void whoMovedABranchBeforeItWasForkedMovedThatOfTheForkToo() {
    forge.protectMain("main", "'requiredApprovals': 1");
    ObjectId unused = forge.advance(BOB, "topic");
    Uid fork = forked();
    assertThat(forge.graph.at(fork, "topic")).isEqualTo(forge.graph.at(forge.web, "topic"));
    String pull = open(ALICE, "fork", "topic", "").is(201).body().name();
    String review = forge.review(BOB, pull, "Approve");
    forge.awaitReview(review, false, false, true);
    forge.awaitReasons(pull, "ApprovalsMissing");
  }

  @Test
  void moreThanAPushMayBringIsRefusedAndSaid() {
    Uid fork = forked();
    ObjectId large = forge.graph.commit(forge.first);
    forge.graph.refuseToCopy(large);
    assertThat(forge.pushTo(ALICE, "fork", "large", large)).isEqualTo("ok");
    assertThat(open(ALICE, "fork", "large", "").is(422).message())
        .contains("it would bring too many objects");
    String pull = opened(ALICE, fork, "topic");
    ObjectId before = forge.head(pull);
    assertThat(forge.pushTo(ALICE, "fork", "topic", large)).isEqualTo("ok");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                forge
                    .get(ForgeKinds.PULL_REQUEST, pull)
                    .json()
                    .toString()
                    .contains("it would bring too many objects"));
    assertThat(forge.head(pull)).isEqualTo(before);
    ObjectId smaller = forge.graph.commit(forge.first);
    assertThat(forge.pushTo(ALICE, "fork", "topic", smaller)).isEqualTo("ok");
    awaitHead(pull, smaller);
    await()
        .atMost(PATIENCE)
        .until(() -> Conditions.holds(forge.get(ForgeKinds.PULL_REQUEST, pull), "HeadCurrent"));
  }

  @Test
  void manyPushesAtOnceEndAtTheNewest() throws Exception {
    Uid fork = forked();
    String pull = opened(ALICE, fork, "topic");
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> pushes =
          executor.submit(
              () -> {
                for (int i = 0; i < 30; i++) {
                  ObjectId unused = advance(ALICE, fork, "topic");
                }
              });
      pushes.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    awaitHead(pull, forge.graph.at(fork, "topic").orElseThrow());
    assertThat(forge.storage.records().ref(forge.web, new RefName("refs/pull/1/head")))
        .isEqualTo(forge.graph.at(fork, "topic"));
  }
}
