package ai.a5c.krate.git;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.testkit.git.Git;
import ai.a5c.krate.testkit.git.RawPush;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectInserter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MalformedPushTest {
  private static final String ZERO = "0".repeat(40);
  private static final String BRANCH = "refs/heads/bad";
  private static final byte[] BLOB = bytes("content\n");

  @TempDir Path folder;
  private GitWorld world;
  private List<String> before;

  @BeforeEach
  void open() {
    world = new GitWorld(folder);
    Git local = world.local();
    local.commit("good", "good");
    local.run("push", "-q", "origin", "main");
    before = world.files();
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(world.refs()).containsOnlyKeys("refs/heads/main");
    assertThat(world.files()).isEqualTo(before);
    world.soundExport();
    world.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String id(int type, byte[] content) {
    try (var formatter = new ObjectInserter.Formatter()) {
      return formatter.idFor(type, content).name();
    }
  }

  private static byte[] tree(String... modesNamesAndIds) {
    var out = new ByteArrayOutputStream();
    for (int i = 0; i < modesNamesAndIds.length; i += 3) {
      out.writeBytes(
          (modesNamesAndIds[i] + " " + modesNamesAndIds[i + 1] + "\0")
              .getBytes(StandardCharsets.UTF_8));
      out.writeBytes(HexFormat.of().parseHex(modesNamesAndIds[i + 2]));
    }
    return out.toByteArray();
  }

  private static byte[] commit(String tree, String rest) {
    return bytes("tree " + tree + "\n" + rest);
  }

  private static final String PEOPLE =
      "author A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nmessage\n";

  /** Pushes a commit with this root tree, which goes with the blob. */
  private String pushTree(byte[] tree) {
    byte[] commit = commit(id(Constants.OBJ_TREE, tree), PEOPLE);
    return RawPush.to(world)
        .command(ZERO, id(Constants.OBJ_COMMIT, commit), BRANCH)
        .pack(
            3,
            RawPush.entry(Constants.OBJ_COMMIT, commit),
            RawPush.entry(Constants.OBJ_TREE, tree),
            RawPush.entry(Constants.OBJ_BLOB, BLOB))
        .send();
  }

  static List<String> badNames() {
    return List.of(
        ".git",
        ".GIT",
        ".",
        "..",
        "a/b",
        "",
        "git~1",
        "GIT~1",
        ".git ",
        ".git.",
        ".git::$INDEX",
        "x\\.git",
        ".g\u200cit");
  }

  @ParameterizedTest
  @MethodSource("badNames")
  @DisplayName("J2.1 a tree with a name that some file system takes for something else is refused")
  void badNamesAreRefused(String name) {
    assertThat(pushTree(tree("100644", name, id(Constants.OBJ_BLOB, BLOB))))
        .startsWith("0")
        .contains("unpack error")
        .contains("ng " + BRANCH);
  }

  @Test
  @DisplayName("J2.2 a tree with entries twice, out of order or of a wrong kind is refused")
  void badTreesAreRefused() {
    String blob = id(Constants.OBJ_BLOB, BLOB);
    assertThat(pushTree(tree("100644", "a", blob, "100644", "a", blob)))
        .contains("duplicate")
        .contains("ng " + BRANCH);
    assertThat(pushTree(tree("100644", "b", blob, "100644", "a", blob))).contains("sort");
    assertThat(pushTree(tree("40000", "dir", blob))).contains("is a blob");
    assertThat(pushTree(tree("0100644", "a", blob))).contains("unpack error");
    assertThat(pushTree(tree("100644", "a", world.refs().get("refs/heads/main"))))
        .contains("is a commit");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "author A <a@b 1 +0000\ncommitter A <a@b> 1 +0000\n\nm\n",
        "author A a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nm\n",
        "author A <a@b> x +0000\ncommitter A <a@b> 1 +0000\n\nm\n",
        "committer A <a@b> 1 +0000\n\nm\n",
        "author A <a@b> 1 +0000\n\nm\n",
        "author A <a@b> 1 +0000\nauthor B <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nm\n",
        "author A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nm\0m\n",
        "author A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000",
      })
  @DisplayName("J2.3 a commit that fsck refuses is refused")
  void badCommitsAreRefused(String rest) {
    byte[] tree = tree("100644", "a", id(Constants.OBJ_BLOB, BLOB));
    byte[] commit = commit(id(Constants.OBJ_TREE, tree), rest);
    assertThat(
            RawPush.to(world)
                .command(ZERO, id(Constants.OBJ_COMMIT, commit), BRANCH)
                .pack(
                    3,
                    RawPush.entry(Constants.OBJ_COMMIT, commit),
                    RawPush.entry(Constants.OBJ_TREE, tree),
                    RawPush.entry(Constants.OBJ_BLOB, BLOB))
                .send())
        .contains("unpack error")
        .contains("ng " + BRANCH);
  }

  @Test
  @DisplayName("J2.4 a push that lacks an object is refused, whatever it lacks")
  void missingObjectsAreRefused() {
    byte[] tree = tree("100644", "a", id(Constants.OBJ_BLOB, BLOB));
    String treeId = id(Constants.OBJ_TREE, tree);
    byte[] commit = commit(treeId, PEOPLE);
    String commitId = id(Constants.OBJ_COMMIT, commit);
    byte[] child = commit(treeId, "parent " + commitId + "\n" + PEOPLE);
    byte[] commitEntry = RawPush.entry(Constants.OBJ_COMMIT, commit);
    byte[] treeEntry = RawPush.entry(Constants.OBJ_TREE, tree);
    byte[] blobEntry = RawPush.entry(Constants.OBJ_BLOB, BLOB);
    assertThat(
            RawPush.to(world)
                .command(ZERO, commitId, BRANCH)
                .pack(2, commitEntry, treeEntry)
                .send())
        .contains("missing object " + id(Constants.OBJ_BLOB, BLOB));
    assertThat(
            RawPush.to(world)
                .command(ZERO, commitId, BRANCH)
                .pack(2, commitEntry, blobEntry)
                .send())
        .contains("missing object " + treeId);
    assertThat(
            RawPush.to(world)
                .command(ZERO, id(Constants.OBJ_COMMIT, child), BRANCH)
                .pack(3, RawPush.entry(Constants.OBJ_COMMIT, child), treeEntry, blobEntry)
                .send())
        .contains("missing object " + commitId);
    assertThat(RawPush.to(world).command(ZERO, commitId, BRANCH).emptyPack().send())
        .contains("missing object " + commitId);
    assertThat(
            RawPush.to(world)
                .command(ZERO, world.refs().get("refs/heads/main"), BRANCH)
                .pack(1, commitEntry)
                .send())
        .as("what no ref needs must be whole too")
        .contains("missing object");
  }

  @Test
  @DisplayName("J2.5 a push on top of a commit that lies in the folder, incomplete, is refused")
  void incompleteHistoryIsRefused() throws Exception {
    byte[] orphan = commit("1".repeat(40), PEOPLE);
    String orphanId = id(Constants.OBJ_COMMIT, orphan);
    Git scratch = Git.init(world.fresh("scratch"));
    assertThat(scratch.hash("commit", orphan)).isEqualTo(orphanId);
    String loose = orphanId.substring(0, 2) + "/" + orphanId.substring(2);
    Path planted = world.objects().resolve(loose);
    Files.createDirectories(planted.getParent());
    Files.copy(scratch.folder().resolve(".git/objects/" + loose), planted);
    try {
      assertThat(RawPush.to(world).command(ZERO, orphanId, BRANCH).emptyPack().send())
          .contains("missing object " + "1".repeat(40));
      byte[] tree = tree("100644", "a", id(Constants.OBJ_BLOB, BLOB));
      byte[] child = commit(id(Constants.OBJ_TREE, tree), "parent " + orphanId + "\n" + PEOPLE);
      assertThat(
              RawPush.to(world)
                  .command(ZERO, id(Constants.OBJ_COMMIT, child), BRANCH)
                  .pack(
                      3,
                      RawPush.entry(Constants.OBJ_COMMIT, child),
                      RawPush.entry(Constants.OBJ_TREE, tree),
                      RawPush.entry(Constants.OBJ_BLOB, BLOB))
                  .send())
          .contains("missing object " + "1".repeat(40));
    } finally {
      Files.delete(planted);
      Files.delete(planted.getParent());
    }
  }

  @Test
  @DisplayName(
      "J2.6 a broken pack is refused: garbage after it, a wrong sum, cut short, too many objects")
  void brokenPacksAreRefused() {
    byte[] tree = tree("100644", "a", id(Constants.OBJ_BLOB, BLOB));
    byte[] commit = commit(id(Constants.OBJ_TREE, tree), PEOPLE);
    String commitId = id(Constants.OBJ_COMMIT, commit);
    byte[][] entries = {
      RawPush.entry(Constants.OBJ_COMMIT, commit),
      RawPush.entry(Constants.OBJ_TREE, tree),
      RawPush.entry(Constants.OBJ_BLOB, BLOB)
    };
    assertThat(
            RawPush.to(world)
                .command(ZERO, commitId, BRANCH)
                .pack(3, entries)
                .bytes(bytes("x"))
                .send())
        .contains("unpack error");
    assertThat(RawPush.to(world).command(ZERO, commitId, BRANCH).pack(4, entries).send())
        .contains("unpack error");
    assertThat(RawPush.to(world).command(ZERO, commitId, BRANCH).bytes(bytes("PACK")).send())
        .contains("unpack error");
    assertThat(
            RawPush.to(world)
                .command(ZERO, commitId, BRANCH)
                .pack(Integer.MAX_VALUE, entries)
                .send())
        .contains("more than the limit of 10000000");
    assertThat(RawPush.to(world).command(ZERO, commitId, BRANCH).pack(-1, entries).send())
        .contains("more than the limit");
  }

  @Test
  @DisplayName("J2.7 an object that is larger than allowed, or says so, is refused")
  void largeObjectsAreRefused() {
    String blob = id(Constants.OBJ_BLOB, BLOB);
    assertThat(
            RawPush.to(world)
                .command(ZERO, blob, "refs/tags/huge")
                .pack(1, RawPush.entry(Constants.OBJ_BLOB, Long.MAX_VALUE, BLOB))
                .send())
        .contains("unpack error")
        .contains("ng refs/tags/huge");
    assertThat(
            RawPush.to(world)
                .command(ZERO, blob, "refs/tags/huge")
                .pack(1, RawPush.entry(Constants.OBJ_TREE, 1L << 31, BLOB))
                .send())
        .contains("unpack error");
  }

  @Test
  @DisplayName("J2.8 a tag that calls its object something else is refused")
  void badTagsAreRefused() {
    byte[] tag =
        bytes(
            "object "
                + world.refs().get("refs/heads/main")
                + "\ntype tree\ntag t\ntagger A <a@b> 1 +0000\n\nm\n");
    assertThat(
            RawPush.to(world)
                .command(ZERO, id(Constants.OBJ_TAG, tag), "refs/tags/t")
                .pack(1, RawPush.entry(Constants.OBJ_TAG, tag))
                .send())
        .contains("is a commit");
  }

  @Test
  @DisplayName("J2.9 a .gitmodules that would run something is refused")
  void badSubmodulesAreRefused() {
    byte[] modules = bytes("[submodule \"x\"]\n\tpath = x\n\turl = --upload-pack=evil\n");
    byte[] tree = tree("100644", ".gitmodules", id(Constants.OBJ_BLOB, modules));
    byte[] commit = commit(id(Constants.OBJ_TREE, tree), PEOPLE);
    assertThat(
            RawPush.to(world)
                .command(ZERO, id(Constants.OBJ_COMMIT, commit), BRANCH)
                .pack(
                    3,
                    RawPush.entry(Constants.OBJ_COMMIT, commit),
                    RawPush.entry(Constants.OBJ_TREE, tree),
                    RawPush.entry(Constants.OBJ_BLOB, modules))
                .send())
        .contains(".gitmodules");
  }

  @Test
  @DisplayName("J2.10 a push with a flipped bit is refused, unless it means the same objects")
  void flippedBitsAreNoticed() {
    byte[] tree = tree("100644", "a", id(Constants.OBJ_BLOB, BLOB));
    byte[] commit = commit(id(Constants.OBJ_TREE, tree), PEOPLE);
    String commitId = id(Constants.OBJ_COMMIT, commit);
    int refused = 0;
    try (var other = new GitWorld(folder.resolve("other"))) {
      var random = new Random(42);
      for (int round = 0; round < 300; round++) {
        byte[][] entries = {
          RawPush.entry(Constants.OBJ_COMMIT, commit),
          RawPush.entry(Constants.OBJ_TREE, tree),
          RawPush.entry(Constants.OBJ_BLOB, BLOB)
        };
        byte[] victim = entries[random.nextInt(3)];
        victim[random.nextInt(victim.length)] ^= (byte) (1 << random.nextInt(8));
        String report =
            RawPush.to(other).command(ZERO, commitId, BRANCH + round).pack(3, entries).send();
        if (report.contains("ng " + BRANCH + round)) {
          refused++;
          assertThat(other.refs()).doesNotContainKey(BRANCH + round);
        } else {
          assertThat(other.refs()).containsEntry(BRANCH + round, commitId);
        }
      }
      other.soundExport();
    }
    assertThat(refused).isGreaterThan(250);
  }
}
