package ai.a5c.krate.testkit.git;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.spi.git.CommitLog;
import ai.a5c.krate.spi.git.Comparison;
import ai.a5c.krate.spi.git.MergeAttempt;
import ai.a5c.krate.spi.git.MergeRequest;
import ai.a5c.krate.spi.git.PreparedMerge;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** G4: merges and comparisons. */
public interface MergeRules {
  GitBench bench();

  private MergeAttempt merge(Git local, String target, String head) {
    local.run("push", "-q", "-f", "origin", target + ":refs/heads/main", head + ":refs/heads/head");
    return attempt(local.run("rev-parse", target), local.run("rev-parse", head));
  }

  private MergeAttempt attempt(String target, String head) {
    return bench()
        .backend()
        .merge(
            bench().repository(),
            new MergeRequest(
                ObjectId.of(target),
                ObjectId.of(head),
                "Merge pull request web-1",
                "Grace <\nHopper>",
                "grace@example.org",
                Instant.ofEpochSecond(1_700_000_123, 999_999_999)));
  }

  private static PreparedMerge merged(MergeAttempt attempt) {
    return ((MergeAttempt.Merged) attempt).merge();
  }

  private static void twoSides(Git local) {
    local.commit("a", "1\n2\n3\n4\n5\n6\n7\n");
    local.run("checkout", "-q", "-b", "topic");
    local.commit("a", "1\n2\n3\n4\n5\n6\nseven\n");
    local.run("checkout", "-q", "main");
    local.commit("a", "one\n2\n3\n4\n5\n6\n7\n");
  }

  @Test
  @DisplayName("G4.1 a clean merge becomes a commit of both sides once it is published and kept")
  default void g4_1() {
    Git local = bench().local();
    twoSides(local);
    String expected = local.run("merge-tree", "--write-tree", "main", "topic");
    try (PreparedMerge merge = merged(merge(local, "main", "topic"))) {
      merge.publish();
      merge.keep();
      bench().move("refs/heads/main", merge.commit().hex());
    }
    Git export = bench().soundExport();
    assertThat(export.run("log", "-1", "--format=%T %P %an %ae %ai %cn %B", "main"))
        .isEqualTo(
            expected
                + " "
                + local.run("rev-parse", "main")
                + " "
                + local.run("rev-parse", "topic")
                + " Grace Hopper grace@example.org 2023-11-14 22:15:23 +0000 Grace Hopper"
                + " Merge pull request web-1");
  }

  @Test
  @DisplayName("G4.2 a discarded merge leaves everything as it was, before and after publishing")
  default void g4_2() {
    Git local = bench().local();
    twoSides(local);
    MergeAttempt attempt = merge(local, "main", "topic");
    List<String> before = bench().files();
    merged(attempt).close();
    assertThat(bench().files()).isEqualTo(before);
    ObjectId commit;
    try (PreparedMerge merge =
        merged(attempt(local.run("rev-parse", "main"), local.run("rev-parse", "topic")))) {
      merge.publish();
      commit = merge.commit();
      assertThat(bench().files()).hasSizeGreaterThan(before.size());
    }
    assertThat(bench().files()).isEqualTo(before);
    assertThat(bench().backend().compare(bench().repository(), commit, commit)).isEmpty();
  }

  @Test
  @DisplayName("G4.3 conflicts are named by their paths, in order")
  default void g4_3() {
    Git local = bench().local();
    local.commit("b/x", "1\n");
    local.commit("a", "1\n");
    local.commit("gone", "1\n");
    local.run("checkout", "-q", "-b", "topic");
    local.commit("b/x", "topic\n");
    local.commit("a", "topic\n");
    local.run("rm", "-q", "gone");
    local.commit("same", "same\n");
    local.run("checkout", "-q", "main");
    local.commit("b/x", "main\n");
    local.commit("a", "main\n");
    local.commit("gone", "changed\n");
    assertThat(merge(local, "main", "topic"))
        .isEqualTo(new MergeAttempt.Conflicted(List.of("a", "b/x", "gone")));
  }

  @Test
  @DisplayName("G4.4 a merge that could be a fast-forward still makes a commit")
  default void g4_4() {
    Git local = bench().local();
    local.commit("a", "1");
    local.run("checkout", "-q", "-b", "topic");
    String tip = local.commit("a", "2");
    try (PreparedMerge merge = merged(merge(local, "main", "topic"))) {
      assertThat(merge.commit().hex()).isNotEqualTo(tip);
      merge.publish();
      merge.keep();
      bench().move("refs/heads/main", merge.commit().hex());
    }
    assertThat(bench().soundExport().run("rev-parse", "main^2", "main^{tree}").lines())
        .containsExactly(tip, local.run("rev-parse", "topic^{tree}"));
  }

  @Test
  @DisplayName("G4.5 what is merged, unrelated or missing is said so")
  default void g4_5() {
    Git local = bench().local();
    String one = local.commit("a", "1");
    String two = local.commit("a", "2");
    assertThat(merge(local, two, one)).isEqualTo(new MergeAttempt.AlreadyMerged());
    assertThat(attempt(two, two)).isEqualTo(new MergeAttempt.AlreadyMerged());
    local.run("checkout", "-q", "--orphan", "other");
    String orphan = local.commit("b", "1");
    assertThat(merge(local, two, orphan)).isEqualTo(new MergeAttempt.Unrelated());
    String absent = "1".repeat(40);
    assertThat(attempt(two, absent)).isEqualTo(new MergeAttempt.Missing(ObjectId.of(absent)));
    assertThat(attempt(absent, two)).isEqualTo(new MergeAttempt.Missing(ObjectId.of(absent)));
    String tree = local.run("rev-parse", two + "^{tree}");
    assertThat(attempt(two, tree)).isEqualTo(new MergeAttempt.Missing(ObjectId.of(tree)));
    String wide = "2".repeat(64);
    assertThat(attempt(two, wide)).isEqualTo(new MergeAttempt.Missing(ObjectId.of(wide)));
  }

  @Test
  @DisplayName("G4.6 a criss-cross history merges as git merges it")
  default void g4_6() {
    Git local = bench().local();
    local.commit("a", "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    local.run("checkout", "-q", "-b", "left");
    local.commit("a", "L\n2\n3\n4\n5\n6\n7\n8\n9\n");
    local.run("checkout", "-q", "-b", "right", "main");
    local.commit("a", "1\n2\n3\n4\n5\n6\n7\n8\nR\n");
    local.run("checkout", "-q", "left");
    local.run("tag", "oldleft");
    local.run("merge", "-q", "-m", "m1", "right");
    local.run("checkout", "-q", "right");
    local.run("merge", "-q", "-m", "m2", "oldleft");
    local.commit("a", "L\n2\n3\n4\nright\n6\n7\n8\nR\n");
    local.run("checkout", "-q", "left");
    local.commit("b", "left\n");
    assertThat(local.run("merge-base", "--all", "left", "right").lines()).hasSize(2);
    String expected = local.run("merge-tree", "--write-tree", "left", "right");
    try (PreparedMerge merge = merged(merge(local, "left", "right"))) {
      merge.publish();
      merge.keep();
      bench().move("refs/heads/main", merge.commit().hex());
    }
    Git export = bench().soundExport();
    assertThat(export.run("rev-parse", "main^{tree}")).isEqualTo(expected);
    assertThat(export.run("fsck", "--unreachable")).isEmpty();
  }

  @Test
  @DisplayName("G4.7 generated histories merge to the tree, or the conflict, that git finds")
  default void g4_7() {
    var random = new Random(7);
    int clean = 0;
    int conflicts = 0;
    for (int round = 0; round < 40; round++) {
      Git git = Git.init(bench().fresh("generated"));
      for (int file = 0; file < 6; file++) {
        git.write("d" + file % 3 + "/f" + file, lines(random, 30));
      }
      git.commit("base", "base " + round);
      git.run("branch", "topic");
      change(git, random);
      git.run("checkout", "-q", "topic");
      change(git, random);
      Git.Result oracle = git.attempt("merge-tree", "--write-tree", "main", "topic");
      git.run("push", "-q", "-f", bench().url(), "main:r" + round, "topic:t" + round);
      MergeAttempt attempt = attempt(git.run("rev-parse", "main"), git.run("rev-parse", "topic"));
      if (oracle.exit() == 0) {
        clean++;
        try (PreparedMerge merge = merged(attempt)) {
          merge.publish();
          merge.keep();
          bench().move("refs/heads/m" + round, merge.commit().hex());
        }
        git.run("fetch", "-q", bench().url(), "m" + round);
        assertThat(git.run("rev-parse", "FETCH_HEAD^{tree}")).isEqualTo(oracle.out().strip());
      } else {
        conflicts++;
        assertThat(attempt).as("round %s", round).isInstanceOf(MergeAttempt.Conflicted.class);
      }
    }
    assertThat(clean).isPositive();
    assertThat(conflicts).isPositive();
  }

  private static String lines(Random random, int count) {
    var text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append("line ").append(i).append(' ').append(random.nextInt(1000)).append('\n');
    }
    return text.toString();
  }

  private static void change(Git git, Random random) {
    for (int i = 0; i < 2; i++) {
      int file = random.nextInt(6);
      String path = "d" + file % 3 + "/f" + file;
      List<String> lines = new ArrayList<>(git.run("show", "HEAD:" + path).lines().toList());
      lines.set(random.nextInt(lines.size()), "changed " + random.nextInt());
      git.commit(path, String.join("\n", lines) + "\n");
    }
    if (random.nextInt(3) == 0) {
      git.commit("new" + random.nextInt(4), "new " + random.nextInt(2) + "\n");
    }
  }

  @Test
  @DisplayName("G4.8 a comparison counts what the head would bring")
  default void g4_8() {
    Git local = bench().local();
    String base = local.commit("a", "1\n2\n3\n");
    local.run("checkout", "-q", "-b", "topic");
    local.commit("a", "1\ntwo\n3\n4\n");
    String head = local.commit("b/c", "new\n");
    local.run("checkout", "-q", "main");
    String target = local.commit("z", "z\n");
    local.run("push", "-q", "origin", "main", "topic");
    assertThat(
            bench().backend().compare(bench().repository(), ObjectId.of(target), ObjectId.of(head)))
        .contains(new Comparison(ObjectId.of(base), 2, 2, 3, 1));
    assertThat(
            bench().backend().compare(bench().repository(), ObjectId.of(head), ObjectId.of(head)))
        .contains(new Comparison(ObjectId.of(head), 0, 0, 0, 0));
    assertThat(
            bench()
                .backend()
                .compare(bench().repository(), ObjectId.of("1".repeat(40)), ObjectId.of(head)))
        .isEmpty();
  }

  @Test
  @DisplayName("G4.9 a commit contains what is in its history, and itself")
  default void g4_9() {
    Git local = bench().local();
    ObjectId base = ObjectId.of(local.commit("a", "1"));
    local.run("checkout", "-q", "-b", "topic");
    ObjectId topic = ObjectId.of(local.commit("b", "1"));
    local.run("checkout", "-q", "main");
    ObjectId main = ObjectId.of(local.commit("c", "1"));
    local.run("push", "-q", "origin", "main", "topic");
    ObjectId missing = ObjectId.of("1".repeat(40));
    assertThat(contains(main, base)).isTrue();
    assertThat(contains(main, main)).isTrue();
    assertThat(contains(base, main)).isFalse();
    assertThat(contains(main, topic)).isFalse();
    assertThat(contains(main, missing)).isFalse();
    assertThat(contains(missing, main)).isFalse();
    assertThat(bench().backend().mergeBase(bench().repository(), main, topic)).contains(base);
    assertThat(bench().backend().mergeBase(bench().repository(), main, missing)).isEmpty();
  }

  private boolean contains(ObjectId commit, ObjectId ancestor) {
    return bench().backend().contains(bench().repository(), commit, ancestor);
  }

  @Test
  @DisplayName("G4.11 a log has what one history has and another has not, newest first")
  default void g4_11() {
    Git local = bench().local();
    ObjectId base = ObjectId.of(local.commit("a", "1"));
    ObjectId second = ObjectId.of(local.commit("b", "1"));
    ObjectId third = ObjectId.of(local.commit("c", "1"));
    local.run("tag", "-a", "-m", "a tag", "v1", third.hex());
    ObjectId tag = ObjectId.of(local.run("rev-parse", "v1").strip());
    local.run("push", "-q", "origin", "main", "v1");
    ObjectId missing = ObjectId.of("1".repeat(40));

    CommitLog all = log(third, null, 50).orElseThrow();
    assertThat(all.commits())
        .extracting(CommitLog.Commit::id)
        .containsOnlyOnce(third, second, base);
    assertThat(all.total()).isEqualTo(3);
    CommitLog some = log(third, base, 1).orElseThrow();
    assertThat(some.total()).isEqualTo(2);
    assertThat(some.commits()).hasSize(1);
    assertThat(log(base, third, 50)).contains(new CommitLog(List.of(), 0));
    assertThat(log(tag, base, 50).orElseThrow().total()).isEqualTo(2);
    assertThat(log(third, missing, 50).orElseThrow().total()).isEqualTo(3);
    assertThat(log(missing, base, 50)).isEmpty();
    CommitLog.Commit newest = log(third, second, 50).orElseThrow().commits().getFirst();
    assertThat(newest.message()).isEqualTo(local.run("log", "-1", "--format=%B").strip() + "\n");
    assertThat(newest.author()).isEqualTo(local.run("log", "-1", "--format=%an").strip());
    assertThat(newest.email()).isEqualTo(local.run("log", "-1", "--format=%ae").strip());
    assertThat(Long.toString(newest.time().getEpochSecond()))
        .isEqualTo(local.run("log", "-1", "--format=%at").strip());
  }

  private Optional<CommitLog> log(ObjectId tip, @Nullable ObjectId known, int most) {
    return bench().backend().log(bench().repository(), tip, known, most);
  }

  @Test
  @DisplayName("G4.10 a squash is one commit on the target with the tree of the merge")
  default void g4_10() {
    Git local = bench().local();
    twoSides(local);
    local.run("push", "-q", "-f", "origin", "main", "topic");
    String expected = local.run("merge-tree", "--write-tree", "main", "topic");
    MergeAttempt attempt =
        bench()
            .backend()
            .merge(
                bench().repository(),
                new MergeRequest(
                    ObjectId.of(local.run("rev-parse", "main")),
                    ObjectId.of(local.run("rev-parse", "topic")),
                    MergeRequest.Form.SQUASH,
                    "One change",
                    new MergeRequest.Person("Ada", "ada@example.org"),
                    new MergeRequest.Person("Grace", "grace@example.org"),
                    Instant.ofEpochSecond(1_700_000_123)));
    try (PreparedMerge merge = merged(attempt)) {
      merge.publish();
      merge.keep();
      bench().move("refs/heads/main", merge.commit().hex());
    }
    assertThat(bench().soundExport().run("log", "-1", "--format=%T %P %an %ae %cn %ce %B", "main"))
        .isEqualTo(
            expected
                + " "
                + local.run("rev-parse", "main")
                + " Ada ada@example.org Grace grace@example.org One change");
  }
}
