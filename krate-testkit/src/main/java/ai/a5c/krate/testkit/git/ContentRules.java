package ai.a5c.krate.testkit.git;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.spi.git.ChangedPaths;
import ai.a5c.krate.spi.git.FolderFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** G6: what commits contain. */
public interface ContentRules {
  GitBench bench();

  private ObjectId pushed(Git local) {
    local.run("push", "-q", "-f", "origin", "main:refs/heads/main");
    return ObjectId.of(local.run("rev-parse", "main"));
  }

  private FolderFiles files(ObjectId commit, FolderFiles.Wanted wanted) {
    return bench().backend().files(bench().repository(), commit, wanted).orElseThrow();
  }

  @Test
  @DisplayName("G6.1 the files of a folder are read by their suffix, up to a number and a size")
  default void g6_1() {
    Git local = bench().local();
    local.commit("ci/b.yaml", "two\n");
    local.commit("ci/a.yml", "one\n");
    local.commit("ci/c.yaml", "larger than asked for\n");
    local.commit("ci/readme", "no\n");
    local.commit("ci/deep/d.yaml", "no\n");
    ObjectId head = pushed(local);
    List<String> suffixes = List.of(".yaml", ".yml");
    assertThat(files(head, new FolderFiles.Wanted("ci", suffixes, 3, 8)))
        .isEqualTo(
            new FolderFiles(
                List.of(
                    new FolderFiles.File("a.yml", 4, Bytes.utf8("one\n")),
                    new FolderFiles.File("b.yaml", 4, Bytes.utf8("two\n")),
                    new FolderFiles.File("c.yaml", 22, null)),
                false));
    FolderFiles two = files(head, new FolderFiles.Wanted("ci", suffixes, 2, 8));
    assertThat(two.files()).hasSize(2);
    assertThat(two.more()).isTrue();
    assertThat(files(head, new FolderFiles.Wanted("ci", List.of(), 9, 8)).files()).hasSize(4);
  }

  @Test
  @DisplayName("G6.2 neither links nor what is no folder has files; a missing commit is told apart")
  default void g6_2() throws IOException {
    Git local = bench().local();
    local.commit("ci/a.yaml", "one\n");
    Path folder = Path.of(local.run("rev-parse", "--show-toplevel"));
    Files.createSymbolicLink(folder.resolve("ci/link.yaml"), Path.of("a.yaml"));
    Files.createSymbolicLink(folder.resolve("other"), Path.of("ci"));
    local.run("add", "-A");
    local.run("commit", "-q", "-m", "links");
    ObjectId head = pushed(local);
    assertThat(files(head, new FolderFiles.Wanted("ci", List.of(), 9, 9)).files())
        .extracting(FolderFiles.File::name)
        .containsExactly("a.yaml");
    for (String none : List.of("other", "ci/a.yaml", "ci/a.yaml/b", "nowhere", "no/where")) {
      assertThat(files(head, new FolderFiles.Wanted(none, List.of(), 9, 9)))
          .isEqualTo(FolderFiles.NONE);
    }
    ObjectId missing = ObjectId.of("1234567890".repeat(4));
    var wanted = new FolderFiles.Wanted("ci", List.of(), 9, 9);
    assertThat(bench().backend().files(bench().repository(), missing, wanted)).isEmpty();
    assertThat(bench().backend().changedPaths(bench().repository(), head, missing, 9)).isEmpty();
  }

  @Test
  @DisplayName("G6.3 the paths in which two commits differ are those of git diff, up to a number")
  default void g6_3() {
    Git local = bench().local();
    local.commit("a", "1\n");
    local.commit("deep/b", "1\n");
    ObjectId before = pushed(local);
    local.commit("a", "2\n");
    local.run("mv", "deep/b", "deep/c");
    local.commit("new", "3\n");
    ObjectId after = pushed(local);
    List<String> paths =
        List.of(
            local
                .run("diff", "--no-renames", "--name-only", before.hex(), after.hex())
                .split("\n"));
    var backend = bench().backend();
    assertThat(backend.changedPaths(bench().repository(), before, after, 9))
        .contains(new ChangedPaths(paths, false));
    assertThat(backend.changedPaths(bench().repository(), after, before, 2))
        .contains(new ChangedPaths(paths.subList(0, 2), true));
    assertThat(backend.changedPaths(bench().repository(), after, after, 2))
        .contains(new ChangedPaths(List.of(), false));
  }
}
