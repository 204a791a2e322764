package ai.a5c.krate.testkit.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.spi.git.CopyAttempt;
import ai.a5c.krate.spi.git.CopyRequest;
import ai.a5c.krate.spi.git.PreparedObjects;
import ai.a5c.krate.spi.git.UnknownRepositoryException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** G5: what one repository takes from another one. */
public interface CopyRules {
  /** The other repository, which begins without anything. */
  Uid OTHER = Uid.of("00000000-0000-4000-8000-000000000002");

  GitBench bench();

  private CopyAttempt copy(Uid from, Uid to, CopyRequest.Bound bound, String... wants) {
    Set<ObjectId> all = Stream.of(wants).map(ObjectId::of).collect(Collectors.toSet());
    return bench().backend().copy(new CopyRequest(from, to, all, bound));
  }

  private static PreparedObjects copied(CopyAttempt attempt) {
    assertThat(attempt).isInstanceOf(CopyAttempt.Copied.class);
    return ((CopyAttempt.Copied) attempt).objects();
  }

  /** Copies a commit and lets a ref of the repository that it goes to point to it. */
  private void take(Uid from, Uid to, String ref, String commit) {
    try (PreparedObjects objects = copied(copy(from, to, CopyRequest.Bound.PUSH, commit))) {
      objects.publish();
      bench().move(to, ref, commit);
      objects.keep();
    }
  }

  @Test
  @DisplayName("G5.1 a copy of every ref can be cloned, and outlives what it was copied from")
  default void g5_1() {
    Git local = bench().local();
    local.commit("a", "1\n");
    String main = local.commit("b/c", "2\n");
    local.run("tag", "-a", "-m", "a tag", "v1");
    String tag = local.run("rev-parse", "v1");
    local.run("push", "-q", "origin", "main", "v1");
    bench().backend().create(OTHER);
    try (PreparedObjects objects =
        copied(copy(bench().repository(), OTHER, CopyRequest.Bound.NONE, main, tag))) {
      objects.publish();
      bench().move(OTHER, "refs/heads/main", main);
      bench().move(OTHER, "refs/tags/v1", tag);
      objects.keep();
    }
    Uid gone = Uid.of("00000000-0000-4000-8000-000000000003");
    bench().backend().create(gone);
    take(bench().repository(), gone, "refs/heads/main", main);
    Uid last = Uid.of("00000000-0000-4000-8000-000000000004");
    bench().backend().create(last);
    take(gone, last, "refs/heads/main", main);
    bench().backend().delete(gone);
    assertThat(bench().soundExport(OTHER).run("rev-parse", "v1^{commit}")).isEqualTo(main);
    Git export = bench().soundExport(last);
    assertThat(export.run("rev-list", "--objects", "--all"))
        .isEqualTo(local.run("rev-list", "--objects", "main"));
    assertThat(new Git(local.folder()).run("ls-remote", bench().server().url(OTHER), "main"))
        .startsWith(main);
  }

  @Test
  @DisplayName("G5.2 nothing comes along that the wanted objects do not reach")
  default void g5_2() {
    Git local = bench().local();
    String main = local.commit("a", "1\n");
    local.run("checkout", "-q", "-b", "secret");
    String secret = local.commit("secret", "hush\n");
    local.run("push", "-q", "origin", "main", "secret");
    local.run("push", "-q", "origin", ":secret");
    bench().backend().create(OTHER);
    take(bench().repository(), OTHER, "refs/heads/main", main);
    ObjectId hidden = ObjectId.of(secret);
    assertThat(bench().backend().compare(OTHER, hidden, hidden)).isEmpty();
    local.attempt("push", bench().server().url(OTHER), main + ":refs/heads/x").expectSuccess();
    assertThat(bench().soundExport(OTHER).attempt("cat-file", "-e", secret).exit()).isNotZero();
    assertThat(bench().backend().compare(bench().repository(), hidden, hidden)).isPresent();
  }

  @Test
  @DisplayName("G5.3 only what is missing is copied, and nobody can fetch it before its ref moved")
  default void g5_3() {
    Git local = bench().local();
    for (int i = 0; i < 20; i++) {
      local.commit("file-" + i, "content " + i + "\n");
    }
    String main = local.run("rev-parse", "main");
    local.run("push", "-q", "origin", "main");
    bench().backend().create(OTHER);
    take(bench().repository(), OTHER, "refs/heads/main", main);
    String next = local.commit("file-0", "changed\n");
    local.run("push", "-q", bench().server().url(OTHER), "main:topic");
    try (PreparedObjects objects =
        copied(copy(OTHER, bench().repository(), CopyRequest.Bound.PUSH, next))) {
      objects.publish();
      Git other = bench().local();
      other.attempt("fetch", "-q", "origin", next).expectFailure();
      bench().move("refs/pull/1/head", next);
      objects.keep();
    }
    Git fetched = bench().local();
    fetched.run("fetch", "-q", "origin", "refs/pull/1/head");
    assertThat(fetched.run("rev-parse", "FETCH_HEAD")).isEqualTo(next);
    // 20 commits, trees and blobs were there, and three are new.
    assertThat(objects(bench().soundExport())).isBetween(63, 80);
  }

  private static int objects(Git export) {
    return export
        .run("count-objects", "-v")
        .lines()
        .filter(line -> line.startsWith("in-pack: "))
        .mapToInt(line -> Integer.parseInt(line.substring("in-pack: ".length())))
        .sum();
  }

  @Test
  @DisplayName("G5.4 a copy that is not kept leaves nothing behind, before and after publishing")
  default void g5_4() {
    Git local = bench().local();
    String main = local.commit("a", "1\n");
    local.run("push", "-q", "origin", "main");
    bench().backend().create(OTHER);
    List<String> before = bench().files();
    copied(copy(bench().repository(), OTHER, CopyRequest.Bound.PUSH, main)).close();
    assertThat(bench().files()).isEqualTo(before);
    try (PreparedObjects objects =
        copied(copy(bench().repository(), OTHER, CopyRequest.Bound.PUSH, main))) {
      objects.publish();
      assertThat(bench().files()).hasSizeGreaterThan(before.size());
    }
    assertThat(bench().files()).isEqualTo(before);
    ObjectId commit = ObjectId.of(main);
    assertThat(bench().backend().compare(OTHER, commit, commit)).isEmpty();
  }

  @Test
  @DisplayName("G5.5 what is not there is said so, and leaves nothing behind")
  default void g5_5() {
    Git local = bench().local();
    local.commit("a", "1\n");
    local.run("push", "-q", "origin", "main");
    bench().backend().create(OTHER);
    List<String> before = bench().files();
    for (String absent : List.of("1".repeat(40), "2".repeat(64))) {
      assertThat(copy(bench().repository(), OTHER, CopyRequest.Bound.PUSH, absent))
          .isEqualTo(new CopyAttempt.Missing(ObjectId.of(absent)));
    }
    Uid unknown = Uid.of("00000000-0000-4000-8000-00000000000f");
    String main = local.run("rev-parse", "main");
    assertThatThrownBy(() -> copy(unknown, OTHER, CopyRequest.Bound.PUSH, main))
        .isInstanceOf(UnknownRepositoryException.class);
    assertThatThrownBy(() -> copy(OTHER, unknown, CopyRequest.Bound.PUSH, main))
        .isInstanceOf(UnknownRepositoryException.class);
    assertThat(bench().files()).isEqualTo(before);
  }

  @Test
  @DisplayName("G5.6 what is there already is copied without a pack")
  default void g5_6() {
    Git local = bench().local();
    String one = local.commit("a", "1\n");
    String main = local.commit("a", "2\n");
    local.run("push", "-q", "origin", "main");
    bench().backend().create(OTHER);
    take(bench().repository(), OTHER, "refs/heads/main", main);
    List<String> before = bench().files();
    take(bench().repository(), OTHER, "refs/heads/old", one);
    assertThat(bench().files()).isEqualTo(before);
    assertThat(bench().soundExport(OTHER).run("rev-parse", "old")).isEqualTo(one);
  }
}
