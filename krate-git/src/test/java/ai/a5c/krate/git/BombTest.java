package ai.a5c.krate.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.git.CommitTooLargeException;
import ai.a5c.krate.spi.git.Comparison;
import ai.a5c.krate.spi.git.CopyAttempt;
import ai.a5c.krate.spi.git.CopyRequest;
import ai.a5c.krate.spi.git.MergeAttempt;
import ai.a5c.krate.spi.git.MergeRequest;
import ai.a5c.krate.testkit.git.Git;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BombTest {
  private static final Uid OTHER = Uid.of("00000000-0000-4000-8000-000000000002");

  @TempDir Path folder;

  /** Commits files on top of a commit, without a work tree. */
  private static ObjectId commit(Git local, String branch, String parent, String... changes) {
    String commands =
        "commit refs/heads/%s\ncommitter A <a@example.org> 1700000000 +0000\ndata 0\nfrom %s\n%s\n"
            .formatted(branch, parent, String.join("\n", changes));
    local
        .attempt(commands.getBytes(StandardCharsets.UTF_8), "fast-import", "--quiet", "--force")
        .expectSuccess();
    return ObjectId.of(local.run("rev-parse", branch));
  }

  private static String tree(Git local, int size, String entry) {
    String entries =
        IntStream.range(0, size)
            .mapToObj(i -> entry + "\t" + i + "\n")
            .collect(Collectors.joining());
    return local
        .attempt(entries.getBytes(StandardCharsets.UTF_8), "mktree")
        .expectSuccess()
        .out()
        .strip();
  }

  private static void push(Git local, String... refs) {
    for (String ref : refs) {
      local.run("push", "-q", "origin", ref);
    }
  }

  private static MergeAttempt merge(GitWorld world, ObjectId target, ObjectId head) {
    return world
        .backend()
        .merge(
            world.repository(),
            new MergeRequest(target, head, "m", "Ada", "ada@example.org", Instant.EPOCH));
  }

  @Test
  @DisplayName("J5.1 folders nested ten thousand deep overflow no stack")
  void deepFolders() {
    try (var world = new GitWorld(folder)) {
      Git local = world.local();
      String base = local.commit("a", "1");
      String deep = "d/".repeat(10_000);
      ObjectId head = commit(local, "deep", base, "M 644 inline " + deep + "f", "data 1\n1");
      ObjectId next = commit(local, "next", head.hex(), "M 644 inline " + deep + "f", "data 1\n2");
      ObjectId target = commit(local, "target", base, "M 644 inline b", "data 1\n1");
      push(local, "main", "deep", "target", "next");

      assertThat(merge(world, target, head))
          .isEqualTo(new MergeAttempt.TooLarge("folders nested more than 2048 deep"));
      var backend = world.backend();
      var comparison = backend.compare(world.repository(), target, head).orElseThrow();
      assertThat(comparison.files()).isZero();
      assertThat(backend.changedPaths(world.repository(), head, next, 9).orElseThrow().more())
          .isTrue();
      assertThatThrownBy(
              () -> backend.archive(world.repository(), head, OutputStream.nullOutputStream()))
          .isInstanceOf(CommitTooLargeException.class)
          .hasMessageContaining("nested more than 2048 deep");

      backend.create(OTHER);
      try (var copied = ((CopyAttempt.Copied) copy(world, head)).objects()) {
        copied.publish();
        copied.keep();
      }
      world.move(OTHER, "refs/heads/deep", head.hex());
      CopyAttempt more = copy(world, next);
      if (more instanceof CopyAttempt.Copied(var copied)) {
        copied.close();
      } else {
        assertThat(more).isEqualTo(new CopyAttempt.TooLarge("folders nested too deep"));
      }
      local.attempt("fetch", "-q", "origin", "next"); // may fail
      Git other = world.local();
      other.run("fetch", "-q", "origin", "target");
      assertThat(other.run("rev-parse", "FETCH_HEAD")).isEqualTo(target.hex());
    }
  }

  private static CopyAttempt copy(GitWorld world, ObjectId want) {
    return world
        .backend()
        .copy(new CopyRequest(world.repository(), OTHER, Set.of(want), CopyRequest.Bound.PUSH));
  }

  @Test
  @DisplayName("J5.4 a billion paths that one side brings are too many to merge")
  void manyPaths() {
    try (var world = new GitWorld(folder)) {
      Git local = world.local();
      String base = local.commit("a", "1");
      String blob = local.run("rev-parse", "main:a");
      String tree = tree(local, 10, "100644 blob " + blob);
      for (int level = 1; level < 9; level++) {
        tree = tree(local, 10, "040000 tree " + tree);
      }
      ObjectId head = commit(local, "bomb", base, "M 040000 " + tree + " bomb");
      ObjectId target = commit(local, "target", base, "M 644 inline b", "data 1\n1");
      push(local, "main", "bomb", "target");

      assertThat(merge(world, target, head))
          .isEqualTo(new MergeAttempt.TooLarge("more than 1000000 files and folders"));
    }
  }

  @Test
  @DisplayName("J5.5 a text too large to be compared by lines is like a binary file")
  void largeTexts() {
    try (var world = new GitWorld(folder)) {
      Git local = world.local();
      String lines = "text\n".repeat((8 << 20) / 5 + 1);
      String base = local.commit("a", "one\n" + lines + "two\n");
      ObjectId head = ObjectId.of(local.commit("a", "1\n" + lines + "two\n"));
      local.run("checkout", "-q", "-b", "target", base);
      ObjectId target = ObjectId.of(local.commit("a", "one\n" + lines + "2\n"));
      push(local, "main", "target");

      assertThat(merge(world, target, head)).isEqualTo(new MergeAttempt.Conflicted(List.of("a")));
      Comparison comparison =
          world.backend().compare(world.repository(), target, head).orElseThrow();
      assertThat(comparison.files()).isOne();
      assertThat(comparison.additions() + comparison.deletions()).isZero();
    }
  }

  @Test
  @DisplayName("J5.2 long names under many folders are bounded by their length")
  void longPaths() {
    try (var world = new GitWorld(folder)) {
      Git local = world.local();
      String base = local.commit("a", "1");
      String files = tree(local, 300, "100644 blob " + local.run("rev-parse", "main:a"));
      String path = String.join("/", Collections.nCopies(100, "n".repeat(4_000)));
      ObjectId head = commit(local, "long", base, "M 040000 " + files + " " + path);
      ObjectId target = commit(local, "target", base, "M 644 inline b", "data 1\n1");
      push(local, "main", "long", "target");

      var tooLong = "paths of more than 67108864 bytes together";
      assertThat(merge(world, target, head)).isEqualTo(new MergeAttempt.TooLarge(tooLong));
      var backend = world.backend();
      var changed = backend.changedPaths(world.repository(), target, head, 3_000).orElseThrow();
      assertThat(changed.more()).isTrue();
      assertThat(changed.paths()).hasSizeLessThan(300);
      assertThatThrownBy(
              () -> backend.archive(world.repository(), head, OutputStream.nullOutputStream()))
          .isInstanceOf(CommitTooLargeException.class)
          .hasMessageContaining(tooLong);
    }
  }

  @Test
  @DisplayName("J5.3 an archive has no more bytes than a push may bring")
  void archivesAreBounded() {
    var settings = GitSettings.defaults().withPushLimits(1 << 30, 1 << 30, 10_000);
    try (var world = new GitWorld(folder, settings)) {
      Git local = world.local();
      local.commit("a", "x".repeat(1_000));
      String blob = local.run("rev-parse", "main:a");
      String files =
          IntStream.range(0, 11)
              .mapToObj(i -> "M 644 " + blob + " " + i)
              .collect(Collectors.joining("\n"));
      ObjectId head = commit(local, "many", "refs/heads/main", files);
      push(local, "many");

      assertThatThrownBy(
              () ->
                  world
                      .backend()
                      .archive(world.repository(), head, OutputStream.nullOutputStream()))
          .isInstanceOf(CommitTooLargeException.class)
          .hasMessage("commit " + head + " has files of more than 10000 bytes together");
    }
  }
}
