package ai.a5c.krate.testkit.git;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.git.ObjectId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** G7: the files of a commit as an archive, which the real {@code tar} reads. */
public interface ArchiveRules {
  GitBench bench();

  private static void extract(byte[] archive, Path into) throws Exception {
    Process tar =
        new ProcessBuilder("tar", "-x", "-f", "-")
            .directory(into.toFile())
            .redirectErrorStream(true)
            .start();
    try (OutputStream in = tar.getOutputStream()) {
      new ByteArrayInputStream(archive).transferTo(in);
    }
    String said = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(tar.waitFor()).as(said).isZero();
  }

  private static List<String> files(Path folder) throws IOException {
    List<String> all = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path file : walk.filter(f -> !f.equals(folder)).sorted().toList()) {
        String name = folder.relativize(file).toString();
        if (name.equals(".git") || name.startsWith(".git/")) {
          continue;
        }
        if (Files.isSymbolicLink(file)) {
          all.add(name + " -> " + Files.readSymbolicLink(file));
        } else if (Files.isDirectory(file)) {
          all.add(name + "/");
        } else {
          all.add(name + (Files.isExecutable(file) ? " * " : " ") + Files.readString(file));
        }
      }
    }
    return all;
  }

  @Test
  @DisplayName("G7.1 an archive holds every file, folder and link of its commit as it is there")
  default void g7_1() throws Exception {
    Git local = bench().local();
    local.write("plain", "one\n");
    local.write("run.sh", "#!/bin/sh\n");
    local.write("empty", "");
    local.write("deep/er/file", "x".repeat(1_024));
    local.write("long/" + "n".repeat(150) + "/" + "m".repeat(150), "long\n");
    local.write("sp ace/\u00fcml\u00e4ut", "more\n");
    assertThat(local.folder().resolve("run.sh").toFile().setExecutable(true)).isTrue();
    Files.createSymbolicLink(local.folder().resolve("link"), Path.of("deep/er/file"));
    Files.createSymbolicLink(local.folder().resolve("far"), Path.of("../" + "f".repeat(120)));
    local.run("add", "-A");
    local.commit("last", "2\n");
    local.run("push", "-q", "-f", "origin", "HEAD:refs/heads/main");

    var archive = new ByteArrayOutputStream();
    boolean found =
        bench()
            .backend()
            .archive(bench().repository(), ObjectId.of(local.run("rev-parse", "HEAD")), archive);

    assertThat(found).isTrue();
    Path into = Files.createTempDirectory(local.folder().resolve(".git"), "archive");
    extract(archive.toByteArray(), into);
    assertThat(files(into)).isEqualTo(files(local.folder()));
  }

  @Test
  @DisplayName("G7.2 of a commit that is not there nothing is written")
  default void g7_2() throws Exception {
    var archive = new ByteArrayOutputStream();
    assertThat(
            bench().backend().archive(bench().repository(), ObjectId.of("1".repeat(40)), archive))
        .isFalse();
    assertThat(archive.size()).isZero();
  }
}
