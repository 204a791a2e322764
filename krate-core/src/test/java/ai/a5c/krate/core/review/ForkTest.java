package ai.a5c.krate.core.review;

import static ai.a5c.krate.core.review.ReviewForge.ALICE;
import static ai.a5c.krate.core.review.ReviewForge.BOB;
import static ai.a5c.krate.core.review.ReviewForge.FAY;
import static ai.a5c.krate.core.review.ReviewForge.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Caller;
import ai.a5c.krate.core.forge.BranchMover;
import ai.a5c.krate.core.forge.Conditions;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.ForkCopy;
import ai.a5c.krate.core.push.GitDoor;
import ai.a5c.krate.spi.git.GitService;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Forks of repositories. */
class ForkTest {
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
  void aForkBeginsWithTheBranchesAndTagsOfItsParent() {
    String unused = forge.open(ALICE, "topic");
    assertThat(forge.refs(forge.web)).containsKey("refs/pull/1/head");
    ApiObject fork = forge.fork(FAY, "fork", "web", "").is(201).body();
    assertThat(fork.text("status", "parent", "uid")).isEqualTo(forge.web.toString());
    Uid uid = forge.arrived(fork);
    Map<String, String> wanted = forge.refs(forge.web);
    wanted.remove("refs/pull/1/head");
    assertThat(forge.refs(uid)).isEqualTo(wanted).hasSize(3);
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
    ObjectId next = forge.advance(FAY, uid, "main");
    assertThat(forge.graph.at(forge.web, "main")).contains(forge.first);
    forge.delete(ROOT, ForgeKinds.REPOSITORY, "web").is(200);
    await()
        .atMost(PATIENCE)
        .until(() -> forge.objects.get(ForgeKinds.REPOSITORY, "team", "web").isEmpty());
    assertThat(forge.graph.at(uid, "main")).contains(next);
    forge.advance(FAY, uid, "main");
  }

  @Test
  void aParentOutOfSightAnswersLikeAMissingOne() {
    for (String more : new String[] {"", ", 'visibility': 'Private'"}) {
      String hidden = forge.fork(FAY, "fork", "api", more).is(422).body().json().toString();
      String missing = forge.fork(FAY, "fork", "absent", more).is(422).body().json().toString();
      assertThat(hidden.replace("api\\\"", "absent\\\"").replace("\"api\"", "\"absent\""))
          .isEqualTo(missing);
      assertThat(missing).contains("spec.forkOf: Not found: \\\"absent\\\"");
    }
    assertThat(forge.fork(ROOT, "fork", "absent", "").is(422).message())
        .contains("spec.forkOf: Not found: \"absent\"");
    forge.fork(ROOT, "fork", "fork", "").is(422);
  }

  @Test
  void whatARepositoryWasForkedFromNeverChanges() {
    forge.forked();
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
    assertThat(forge.fork(ROOT, "fork", "web", ", 'visibility': 'Internal'").is(422).message())
        .contains("not shown to more people than its parent, which is Private");
    forge.patch(ROOT, ForgeKinds.REPOSITORY, "web", "{'spec': {'visibility': 'Internal'}}").is(200);
    ApiObject fork = forge.fork(ROOT, "fork", "web", ", 'visibility': 'Internal'").is(201).body();
    forge.patch(ROOT, ForgeKinds.REPOSITORY, "fork", "{'spec': {'visibility': 'Public'}}").is(422);
    // What was shown stays so; what is made narrower does not become wider again.
    forge.patch(ROOT, ForgeKinds.REPOSITORY, "web", "{'spec': {'visibility': 'Private'}}").is(200);
    forge.patch(ROOT, ForgeKinds.REPOSITORY, "fork", "{'spec': {'description': 'mine'}}").is(200);
    forge.patch(ROOT, ForgeKinds.REPOSITORY, "fork", "{'spec': {'visibility': 'Private'}}").is(200);
    forge
        .patch(ROOT, ForgeKinds.REPOSITORY, "fork", "{'spec': {'visibility': 'Internal'}}")
        .is(422);
    Uid unused = forge.arrived(fork);
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
    ApiObject fork = forge.fork(ROOT, "fork", "web", "").is(201).body();
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
      ApiObject fork = forge.fork(FAY, "fork", "web", "").is(201).body();
      assertThat(knock(BOB))
          .isEqualTo(
              new GitDoor.Answer.Later("fork is being copied from web; try again in a moment"));
      assertThat(forge.pushTo(BOB, "fork", "topic", forge.first)).isEqualTo("Later");
      assertThat(knock(Subject.of("sam"))).isEqualTo(new GitDoor.Answer.NotFound());
      awaitReady("Copying");
      held.countDown();
      Uid unused = forge.arrived(fork);
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
      forge.fork(FAY, "fork", "web", "").is(201);
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
    Uid fork = forge.forked();
    assertThat(forge.refs(fork)).isEqualTo(forge.refs(forge.web));
    assertThat(forge.objects.get(ForkCopy.KIND, "", fork.toString())).isPresent();
    forge.delete(ROOT, ForgeKinds.REPOSITORY, "fork").is(200);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(forge.objects.get(ForgeKinds.REPOSITORY, "team", "fork")).isEmpty();
              assertThat(forge.objects.get(ForkCopy.KIND, "", fork.toString())).isEmpty();
              assertThat(forge.refs(fork)).isEmpty();
              assertThat(
                      forge.objects.list(BranchMover.KIND, null, null, 100, null).objects().stream()
                          .filter(stored -> stored.key().name().startsWith(fork.toString())))
                  .isEmpty();
            });
  }
}
