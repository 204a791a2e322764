package ai.a5c.krate.core.review;

import static ai.a5c.krate.core.review.ReviewForge.ALICE;
import static ai.a5c.krate.core.review.ReviewForge.BOB;
import static ai.a5c.krate.core.review.ReviewForge.CAROL;
import static ai.a5c.krate.core.review.ReviewForge.MARA;
import static ai.a5c.krate.core.review.ReviewForge.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.forge.Conditions;
import ai.a5c.krate.core.forge.ForgeKinds;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pull requests from forks. */
class ForkedPullRequestTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private ForkForge forge;

  @BeforeEach
  void start() {
    forge = new ForkForge();
  }

  @AfterEach
  void stop() {
    forge.close();
  }

  @Test
  void aPullRequestFromAForkHasItsHeadInTheRepositoryThatItGoesTo() {
    Uid fork = forge.forked();
    ObjectId head = forge.advance(ALICE, fork, "topic");
    ApiObject pull =
        forge
            .open(ALICE, "fork", "topic", "}, 'status': {'fork': false, 'sourceUid': 'none'")
            .is(201)
            .body();
    assertThat(pull.isTrue("status", "fork")).isTrue();
    assertThat(pull.text("status", "sourceUid")).isEqualTo(fork.toString());
    assertThat(pull.text("spec", "targetBranch")).isEqualTo("main");
    assertThat(forge.refs(forge.web)).containsEntry("refs/pull/1/head", head.hex());
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
    Uid fork = forge.forked();
    ObjectId head = forge.advance(ALICE, fork, "main");
    String pull = forge.open(ALICE, "fork", "main", "").is(201).body().name();
    forge.awaitReasons(pull);
    forge.merge(MARA, pull).is(200);
    assertThat(forge.graph.parentsOf(forge.graph.at(forge.web, "main").orElseThrow()))
        .contains(head);
    assertThat(forge.graph.request(forge.graph.at(forge.web, "main").orElseThrow()).message())
        .startsWith("Merge pull request #1 from fork:main");
  }

  @Test
  void aSourceOutOfSightAnswersLikeAMissingOne() {
    String hidden = forge.open(ALICE, "api", "topic", "").is(422).body().json().toString();
    String missing = forge.open(ALICE, "absent", "topic", "").is(422).body().json().toString();
    assertThat(hidden.replace("api\\\"", "absent\\\"")).isEqualTo(missing);
    assertThat(missing).contains("spec.sourceRepository: Not found: \\\"absent\\\"");
    assertThat(forge.open(ROOT, "api", "main", "").is(422).message())
        .contains("it and web are not forks of one repository");
    assertThat(forge.refs(forge.web)).doesNotContainKey("refs/pull/1/head");
    Uid unused = forge.forked();
    assertThat(forge.open(ALICE, "fork", "nothing", "").is(422).message())
        .contains("has no such branch");
  }

  @Test
  void aFamilyOutlivesThoseWhomItComesFrom() {
    Uid fork = forge.forked();
    Uid twig = forge.arrived(forge.fork(ROOT, "twig", "fork", "").is(201).body());
    assertThat(forge.refs(twig)).isEqualTo(forge.refs(fork));
    forge.delete(ROOT, ForgeKinds.REPOSITORY, "fork").is(200);
    await()
        .atMost(PATIENCE)
        .until(() -> forge.objects.get(ForgeKinds.REPOSITORY, "team", "fork").isEmpty());
    ObjectId head = forge.graph.commit(forge.first);
    assertThat(forge.pushTo(ALICE, "twig", "topic", head)).isEqualTo("ok");
    String pull = forge.open(ALICE, "twig", "topic", "").is(201).body().name();
    forge.awaitHead(pull, head);
  }

  @Test
  void theHeadFollowsTheFork() throws Exception {
    Uid fork = forge.forked();
    String pull = forge.opened(ALICE, fork, "topic");
    forge.awaitHead(pull, forge.advance(ALICE, fork, "topic"));
    // Away from what was there, and on while that is being copied.
    ObjectId forced = forge.graph.commit(forge.first);
    var newest = new CompletableFuture<ObjectId>();
    forge.graph.duringNextCopy(() -> newest.complete(forge.advance(BOB, fork, "topic")));
    assertThat(forge.pushTo(ALICE, "fork", "topic", forced)).isEqualTo("ok");
    forge.awaitHead(pull, newest.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    assertThat(forge.graph.parentsOf(forge.head(pull))).containsExactly(forced);
    forge.awaitReasons(pull);
    forge.merge(MARA, pull).is(200);
    ObjectId late = forge.advance(ALICE, fork, "topic");
    assertThat(forge.head(pull)).isNotEqualTo(late);
  }

  @Test
  void aBranchOrForkThatIsGoneIsSaidToBe() {
    Uid fork = forge.forked();
    String pull = forge.opened(ALICE, fork, "topic");
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
    Uid namesake = forge.forked();
    ObjectId unused = forge.advance(ALICE, namesake, "topic");
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
    Uid fork = forge.forked();
    String pull = forge.opened(ALICE, fork, "topic");
    forge.patch(ALICE, ForgeKinds.PULL_REQUEST, pull, "{'spec': {'closed': true}}").is(200);
    ObjectId newer = forge.advance(ALICE, fork, "topic");
    forge.patch(ALICE, ForgeKinds.PULL_REQUEST, pull, "{'spec': {'closed': false}}").is(200);
    forge.awaitHead(pull, newer);
    forge.awaitHead(pull, forge.advance(ALICE, fork, "topic"));
  }

  @Test
  void nobodyApprovesWhatHeBroughtOntoAFork() {
    forge.protectMain("main", "'requiredApprovals': 1");
    Uid fork = forge.forked();
    String pull = forge.opened(ALICE, fork, "topic");
    ObjectId bobs = forge.advance(BOB, fork, "topic");
    forge.awaitHead(pull, bobs);
    forge.awaitHead(pull, forge.advance(ALICE, fork, "topic"));
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
    Uid fork = forge.forked();
    assertThat(forge.graph.at(fork, "topic")).isEqualTo(forge.graph.at(forge.web, "topic"));
    String pull = forge.open(ALICE, "fork", "topic", "").is(201).body().name();
    String review = forge.review(BOB, pull, "Approve");
    forge.awaitReview(review, false, false, true);
    forge.awaitReasons(pull, "ApprovalsMissing");
  }

  @Test
  void moreThanAPushMayBringIsRefusedAndSaid() {
    Uid fork = forge.forked();
    ObjectId large = forge.graph.commit(forge.first);
    forge.graph.refuseToCopy(large);
    assertThat(forge.pushTo(ALICE, "fork", "large", large)).isEqualTo("ok");
    assertThat(forge.open(ALICE, "fork", "large", "").is(422).message())
        .contains("it would bring too many objects");
    String pull = forge.opened(ALICE, fork, "topic");
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
    forge.awaitHead(pull, smaller);
    await()
        .atMost(PATIENCE)
        .until(() -> Conditions.holds(forge.get(ForgeKinds.PULL_REQUEST, pull), "HeadCurrent"));
  }

  @Test
  void manyPushesAtOnceEndAtTheNewest() throws Exception {
    Uid fork = forge.forked();
    String pull = forge.opened(ALICE, fork, "topic");
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> pushes =
          executor.submit(
              () -> {
                for (int i = 0; i < 30; i++) {
                  ObjectId unused = forge.advance(ALICE, fork, "topic");
                }
              });
      pushes.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    forge.awaitHead(pull, forge.graph.at(fork, "topic").orElseThrow());
    assertThat(forge.storage.records().ref(forge.web, new RefName("refs/pull/1/head")))
        .isEqualTo(forge.graph.at(fork, "topic"));
  }
}
