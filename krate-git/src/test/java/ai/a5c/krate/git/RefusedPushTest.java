package ai.a5c.krate.git;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.spi.git.MergeAttempt;
import ai.a5c.krate.spi.git.MergeRequest;
import ai.a5c.krate.spi.git.PreparedMerge;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.testkit.git.Git;
import ai.a5c.krate.testkit.git.RawPush;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefusedPushTest {
  @TempDir Path folder;
  private GitWorld world;
  private Git local;

  @BeforeEach
  void open() {
    world = new GitWorld(folder);
    local = world.local();
  }

  @AfterEach
  void close() {
    world.soundExport();
    world.close();
    assertThat(world.server().faults()).isEmpty();
  }

  @Test
  @DisplayName("J1.1 a ref in the way of another is named as such")
  void namesCannotNest() {
    local.commit("a", "1");
    local.run("push", "-q", "origin", "main:x/y");
    assertThat(local.attempt("push", "origin", "main:x").expectFailure().err())
        .contains("in the way");
    assertThat(local.attempt("push", "origin", "main:x/y/z").expectFailure().err())
        .contains("in the way");
    assertThat(local.attempt("push", "origin", "main:p", "main:p/q").expectFailure().err())
        .contains("in the way");
  }

  @Test
  @DisplayName("J1.2 a packet after the commands of a deletion refuses it")
  void garbageAfterADeletion() {
    String one = local.commit("a", "1");
    local.run("push", "-q", "origin", "main");
    assertThat(
            RawPush.to(world)
                .command(one, "0".repeat(40), "refs/heads/main")
                .bytes("garbage".getBytes(StandardCharsets.UTF_8))
                .send())
        .contains("ng refs/heads/main unexpected data");
    assertThat(world.refs()).hasSize(1);
  }

  @Test
  @DisplayName("J1.3 a push certificate is refused")
  void certificatesAreRefused() {
    String one = local.commit("a", "1");
    local.run("push", "-q", "origin", "main");
    assertThat(RawPush.to(world).certified(one, "0".repeat(40), "refs/heads/main").send())
        .contains("ng refs/heads/main signed pushes are not supported");
    assertThat(world.refs()).hasSize(1);
  }

  @Test
  @DisplayName("J1.4 a push beyond a bound is refused with the bound")
  void boundsAreKept() {
    var settings =
        GitSettings.defaults().withPushLimits(100_000, 50_000, 70_000).withRefLimits(3, 2);
    try (var small = new GitWorld(folder.resolve("small"), settings)) {
      local.commit("a", "1");
      var many = local.attempt("push", small.url(), "main:a", "main:b", "main:c", "main:d");
      assertThat(many.expectFailure().err()).contains("more than 3 refs");
      local.run("push", "-q", small.url(), "main:a", "main:b", "main:c");
      local.run("push", "-q", small.url(), "main:d", "main:e");
      assertThat(local.run("ls-remote", "--heads", small.url()).lines()).hasSize(5);
      assertThat(small.soundExport().run("for-each-ref").lines()).hasSize(5);
      local.commit("large", "x".repeat(60_000));
      assertThat(local.attempt("push", small.url(), "main:x").expectFailure().err())
          .contains("unpack");
      local.run("reset", "-q", "--hard", "HEAD~1");
      local.commit("f1", "x".repeat(40_000));
      local.commit("f2", "y".repeat(40_000));
      assertThat(local.attempt("push", small.url(), "main:x").expectFailure().err())
          .contains("inflate to more than the limit");
      assertThat(small.refs()).doesNotContainKey("refs/heads/x");
    }
  }

  @Test
  @DisplayName("J1.5 when the gate fails the client is told, and whether to look what became of it")
  void aFailingGateIsTold() {
    local.commit("a", "1");
    world
        .server()
        .use(
            pushed -> {
              throw new IllegalStateException("the gate fails");
            });
    assertThat(local.attempt("push", "origin", "main").expectFailure().err())
        .contains("the server failed")
        .doesNotContain("the gate fails");
    assertThat(world.server().faults()).hasSize(1);
    world
        .server()
        .use(
            pushed -> {
              throw new OutcomeUnknownException("lost", new IOException("lost"));
            });
    assertThat(local.attempt("push", "origin", "main").expectFailure().err())
        .contains("fetch to see whether the push took effect");
    world.server().forgive();
  }

  @Test
  @DisplayName("J1.6 packs whose refs are committed are no longer held")
  void committedPacksAreNotHeld() {
    String one = local.commit("a", "1");
    local.run("push", "-q", "origin", "main");
    String two = local.commit("a", "2");
    local.run("push", "-q", "origin", "main:topic");
    var request =
        new MergeRequest(
            ObjectId.of(one), ObjectId.of(two), "m", "Ada", "ada@example.org", Instant.EPOCH);
    var attempt = world.backend().merge(world.repository(), request);
    try (PreparedMerge merge = ((MergeAttempt.Merged) attempt).merge()) {
      merge.publish();
      assertThat(world.files()).anyMatch(name -> name.endsWith(".keep"));
      merge.keep();
      world.move("refs/heads/main", merge.commit().hex());
    }
    assertThat(world.files()).noneMatch(name -> name.endsWith(".keep"));
  }

  @Test
  @DisplayName("J1.7 who pushes to a pull request's ref is told that it is read-only")
  void pullRefsAreReadOnly() {
    String one = local.commit("a", "1");
    local.run("push", "-q", "origin", "main");
    world.move("refs/pull/1/head", one);
    local.commit("a", "2");
    assertThat(local.attempt("push", "origin", "main:refs/pull/1/head").expectFailure().err())
        .contains("pull request refs are read-only");
  }
}
