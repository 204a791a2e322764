package ai.a5c.krate.testkit.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.spi.git.RefUpdate;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** G2: pushes and what becomes of them. */
public interface PushRules {
  GitBench bench();

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  @DisplayName("G2.1 a push creates, moves and deletes refs")
  default void g2_1(int version) {
    Git local = bench().local();
    String protocol = "protocol.version=" + version;
    String one = local.commit("a", "1");
    local.run("-c", protocol, "push", "-q", "origin", "main", "main:topic");
    assertThat(bench().refs()).isEqualTo(Map.of("refs/heads/main", one, "refs/heads/topic", one));
    String two = local.commit("a", "2");
    local.run("tag", "-a", "-m", "t", "v1");
    local.run("-c", protocol, "push", "-q", "origin", "main", "v1", ":topic");
    assertThat(bench().refs())
        .isEqualTo(Map.of("refs/heads/main", two, "refs/tags/v1", local.run("rev-parse", "v1")));
  }

  @Test
  @DisplayName(
      "G2.2 the gate sees each update with what the client believes, and whether commits are lost")
  default void g2_2() {
    Git local = bench().local();
    String one = local.commit("a", "1");
    local.run("push", "-q", "origin", "main");
    String two = local.commit("a", "2");
    local.run("push", "-q", "origin", "main");
    local.run("reset", "-q", "--hard", one);
    String three = local.commit("a", "3");
    local.run("push", "-q", "-f", "origin", "main");
    local.run("push", "-q", "origin", ":main");
    assertThat(bench().gate().seen())
        .containsExactly(
            new RefUpdate(GitBench.MAIN, null, ObjectId.of(one), false),
            new RefUpdate(GitBench.MAIN, ObjectId.of(one), ObjectId.of(two), false),
            new RefUpdate(GitBench.MAIN, ObjectId.of(two), ObjectId.of(three), true),
            new RefUpdate(GitBench.MAIN, ObjectId.of(three), null, false));
    assertThat(bench().refs()).isEmpty();
  }

  @Test
  @DisplayName("G2.3 a ref that the gate objects to stays, with its reason on the client's screen")
  default void g2_3() {
    Git local = bench().local();
    String one = local.commit("a", "1");
    bench().gate().object("refs/heads/main", "main is protected\nby policy");
    var result = local.attempt("push", "origin", "main", "main:topic").expectFailure();
    assertThat(result.err()).contains("(main is protected by policy)").contains("new branch");
    assertThat(bench().refs()).isEqualTo(Map.of("refs/heads/topic", one));
  }

  @Test
  @DisplayName("G2.4 an atomic push with one objection moves nothing")
  default void g2_4() {
    Git local = bench().local();
    local.commit("a", "1");
    List<String> before = bench().files();
    bench().gate().object("refs/heads/main", "main is protected");
    var result = local.attempt("push", "--atomic", "origin", "main", "main:topic").expectFailure();
    assertThat(result.err()).contains("main is protected").contains("atomic push");
    assertThat(bench().refs()).isEmpty();
    assertThat(bench().files()).isEqualTo(before);
    bench().gate().relent();
    local.run("push", "-q", "--atomic", "origin", "main", "main:topic");
    assertThat(bench().refs()).hasSize(2);
  }

  @Test
  @DisplayName("G2.5 a refused push leaves nothing behind, and its objects cannot be fetched")
  default void g2_5() {
    Git local = bench().local();
    local.commit("a", "1");
    local.run("push", "-q", "origin", "main");
    List<String> before = bench().files();
    String secret = local.commit("secret", "secret");
    bench().gate().object("refs/heads/main", "no");
    local.attempt("push", "origin", "main").expectFailure();
    assertThat(bench().files()).isEqualTo(before);
    Git other = bench().local();
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
  default void g2_6() {
    Git local = bench().local();
    local.commit("a", "1");
    local.run("push", "-q", "origin", "main");
    Git other = bench().cloned();
    other.commit("b", "1");
    other.run("push", "-q", "origin", "main");
    local.commit("c", "1");
    assertThat(local.attempt("push", "origin", "main").expectFailure().err())
        .contains("fetch first");
    bench()
        .server()
        .use(
            pushed -> {
              String later = local.run("rev-parse", "main~1");
              bench().move("refs/heads/raced", later);
              return bench().gate().admit(pushed);
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
  default void g2_7(String ref) {
    Git local = bench().local();
    String one = local.commit("a", "1");
    var result = local.attempt("push", "origin", "main:" + ref, "main").expectFailure();
    assertThat(result.err()).containsPattern("remote rejected\\] main -> .*\\(.+\\)");
    assertThat(bench().refs()).isEqualTo(Map.of("refs/heads/main", one));
  }

  @Test
  @DisplayName(
      "G2.8 pull request refs are not advertised for pushing, so mirroring leaves them alone")
  default void g2_8() {
    Git local = bench().local();
    String one = local.commit("a", "1");
    local.run("push", "-q", "origin", "main");
    bench().move("refs/pull/1/head", one);
    local.run("update-ref", "-d", "refs/remotes/origin/main");
    local.run("push", "-q", "--mirror", "origin");
    assertThat(bench().refs()).containsEntry("refs/pull/1/head", one);
    assertThat(local.attempt("push", "origin", ":refs/pull/1/head").expectFailure().err())
        .contains("refs/pull/1/head");
    String two = local.commit("a", "2");
    assertThat(local.attempt("push", "origin", two + ":refs/pull/1/head").expectFailure().err())
        .contains("remote rejected")
        .doesNotContain("fetch first");
    assertThat(bench().refs()).containsEntry("refs/pull/1/head", one);
  }

  @Test
  @DisplayName("G2.9 notes can be pushed")
  default void g2_9() {
    Git local = bench().local();
    local.commit("a", "1");
    local.run("notes", "add", "-m", "well done");
    local.run("push", "-q", "origin", "main", "refs/notes/commits");
    assertThat(bench().refs()).containsKey("refs/notes/commits");
  }

  @Test
  @DisplayName("G2.10 push options reach the gate in order")
  default void g2_10() {
    Git local = bench().local();
    local.commit("a", "1");
    local.run("push", "-q", "-o", "ci.skip", "-o", "topic=a;b", "origin", "main");
    assertThat(bench().gate().options()).containsExactly("ci.skip", "topic=a;b");
  }

  @Test
  @DisplayName("G2.11 a branch cannot be where another's folder would be")
  default void g2_11() {
    Git local = bench().local();
    local.commit("a", "1");
    local.run("push", "-q", "origin", "main:x/y");
    assertThat(local.attempt("push", "origin", "main:x").exit()).isNotZero();
    assertThat(local.attempt("push", "origin", "main:x/y/z").exit()).isNotZero();
    assertThat(local.attempt("push", "origin", "main:p", "main:p/q").exit()).isNotZero();
    assertThat(bench().refs()).doesNotContainKeys("refs/heads/x", "refs/heads/x/y/z");
    assertThat(bench().refs().keySet()).doesNotContainSequence("refs/heads/p", "refs/heads/p/q");
  }

  @Test
  @DisplayName("G2.12 a push without new objects moves refs, to old commits too")
  default void g2_12() {
    Git local = bench().local();
    String one = local.commit("a", "1");
    local.commit("a", "2");
    local.run("push", "-q", "origin", "main");
    List<String> before = bench().files();
    local.run("push", "-q", "origin", one + ":refs/heads/old");
    assertThat(bench().refs()).containsEntry("refs/heads/old", one);
    assertThat(bench().files()).isEqualTo(before);
  }

  @Test
  @DisplayName("G2.13 only tags may point to other things than commits")
  default void g2_13() {
    Git local = bench().local();
    local.commit("a", "1");
    String blob = local.run("rev-parse", "main:a");
    local.run("push", "-q", "origin", "main");
    local.run("tag", "data", blob);
    local.run("push", "-q", "origin", "data");
    assertThat(bench().refs()).containsEntry("refs/tags/data", blob);
    String zero = "0".repeat(40);
    var report = RawPush.to(bench()).command(zero, blob, "refs/heads/data").emptyPack().send();
    assertThat(report).contains("ng refs/heads/data ");
  }

  @Test
  @DisplayName(
      "G2.14 a ref that does not exist cannot be deleted, nor one that is named twice moved")
  default void g2_14() {
    Git local = bench().local();
    String one = local.commit("a", "1");
    local.run("push", "-q", "origin", "main");
    String zero = "0".repeat(40);
    assertThat(RawPush.to(bench()).command(one, zero, "refs/heads/none").send())
        .contains("ng refs/heads/none ");
    assertThat(
            RawPush.to(bench())
                .command(one, zero, "refs/heads/main")
                .command(one, zero, "refs/heads/main")
                .send())
        .contains("ng refs/heads/main ");
    assertThat(RawPush.to(bench()).command(zero, zero, "refs/heads/main").send())
        .contains("ok refs/heads/main");
    assertThat(bench().refs()).isEmpty();
  }

  @Test
  @DisplayName("G2.15 a thin pack is completed, so that what is stored stands alone")
  default void g2_15() {
    Git local = bench().local();
    var text = new StringBuilder();
    new Random(1).ints(20_000).forEach(n -> text.append(n).append('\n'));
    local.commit("large", text.toString());
    local.run("push", "-q", "origin", "main");
    String tip = local.commit("large", text.insert(100_000, "changed").toString());
    local.run("push", "-q", "origin", "main");
    assertThat(bench().cloned().run("rev-parse", "HEAD")).isEqualTo(tip);
  }

  @Test
  @DisplayName("G2.16 a push that lacks an object, or whose pack is broken, is refused")
  default void g2_16() {
    Git local = bench().local();
    String one = local.commit("a", "1");
    local.run("push", "-q", "origin", "main");
    List<String> before = bench().files();
    String child = local.commit("a", "2");
    byte[] commit = RawPush.entry(1, local.content("commit", child));
    byte[] tree = RawPush.entry(2, local.content("tree", child + "^{tree}"));
    byte[] blob = RawPush.entry(3, local.content("blob", child + ":a"));
    for (RawPush push :
        List.of(
            raw(child).emptyPack(),
            raw(child).pack(2, commit, tree),
            raw(child).pack(2, commit, blob),
            raw(child).pack(4, commit, tree, blob),
            raw(child).bytes("PACK".getBytes(StandardCharsets.US_ASCII)),
            raw("1".repeat(40)).pack(3, commit, tree, blob))) {
      assertThat(push.attempt()).doesNotContain("ok refs/heads/raw");
      assertThat(bench().refs()).isEqualTo(Map.of("refs/heads/main", one));
      assertThat(bench().files()).isEqualTo(before);
    }
    assertThat(raw(child).pack(3, commit, tree, blob).send()).contains("ok refs/heads/raw");
    assertThat(bench().refs()).containsEntry("refs/heads/raw", child);
  }

  @Test
  @DisplayName("G2.17 when nobody knows whether the refs moved, the objects stay")
  default void g2_17() {
    Git local = bench().local();
    String one = local.commit("a", "1");
    bench()
        .server()
        .use(
            pushed -> {
              var outcome = bench().gate().admit(pushed);
              assertThat(outcome.objections()).isEmpty();
              throw new OutcomeUnknownException("lost", new IOException("lost"));
            });
    local.attempt("push", "origin", "main").expectFailure();
    bench().server().forgive();
    assertThat(bench().refs()).containsEntry("refs/heads/main", one);
    assertThat(bench().cloned().run("rev-parse", "HEAD")).isEqualTo(one);
    bench().server().use(bench().gate());
    local.run("fetch", "-q", "origin");
    local.commit("b", "2");
    local.run("push", "-q", "origin", "main");
  }

  @Test
  @DisplayName(
      "G2.18 a request that ends too early or breaks is the connection's, and changes none")
  default void g2_18() {
    List<String> before = bench().files();
    String command = "0".repeat(40) + " " + "1".repeat(40) + " refs/heads/x\0report-status";
    String packet = String.format("%04x", command.length() + 4) + command;
    for (String body : List.of(packet, packet + "00", packet + "00aaxx")) {
      assertThatThrownBy(() -> receive(new ByteArrayInputStream(bytes(body))))
          .isInstanceOf(IOException.class);
    }
    var reset = new IOException("connection reset");
    var broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw reset;
          }

          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            throw reset;
          }
        };
    var start = new ByteArrayInputStream(bytes(packet + "0000PACK\0\0\0\2"));
    assertThatThrownBy(() -> receive(new SequenceInputStream(start, broken))).isSameAs(reset);
    assertThat(bench().refs()).isEmpty();
    assertThat(bench().files()).isEqualTo(before);
  }

  @Test
  @DisplayName("G2.19 the gate finds the merge commits that a push brings, and no others")
  default void g2_19() {
    Git local = bench().local();
    String one = local.commit("a", "1");
    local.run("checkout", "-q", "-b", "topic");
    String topic = local.commit("b", "1");
    local.run("checkout", "-q", "main");
    local.commit("c", "1");
    local.run("merge", "-q", "--no-ff", "-m", "both", "topic");
    String merge = local.run("rev-parse", "HEAD");
    String tip = local.commit("c", "2");
    var seen = new ArrayList<Optional<ObjectId>>();
    bench()
        .server()
        .use(
            pushed -> {
              ObjectId target = ObjectId.of(tip);
              for (String without : List.of(one, topic, merge, tip)) {
                seen.add(pushed.mergeCommit(target, ObjectId.of(without)));
              }
              seen.add(pushed.mergeCommit(target, null));
              return bench().gate().admit(pushed);
            });
    local.run("push", "-q", "origin", "main");
    Optional<ObjectId> found = Optional.of(ObjectId.of(merge));
    assertThat(seen).containsExactly(found, found, Optional.empty(), Optional.empty(), found);
  }

  private RawPush raw(String target) {
    return RawPush.to(bench()).command("0".repeat(40), target, "refs/heads/raw");
  }

  private void receive(InputStream in) throws IOException {
    bench()
        .backend()
        .push(bench().repository(), GitBench.MAIN, in, new ByteArrayOutputStream(), bench().gate());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
