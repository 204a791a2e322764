package ai.a5c.krate.core.push;

import static ai.a5c.krate.core.push.PushForge.ADMIN;
import static ai.a5c.krate.core.push.PushForge.DEVELOPER;
import static ai.a5c.krate.core.push.PushForge.KEEPER;
import static ai.a5c.krate.core.push.PushForge.ROOT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.problem.ApiException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pushes to a repository that has no branch yet, all of whose branches are protected. */
final class FirstPushTest {
  private static final String MAIN = "refs/heads/main";

  private PushForge forge;
  private ObjectId first;

  @BeforeEach
  void open() {
    forge = new PushForge();
    first = forge.graph.commit();
    forge.protect("all", "'branches': ['**'], 'requireLinearHistory': true");
  }

  @AfterEach
  void close() {
    forge.close();
  }

  @Test
  void whoMaintainsTheRepositoryPushesItsDefaultBranchOnce() {
    assertThat(forge.push(KEEPER, "refs/heads/other", first)).contains("\"all\"");
    assertThat(forge.push(KEEPER, MAIN, first)).isEqualTo("ok");
    assertThat(forge.pushEntries())
        .anySatisfy(
            entry ->
                assertThat(entry.text("annotations", "push.krate.a5c.ai/bypassed"))
                    .startsWith("refs/heads/main: the repository has no branch yet; main is"));
    assertThat(forge.push(KEEPER, MAIN, forge.graph.commit(first))).contains("\"all\"");
    assertThat(forge.push(KEEPER, "refs/heads/release/1", first)).contains("\"all\"");
  }

  @Test
  void nobodyElseDoes() {
    assertThat(forge.push(DEVELOPER, MAIN, first)).contains("\"all\"");
    assertThat(forge.at(MAIN)).isEmpty();
    assertThat(forge.push(ADMIN, MAIN, first)).isEqualTo("ok");
  }

  @Test
  void tagsAndNotesAreNoBranches() {
    assertThat(forge.push(DEVELOPER, "refs/tags/v1", first)).isEqualTo("ok");
    assertThat(forge.push(DEVELOPER, "refs/notes/commits", first)).isEqualTo("ok");
    assertThat(forge.push(KEEPER, MAIN, first)).isEqualTo("ok");
  }

  @Test
  void anotherBranchEndsIt() {
    forge.unprotect("all");
    assertThat(forge.push(DEVELOPER, "refs/heads/topic", first)).isEqualTo("ok");
    forge.protect("all", "'branches': ['**']");
    assertThat(forge.push(KEEPER, MAIN, first)).contains("\"all\"");
  }

  @Test
  void theOthersOfSuchAPushAreHeldToTheRules() {
    assertThat(forge.pushAll(KEEPER, MAIN + " " + first + "\nrefs/heads/x " + first))
        .containsEntry(MAIN, "ok")
        .hasEntrySatisfying("refs/heads/x", why -> assertThat(why).contains("\"all\""));
  }

  @Test
  void theFirstPushMayBringMerges() {
    ObjectId merge = forge.graph.commit(forge.graph.commit(first), forge.graph.commit(first));
    assertThat(forge.push(KEEPER, MAIN, merge)).isEqualTo("ok");
  }

  @Test
  void aNewBranchOfALinearOneMayHaveTheMergesOfTheDefaultBranch() {
    ObjectId merge = forge.graph.commit(forge.graph.commit(first), forge.graph.commit(first));
    assertThat(forge.push(KEEPER, MAIN, merge)).isEqualTo("ok");
    forge.unprotect("all");
    forge.protect(
        "linear",
        "'branches': ['release/*'], 'requirePullRequest': false, 'requireLinearHistory': true");
    assertThat(forge.push(DEVELOPER, "refs/heads/release/1", forge.graph.commit(merge)))
        .isEqualTo("ok");
    ObjectId another = forge.graph.commit(merge, forge.graph.commit(first));
    assertThat(forge.push(DEVELOPER, "refs/heads/release/2", another)).contains("is a merge");
  }

  @Test
  void nothingIsPushedWhileTheRulesCannotBeRead() {
    forge.unprotect("all");
    assertThat(forge.push(DEVELOPER, MAIN, first)).isEqualTo("ok");
    ObjectId next = forge.graph.commit(first);
    forge.graph.whenReceived(() -> forge.storage.setUnavailable(true));
    assertThatThrownBy(() -> forge.push(ROOT, MAIN, next))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("the store cannot be reached");
    forge.storage.setUnavailable(false);
    assertThat(forge.at(MAIN)).contains(first);
  }
}
