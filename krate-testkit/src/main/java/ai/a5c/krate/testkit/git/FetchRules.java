package ai.a5c.krate.testkit.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.git.GitService;
import ai.a5c.krate.spi.git.UnknownRepositoryException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** G1: repositories and what is fetched from them. */
public interface FetchRules {
  GitBench bench();

  /** A second backend of the same kind, with nothing in it. */
  GitBench another() throws Exception;

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  @DisplayName("G1.1 a clone has the branches and tags of the server, in protocol 0 and 2")
  default void g1_1(int version) {
    Git local = published();
    Git clone = bench().cloned("-c", "protocol.version=" + version);
    assertThat(clone.run("rev-parse", "HEAD")).isEqualTo(local.run("rev-parse", "main"));
    assertThat(clone.run("symbolic-ref", "HEAD")).isEqualTo("refs/heads/main");
    assertThat(clone.run("rev-parse", "v1")).isEqualTo(local.run("rev-parse", "v1"));
    clone.run("fsck", "--strict");
  }

  @Test
  @DisplayName("G1.2 a client that asks for version 2 is answered in it, any other in version 0")
  default void g1_2() {
    Git unused = published();
    var two = advertisement(bench().repository(), "version=2");
    assertThat(two).contains("version 2").contains("fetch=").doesNotContain("refs/heads/main");
    assertThat(advertisement(bench().repository(), null))
        .startsWith("001e# service=git-upload-pack\n0000")
        .contains("refs/heads/main")
        .contains("symref=HEAD:refs/heads/main");
    assertThat(advertisement(bench().repository(), "version=99:x")).contains("refs/heads/main");
  }

  private String advertisement(Uid repository, @Nullable String protocol) {
    var out = new ByteArrayOutputStream();
    try {
      bench().backend().advertise(repository, GitService.UPLOAD_PACK, protocol, GitBench.MAIN, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  @DisplayName("G1.3 a fetch brings what is new")
  default void g1_3(int version) {
    Git local = published();
    Git clone = bench().cloned();
    String next = local.commit("c.txt", "new\n");
    local.run("push", "-q", "origin", "main");
    clone.run("-c", "protocol.version=" + version, "fetch", "-q", "origin");
    assertThat(clone.run("rev-parse", "origin/main")).isEqualTo(next);
    clone.run("fsck", "--strict");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  @DisplayName("G1.4 a shallow clone has the depth it asks for, and can be deepened")
  default void g1_4(int version) {
    Git unused = published();
    Git clone = bench().cloned("-c", "protocol.version=" + version, "clone", "--depth=1");
    assertThat(clone.run("rev-list", "--count", "HEAD")).isEqualTo("1");
    clone.run("-c", "protocol.version=" + version, "fetch", "-q", "--depth=2");
    assertThat(clone.run("rev-list", "--count", "HEAD")).isEqualTo("2");
    clone.run("-c", "protocol.version=" + version, "fetch", "-q", "--unshallow");
    assertThat(clone.run("rev-list", "--count", "HEAD")).isEqualTo("3");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  @DisplayName("G1.5 a partial clone leaves blobs out and fetches them when they are read")
  default void g1_5(int version) {
    Git unused = published();
    Git clone =
        bench()
            .cloned(
                "-c",
                "protocol.version=" + version,
                "clone",
                "--filter=blob:none",
                "--no-checkout");
    assertThat(clone.run("rev-list", "--objects", "--missing=print", "HEAD").lines())
        .filteredOn(line -> line.startsWith("?"))
        .hasSize(3);
    clone.run("-c", "protocol.version=" + version, "checkout", "-q", "main");
    assertThat(clone.folder().resolve("dir/b.txt")).hasContent("two\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  @DisplayName("G1.6 pull request refs can be fetched")
  default void g1_6(int version) {
    Git local = published();
    String head = local.run("rev-parse", "main~1");
    bench().move("refs/pull/7/head", head);
    Git clone = bench().cloned();
    clone.run("-c", "protocol.version=" + version, "fetch", "-q", "origin", "refs/pull/7/head");
    assertThat(clone.run("rev-parse", "FETCH_HEAD")).isEqualTo(head);
    assertThat(clone.run("ls-remote", "origin")).contains("refs/pull/7/head");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  @DisplayName(
      "G1.7 a commit that a branch reaches can be fetched by id, one that no ref reaches cannot")
  default void g1_7(int version) {
    Git local = published();
    String reachable = local.run("rev-parse", "main~2");
    String gone = local.commit("gone.txt", "gone\n");
    local.run("push", "-q", "origin", "main:topic");
    local.run("push", "-q", "origin", ":topic");
    String protocol = "protocol.version=" + version;
    Git other = bench().local();
    other.run("-c", protocol, "fetch", "-q", "--depth=1", "origin", reachable);
    assertThat(other.run("rev-parse", "FETCH_HEAD")).isEqualTo(reachable);
    var refused = other.attempt("-c", protocol, "fetch", "origin", gone).expectFailure();
    assertThat(refused.err()).contains(gone);
  }

  @Test
  @DisplayName("G1.8 an empty repository can be cloned and then pushed to")
  default void g1_8() throws Exception {
    try (GitBench empty = another()) {
      Git clone = empty.cloned();
      String first = clone.commit("a", "a");
      clone.run("push", "-q", "origin", "HEAD:main");
      assertThat(empty.refs()).containsEntry("refs/heads/main", first);
    }
  }

  @Test
  @DisplayName("G1.9 a repository that was never created is unknown")
  default void g1_9() {
    var stranger = new Uid(new UUID(1, 2));
    assertThatThrownBy(() -> advertisement(stranger, null))
        .isInstanceOf(UnknownRepositoryException.class);
  }

  @Test
  @DisplayName("G1.10 creating and deleting again does nothing, and another repository stays")
  default void g1_10() {
    Git local = published();
    var other = new Uid(new UUID(3, 4));
    bench().backend().create(other);
    bench().backend().create(other);
    bench().backend().create(bench().repository());
    assertThat(local.run("ls-remote", bench().server().url(other))).isEmpty();
    assertThat(local.run("ls-remote", "origin")).contains("refs/heads/main");

    bench().backend().delete(other);
    bench().backend().delete(other);
    assertThatThrownBy(() -> advertisement(other, "version=2"))
        .isInstanceOf(UnknownRepositoryException.class);
    assertThat(bench().files()).noneMatch(name -> name.contains(other.toString()));
    assertThat(bench().cloned().run("rev-parse", "HEAD")).isEqualTo(local.run("rev-parse", "main"));
  }

  @Test
  @DisplayName("G1.11 an export is a plain repository with all refs, which native git finds sound")
  default void g1_11() {
    Git local = published();
    bench().move("refs/pull/7/head", local.run("rev-parse", "main~1"));
    Git export = bench().soundExport();
    assertThat(export.run("rev-parse", "--is-bare-repository")).isEqualTo("true");
    assertThat(export.run("symbolic-ref", "HEAD")).isEqualTo("refs/heads/main");
    assertThat(export.run("rev-parse", "v1", "refs/pull/7/head"))
        .isEqualTo(local.run("rev-parse", "v1", "main~1"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  @DisplayName(
      "G1.12 ancestors are fetched by id and known as such whatever the dates of commits say")
  default void g1_12(int version) {
    Git local = bench().local();
    String root = local.commit("a.txt", "root\n");
    String wanted = dated(local, 1_800_000_000, root);
    String tip = wanted;
    for (int i = 0; i < 20; i++) {
      tip = dated(local, 1_600_000_000 + i, tip);
    }
    local.run("push", "-q", "origin", tip + ":refs/heads/main");
    Git other = bench().local();
    other.run("-c", "protocol.version=" + version, "fetch", "-q", "origin", wanted);
    assertThat(other.run("rev-list", "--count", "FETCH_HEAD")).isEqualTo("2");
    var newer = ObjectId.of(tip);
    var older = ObjectId.of(wanted);
    assertThat(bench().backend().contains(bench().repository(), newer, older)).isTrue();
    assertThat(bench().backend().contains(bench().repository(), older, newer)).isFalse();
    assertThat(bench().backend().mergeBase(bench().repository(), newer, older)).contains(older);
  }

  /** Stores a commit with the content of its parent; gives its id. */
  private static String dated(Git local, long second, String parent) {
    String person = "Ada <ada@example.org> " + second + " +0000";
    String tree = local.run("rev-parse", parent + "^{tree}");
    return local.hash(
        "commit",
        """
        tree %s
        parent %s
        author %s
        committer %s

        dated
        """
            .formatted(tree, parent, person, person)
            .getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  @DisplayName("G1.13 a partial clone fetches blobs of old commits, and none that no ref reaches")
  default void g1_13(int version) {
    Git local = published();
    local.commit("a.txt", "four\n");
    local.commit("dir/b.txt", "five\n");
    local.run("push", "-q", "origin", "main");
    local.commit("gone.txt", "gone\n");
    local.run("push", "-q", "origin", "main:topic");
    local.run("push", "-q", "origin", ":topic");
    String gone = local.run("rev-parse", "main:gone.txt");
    String protocol = "protocol.version=" + version;
    Git clone = bench().cloned("-c", protocol, "clone", "--filter=blob:none", "--no-checkout");
    clone.run("-c", protocol, "checkout", "-q", "origin/main~2");
    assertThat(clone.folder().resolve("a.txt")).hasContent("three\n");
    var refused = clone.attempt("-c", protocol, "fetch", "origin", gone).expectFailure();
    assertThat(refused.err()).contains(gone);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  @DisplayName("G1.14 a submodule that names a commit does not make it reachable")
  default void g1_14(int version) {
    Git local = published();
    String gone = local.commit("gone.txt", "gone\n");
    local.run("push", "-q", "origin", "main:topic");
    local.run("push", "-q", "origin", ":topic");
    local.run("reset", "-q", "--hard", "HEAD~1");
    local.run("update-index", "--add", "--cacheinfo", "160000," + gone + ",module");
    local.run("commit", "-q", "-m", "a submodule");
    local.run("push", "-q", "origin", "main");
    String blob = local.run("rev-parse", "main~2:a.txt");
    String protocol = "protocol.version=" + version;
    local.run("-c", protocol, "fetch", "-q", "--refetch", "origin", blob);
    var refused =
        local.attempt("-c", protocol, "fetch", "--refetch", "origin", blob, gone).expectFailure();
    assertThat(refused.err()).contains(gone);
  }

  /** A local repository with three commits and a tag, all of them pushed. */
  private Git published() {
    Git local = bench().local();
    local.commit("a.txt", "one\n");
    local.commit("dir/b.txt", "two\n");
    local.run("tag", "-a", "-m", "first", "v1");
    local.commit("a.txt", "three\n");
    local.run("push", "-q", "origin", "main", "v1");
    return local;
  }
}
