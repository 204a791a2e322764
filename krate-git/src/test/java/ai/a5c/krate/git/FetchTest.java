package ai.a5c.krate.git;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.git.GitService;
import ai.a5c.krate.spi.git.UnknownRepositoryException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FetchTest {
  @TempDir Path folder;
  private GitWorld world;
  private Git local;

  @BeforeEach
  void publishHistory() {
    world = new GitWorld(folder);
    local = world.local();
    local.commit("a.txt", "one\n");
    local.commit("dir/b.txt", "two\n");
    local.run("tag", "-a", "-m", "first", "v1");
    local.commit("a.txt", "three\n");
    local.run("push", "-q", "origin", "main", "v1");
  }

  @AfterEach
  void close() {
    world.close();
    assertThat(world.http.faults).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  @DisplayName("G1.1 a clone has the branches and tags of the server, in protocol 0 and 2")
  void aCloneIsComplete(int version) {
    Git clone = world.cloned("-c", "protocol.version=" + version);
    assertThat(clone.run("rev-parse", "HEAD")).isEqualTo(local.run("rev-parse", "main"));
    assertThat(clone.run("symbolic-ref", "HEAD")).isEqualTo("refs/heads/main");
    assertThat(clone.run("rev-parse", "v1")).isEqualTo(local.run("rev-parse", "v1"));
    clone.run("fsck", "--strict");
  }

  @Test
  @DisplayName("G1.2 a client that asks for version 2 is answered in it, any other in version 0")
  void theVersionIsTheClients() {
    var two = advertisement("version=2");
    assertThat(two).contains("version 2").contains("fetch=").doesNotContain("refs/heads/main");
    assertThat(advertisement(null))
        .startsWith("001e# service=git-upload-pack\n0000")
        .contains("refs/heads/main")
        .contains("symref=HEAD:refs/heads/main");
    assertThat(advertisement("version=99:x")).contains("refs/heads/main");
  }

  private String advertisement(@Nullable String protocol) {
    var out = new ByteArrayOutputStream();
    try {
      world.backend.advertise(
          world.repository, GitService.UPLOAD_PACK, protocol, GitWorld.MAIN, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  @DisplayName("G1.3 a fetch brings what is new")
  void aFetchBringsWhatIsNew(int version) {
    Git clone = world.cloned();
    String next = local.commit("c.txt", "new\n");
    local.run("push", "-q", "origin", "main");
    clone.run("-c", "protocol.version=" + version, "fetch", "-q", "origin");
    assertThat(clone.run("rev-parse", "origin/main")).isEqualTo(next);
    clone.run("fsck", "--strict");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  @DisplayName("G1.4 a shallow clone has the depth it asks for, and can be deepened")
  void aShallowCloneCanBeDeepened(int version) {
    Git clone = world.cloned("-c", "protocol.version=" + version, "clone", "--depth=1");
    assertThat(clone.run("rev-list", "--count", "HEAD")).isEqualTo("1");
    clone.run("-c", "protocol.version=" + version, "fetch", "-q", "--depth=2");
    assertThat(clone.run("rev-list", "--count", "HEAD")).isEqualTo("2");
    clone.run("-c", "protocol.version=" + version, "fetch", "-q", "--unshallow");
    assertThat(clone.run("rev-list", "--count", "HEAD")).isEqualTo("3");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  @DisplayName("G1.5 a partial clone leaves blobs out and fetches them when they are read")
  void aPartialCloneFetchesBlobsLater(int version) {
    Git clone =
        world.cloned(
            "-c", "protocol.version=" + version, "clone", "--filter=blob:none", "--no-checkout");
    assertThat(clone.run("rev-list", "--objects", "--missing=print", "HEAD").lines())
        .filteredOn(line -> line.startsWith("?"))
        .hasSize(3);
    clone.run("-c", "protocol.version=" + version, "checkout", "-q", "main");
    assertThat(clone.folder().resolve("dir/b.txt")).hasContent("two\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  @DisplayName("G1.6 pull request refs can be fetched")
  void pullRefsCanBeFetched(int version) {
    String head = local.run("rev-parse", "main~1");
    world.move("refs/pull/7/head", head);
    Git clone = world.cloned();
    clone.run("-c", "protocol.version=" + version, "fetch", "-q", "origin", "refs/pull/7/head");
    assertThat(clone.run("rev-parse", "FETCH_HEAD")).isEqualTo(head);
    assertThat(clone.run("ls-remote", "origin")).contains("refs/pull/7/head");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  @DisplayName(
      "G1.7 a commit that a branch reaches can be fetched by id, one that no ref reaches cannot")
  void onlyReachableCommitsCanBeFetchedById(int version) {
    String reachable = local.run("rev-parse", "main~2");
    String gone = local.commit("gone.txt", "gone\n");
    local.run("push", "-q", "origin", "main:topic");
    local.run("push", "-q", "origin", ":topic");
    String protocol = "protocol.version=" + version;
    Git other = world.local();
    other.run("-c", protocol, "fetch", "-q", "--depth=1", "origin", reachable);
    assertThat(other.run("rev-parse", "FETCH_HEAD")).isEqualTo(reachable);
    var refused = other.attempt("-c", protocol, "fetch", "origin", gone).expectFailure();
    assertThat(refused.err()).contains(gone).contains("not valid");
  }

  @Test
  @DisplayName("G1.8 an empty repository can be cloned and then pushed to")
  void anEmptyRepositoryCanBeCloned() {
    try (var empty = new GitWorld(folder.resolve("empty"))) {
      Git clone = empty.cloned();
      String first = clone.commit("a", "a");
      clone.run("push", "-q", "origin", "HEAD:main");
      assertThat(empty.refs()).containsEntry("refs/heads/main", first);
    }
  }

  @Test
  @DisplayName("G1.9 a repository that was never created is unknown")
  void anUnknownRepositoryIsUnknown() {
    var stranger = new Uid(new UUID(1, 2));
    Assertions.assertThatThrownBy(
            () ->
                world.backend.advertise(
                    stranger,
                    GitService.UPLOAD_PACK,
                    null,
                    GitWorld.MAIN,
                    new ByteArrayOutputStream()))
        .isInstanceOf(UnknownRepositoryException.class);
  }
}
