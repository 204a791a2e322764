package ai.a5c.krate.git;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.git.RefUpdate;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PushTest {
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
    assertThat(world.http.faults).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  @DisplayName("G2.1 a push creates, moves and deletes refs")
  void aPushMovesRefs(int version) {
    String protocol = "protocol.version=" + version;
    String one = local.commit("a", "1");
    local.run("-c", protocol, "push", "-q", "origin", "main", "main:topic");
    assertThat(world.refs()).isEqualTo(Map.of("refs/heads/main", one, "refs/heads/topic", one));
    String two = local.commit("a", "2");
    local.run("tag", "-a", "-m", "t", "v1");
    local.run("-c", protocol, "push", "-q", "origin", "main", "v1", ":topic");
    assertThat(world.refs())
        .isEqualTo(Map.of("refs/heads/main", two, "refs/tags/v1", local.run("rev-parse", "v1")));
  }

  @Test
  @DisplayName(
      "G2.2 the gate sees each update with what the client believes, and whether commits are lost")
  void theGateSeesUpdates() {
    String one = local.commit("a", "1");
    local.run("push", "-q", "origin", "main");
    String two = local.commit("a", "2");
    local.run("push", "-q", "origin", "main");
    local.run("reset", "-q", "--hard", one);
    String three = local.commit("a", "3");
    local.run("push", "-q", "-f", "origin", "main");
    local.run("push", "-q", "origin", ":main");
    assertThat(world.gate.seen)
        .containsExactly(
            new RefUpdate(GitWorld.MAIN, null, ObjectId.of(one), false),
            new RefUpdate(GitWorld.MAIN, ObjectId.of(one), ObjectId.of(two), false),
            new RefUpdate(GitWorld.MAIN, ObjectId.of(two), ObjectId.of(three), true),
            new RefUpdate(GitWorld.MAIN, ObjectId.of(three), null, false));
    assertThat(world.refs()).isEmpty();
  }

  @Test
  @DisplayName("G2.3 a ref that the gate objects to stays, with its reason on the client's screen")
  void anObjectionKeepsTheRef() {
    String one = local.commit("a", "1");
    world.gate.object("refs/heads/main", "main is protected\nby policy");
    var result = local.attempt("push", "origin", "main", "main:topic").expectFailure();
    assertThat(result.err()).contains("(main is protected by policy)").contains("new branch");
    assertThat(world.refs()).isEqualTo(Map.of("refs/heads/topic", one));
  }

  @Test
  @DisplayName("G2.4 an atomic push with one objection moves nothing")
  void anAtomicPushMovesAllOrNone() {
    local.commit("a", "1");
    List<String> before = world.files();
    world.gate.object("refs/heads/main", "main is protected");
    var result = local.attempt("push", "--atomic", "origin", "main", "main:topic").expectFailure();
    assertThat(result.err()).contains("main is protected").contains("atomic push");
    assertThat(world.refs()).isEmpty();
    assertThat(world.files()).isEqualTo(before);
    world.gate.relent();
    local.run("push", "-q", "--atomic", "origin", "main", "main:topic");
    assertThat(world.refs()).hasSize(2);
  }

  @Test
  @DisplayName("G2.5 a refused push leaves the folder as it was, and its objects cannot be fetched")
  void aRefusedPushLeavesNothing() {
    local.commit("a", "1");
    local.run("push", "-q", "origin", "main");
    List<String> before = world.files();
    String secret = local.commit("secret", "secret");
    world.gate.object("refs/heads/main", "no");
    local.attempt("push", "origin", "main").expectFailure();
    assertThat(world.files()).isEqualTo(before);
    Git other = world.local();
    for (String version : List.of("0", "2")) {
      for (String id :
          List.of(
              secret,
              local.run("rev-parse", "main^{tree}"),
              local.run("rev-parse", "main:secret"))) {
        other.attempt("-c", "protocol.version=" + version, "fetch", "origin", id).expectFailure();
      }
    }
  }

  @Test
  @DisplayName("G2.6 a client with a stale view is told to fetch first")
  void aStaleClientIsToldToFetch() {
    local.commit("a", "1");
    local.run("push", "-q", "origin", "main");
    Git other = world.cloned();
    other.commit("b", "1");
    other.run("push", "-q", "origin", "main");
    local.commit("c", "1");
    assertThat(local.attempt("push", "origin", "main").expectFailure().err())
        .contains("fetch first");
    world.http.use(
        pushed -> {
          String later = local.run("rev-parse", "main~1");
          world.move("refs/heads/raced", later);
          return world.gate.admit(pushed);
        });
    assertThat(local.attempt("push", "origin", "main:raced").expectFailure().err())
        .contains("fetch first: the ref has moved");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "refs/pull/1/head",
        "refs/changes/1",
        "refs/heads/-x",
        "refs/heads/HEAD",
        "refs/krate/x"
      })
  @DisplayName("G2.7 only branches, tags and notes can be written")
  void otherRefsAreRefused(String ref) {
    String one = local.commit("a", "1");
    var result = local.attempt("push", "origin", "main:" + ref, "main").expectFailure();
    assertThat(result.err()).containsPattern("remote rejected\\] main -> .*\\(.+\\)");
    assertThat(world.refs()).isEqualTo(Map.of("refs/heads/main", one));
  }

  @Test
  @DisplayName(
      "G2.8 pull request refs are not advertised for pushing, so mirroring leaves them alone")
  void pullRefsAreNotAdvertisedForPushing() {
    String one = local.commit("a", "1");
    local.run("push", "-q", "origin", "main");
    world.move("refs/pull/1/head", one);
    local.run("update-ref", "-d", "refs/remotes/origin/main");
    local.run("push", "-q", "--mirror", "origin");
    assertThat(world.refs()).containsEntry("refs/pull/1/head", one);
    assertThat(local.attempt("push", "origin", ":refs/pull/1/head").expectFailure().err())
        .contains("refs/pull/1/head");
    assertThat(local.attempt("push", "origin", "main:refs/pull/1/head").expectFailure().err())
        .contains("pull request refs are read-only");
  }

  @Test
  @DisplayName("G2.9 notes can be pushed")
  void notesCanBePushed() {
    local.commit("a", "1");
    local.run("notes", "add", "-m", "well done");
    local.run("push", "-q", "origin", "main", "refs/notes/commits");
    assertThat(world.refs()).containsKey("refs/notes/commits");
  }

  @Test
  @DisplayName("G2.10 push options reach the gate in order")
  void pushOptionsReachTheGate() {
    local.commit("a", "1");
    local.run("push", "-q", "-o", "ci.skip", "-o", "topic=a;b", "origin", "main");
    assertThat(world.gate.options).containsExactly("ci.skip", "topic=a;b");
  }

  @Test
  @DisplayName("G2.11 a branch cannot be where another's folder would be")
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
  @DisplayName("G2.12 a push without new objects moves refs, to old commits too")
  void aPushWithoutObjects() {
    String one = local.commit("a", "1");
    local.commit("a", "2");
    local.run("push", "-q", "origin", "main");
    List<String> before = world.files();
    local.run("push", "-q", "origin", one + ":refs/heads/old");
    assertThat(world.refs()).containsEntry("refs/heads/old", one);
    assertThat(world.files()).isEqualTo(before);
  }

  @Test
  @DisplayName("G2.13 only tags may point to other things than commits")
  void branchesAreCommits() {
    local.commit("a", "1");
    String blob = local.run("rev-parse", "main:a");
    local.run("push", "-q", "origin", "main");
    local.run("tag", "data", blob);
    local.run("push", "-q", "origin", "data");
    assertThat(world.refs()).containsEntry("refs/tags/data", blob);
    String zero = "0".repeat(40);
    var report = RawPush.to(world).command(zero, blob, "refs/heads/data").emptyPack().send();
    assertThat(report).contains("ng refs/heads/data only a tag may point to");
  }

  @Test
  @DisplayName(
      "G2.14 a ref that does not exist cannot be deleted, nor one that is named twice moved")
  void oddCommandsAreRefused() {
    String one = local.commit("a", "1");
    local.run("push", "-q", "origin", "main");
    String zero = "0".repeat(40);
    assertThat(RawPush.to(world).command(one, zero, "refs/heads/none").send())
        .contains("ng refs/heads/none the ref does not exist");
    assertThat(
            RawPush.to(world)
                .command(one, zero, "refs/heads/main")
                .command(one, zero, "refs/heads/main")
                .send())
        .contains("ng refs/heads/main the push names this ref twice");
    assertThat(RawPush.to(world).command(zero, zero, "refs/heads/main").send())
        .contains("ok refs/heads/main");
    assertThat(world.refs()).isEmpty();
  }

  @Test
  @DisplayName("G2.15 a packet after the commands of a deletion refuses it")
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
  @DisplayName("G2.16 a push certificate is refused")
  void certificatesAreRefused() {
    String one = local.commit("a", "1");
    local.run("push", "-q", "origin", "main");
    assertThat(RawPush.to(world).certified(one, "0".repeat(40), "refs/heads/main").send())
        .contains("ng refs/heads/main signed pushes are not supported");
    assertThat(world.refs()).hasSize(1);
  }

  @Test
  @DisplayName(
      "G2.17 a repository that is deleted is gone, and one made again under another uid is empty")
  void aDeletedRepositoryIsGone() {
    local.commit("a", "1");
    local.run("push", "-q", "origin", "main");
    var other = new Uid(new UUID(3, 4));
    List<String> before = world.files();
    world.backend.create(other);
    world.backend.create(other);
    assertThat(world.files()).hasSizeGreaterThan(before.size());
    world.backend.delete(other);
    world.backend.delete(other);
    assertThat(world.files()).filteredOn(name -> name.contains(other.toString())).isEmpty();
  }

  @Test
  @DisplayName("G2.18 a thin pack is completed, so that what is stored stands alone")
  void thinPacksAreCompleted() {
    var text = new StringBuilder();
    new Random(1).ints(20_000).forEach(n -> text.append(n).append('\n'));
    local.commit("large", text.toString());
    local.run("push", "-q", "origin", "main");
    String tip = local.commit("large", text.insert(100_000, "changed").toString());
    local.run("push", "-q", "origin", "main");
    assertThat(world.cloned().run("rev-parse", "HEAD")).isEqualTo(tip);
  }

  @Test
  @DisplayName("G2.19 a push beyond a bound is refused with the bound")
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
}
