package ai.a5c.krate.testkit.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.spi.git.ChangedPaths;
import ai.a5c.krate.spi.git.CommitTooLargeException;
import ai.a5c.krate.spi.git.Comparison;
import ai.a5c.krate.spi.git.MergeAttempt;
import ai.a5c.krate.spi.git.MergeRequest;
import ai.a5c.krate.spi.git.PreparedMerge;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** G8: few objects that stand for many paths. */
public interface BombRules {
  GitBench bench();

  /**
   * A folder of ten folders, which are all the same one, nine times over: a billion paths.
   *
   * @param core the tree at the bottom
   */
  private static String bomb(Git local, String core) {
    String tree = core;
    for (int level = 0; level < 9; level++) {
      tree = folder(local, "040000 tree " + tree);
    }
    return tree;
  }

  private static String folder(Git local, String entry) {
    var entries = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      entries.append(entry).append('\t').append(i).append('\n');
    }
    return tree(local, entries.toString());
  }

  private static String tree(Git local, String entries) {
    return local
        .attempt(entries.getBytes(StandardCharsets.UTF_8), "mktree")
        .expectSuccess()
        .out()
        .strip();
  }

  private static ObjectId commit(Git local, String content, String parent) {
    return ObjectId.of(
        local.run("commit-tree", "-m", "bomb", "-p", parent, tree(local, content).strip()));
  }

  private MergeAttempt merge(ObjectId target, ObjectId head) {
    return bench()
        .backend()
        .merge(
            bench().repository(),
            new MergeRequest(target, head, "m", "Ada", "ada@example.org", Instant.EPOCH));
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  @DisplayName("G8.1 a billion files in a few objects are neither merged nor counted nor packed")
  default void g8_1() {
    Git local = bench().local();
    String base = local.commit("a", "1");
    String one = local.run("rev-parse", "main:a");
    String two = local.hash("blob", "2".getBytes(StandardCharsets.UTF_8));
    String ours = "040000 tree " + bomb(local, folder(local, "100644 blob " + one)) + "\tb\n";
    String theirs = "040000 tree " + bomb(local, folder(local, "100644 blob " + two)) + "\tb\n";
    ObjectId target = commit(local, ours, base);
    ObjectId head = commit(local, theirs, base);
    local.run("push", "-q", "origin", "main", target + ":refs/heads/ours");
    local.run("push", "-q", "origin", head + ":refs/heads/theirs");

    assertThat(merge(target, head))
        .isInstanceOfAny(MergeAttempt.Conflicted.class, MergeAttempt.TooLarge.class);
    var backend = bench().backend();
    Comparison comparison = backend.compare(bench().repository(), target, head).orElseThrow();
    assertThat(comparison.files()).isEqualTo(3_000);
    assertThat(comparison.additions()).isZero();
    ChangedPaths changed =
        backend.changedPaths(bench().repository(), target, head, 20).orElseThrow();
    assertThat(changed.paths()).hasSize(20).startsWith("b/0/0/0/0/0/0/0/0/0/0");
    assertThat(changed.more()).isTrue();
    assertThatThrownBy(
            () -> backend.archive(bench().repository(), head, OutputStream.nullOutputStream()))
        .isInstanceOf(CommitTooLargeException.class);

    String next = local.commit("c", "1");
    ObjectId side = commit(local, "100644 blob " + one + "\ta\n100644 blob " + two + "\td\n", base);
    local.run("push", "-q", "origin", "main", side + ":refs/heads/side");
    try (var merged = ((MergeAttempt.Merged) merge(ObjectId.of(next), side)).merge()) {
      assertThat(merged.commit()).isNotNull();
    }
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  @DisplayName("G8.2 a billion folders without a file are looked at up to a bound, too")
  default void g8_2() {
    Git local = bench().local();
    String base = local.commit("a", "1");
    String one = local.run("rev-parse", "main:a");
    String empty = tree(local, "");
    String left = bomb(local, empty);
    String right = bomb(local, folder(local, "040000 tree " + empty));
    ObjectId target = commit(local, "040000 tree " + left + "\tb\n", base);
    ObjectId head = commit(local, "040000 tree " + right + "\tb\n", base);
    ObjectId plain = commit(local, "100644 blob " + one + "\tz\n", base);
    local.run("push", "-q", "origin", "main", plain + ":refs/heads/plain");
    local.run("push", "-q", "origin", target + ":refs/heads/ours", head + ":refs/heads/theirs");

    if (merge(target, head) instanceof MergeAttempt.Merged(PreparedMerge merged)) {
      merged.close(); // whoever takes whole folders over has nothing to count
    }
    var backend = bench().backend();
    Comparison comparison = backend.compare(bench().repository(), plain, head).orElseThrow();
    assertThat(comparison.files()).isLessThanOrEqualTo(1);
    ChangedPaths changed =
        backend.changedPaths(bench().repository(), target, head, 20).orElseThrow();
    assertThat(changed.paths()).isEmpty();
    assertThatThrownBy(
            () -> backend.archive(bench().repository(), head, OutputStream.nullOutputStream()))
        .isInstanceOf(CommitTooLargeException.class);
  }
}
