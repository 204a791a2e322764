package ai.a5c.krate.testkit.executor;

import static ai.a5c.krate.testkit.executor.RunnerBench.said;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.spi.executor.ExecutorFailedException;
import ai.a5c.krate.spi.executor.Runner;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** X5: archives. */
public interface ArchiveRules {
  long MOST = 64L << 20;

  RunnerBench bench();

  @Test
  @DisplayName("X5.1 an archive replaces the workspace")
  default void x5_1() throws Exception {
    try (Runner runner = bench().runner()) {
      assertThat(said(runner, "mkdir -p old/er .git; echo 1 >old/er/file; chmod 0 old")).isEmpty();
      runner.unpack(
          new TarBuilder()
                  .folder("src")
                  .file("src/main.c", "int main;\n")
                  .program("run", "#!/bin/sh\necho ran\n")
                  .symbolicLink("link", "src/main.c")
                  .stream());
      assertThat(said(runner, "ls -A; cat link; ./run; echo more >src/new"))
          .isEqualTo("link\nrun\nsrc\nint main;\nran");
    }
  }

  @Test
  @DisplayName("X5.2 what is packed unpacks as it was, in another runner too")
  default void x5_2() throws Exception {
    String write =
        "mkdir -p a/b; echo deep >a/b/f; ln -s nowhere dead; printf '\\001\\377' >bytes; chmod 700 a;"
            + " echo '#!/bin/sh' >tool; chmod 755 tool; : >'a name'; mkdir .git; echo 1 >shut;"
            + " chmod 0 shut; n=$(printf %0150d 0); echo long >$n";
    String show =
        "chmod 600 shut; find . | sort; cat a/b/f; readlink dead; od -An -tx1 bytes; stat -c %a tool a";
    var tar = new Transcript();
    String before;
    try (Runner runner = bench().runner()) {
      assertThat(said(runner, write)).isEmpty();
      runner.pack(tar, MOST);
      before = said(runner, show);
    }
    try (Runner runner = bench().runner()) {
      runner.unpack(new ByteArrayInputStream(tar.bytes()));
      assertThat(said(runner, show)).isEqualTo(before).contains("deep", "nowhere", " 01 ff");
    }
  }

  @Test
  @DisplayName("X5.3 an entry that leads out of the workspace is refused, by name or by link")
  default void x5_3() throws Exception {
    TarBuilder[] hostile = {
      new TarBuilder().file("/tmp/out", "x"),
      new TarBuilder().file("../tmp/out", "x"),
      new TarBuilder().file("a/../../tmp/out", "x"),
      new TarBuilder().symbolicLink("link", "/tmp").file("link/out", "x"),
      new TarBuilder().symbolicLink("link", "../tmp").file("link/out", "x"),
      new TarBuilder()
          .symbolicLink("link", "/tmp/out")
          .file("link", "x")
          .hardLink("h", "/etc/passwd"),
      new TarBuilder().hardLink("hard", "/etc/passwd"),
      new TarBuilder().hardLink("hard", "../etc/passwd"),
      new TarBuilder().device("device"),
    };
    try (Runner runner = bench().runner()) {
      for (TarBuilder archive : hostile) {
        assertThatThrownBy(() -> runner.unpack(archive.file("ok", "ok").stream()))
            .isInstanceOf(ExecutorFailedException.class);
        assertThat(said(runner, "ls -A; ls /tmp | grep out || true")).isEmpty();
      }
    }
  }

  @Test
  @DisplayName("X5.4 what is no archive, ends early or does not fit is refused")
  default void x5_4() throws Exception {
    try (Runner runner = bench().runner()) {
      InputStream[] bad = {
        new ByteArrayInputStream("no archive".repeat(1000).getBytes(StandardCharsets.US_ASCII)),
        new TarBuilder().head("short", 100_000).stream(),
        new TarBuilder().head("huge", (1L << 33) - 1).stream(),
        new TarBuilder().file("large", "x".repeat(20 << 20)).stream(),
      };
      for (InputStream archive : bad) {
        assertThatThrownBy(() -> runner.unpack(archive))
            .isInstanceOf(ExecutorFailedException.class);
        assertThat(said(runner, "ls -A")).isEmpty();
      }
    }
  }

  @Test
  @DisplayName("X5.5 a workspace that is larger than allowed is not packed")
  default void x5_5() throws Exception {
    try (Runner runner = bench().runner()) {
      assertThat(said(runner, "head -c 2000000 /dev/zero >file")).isEmpty();
      assertThatThrownBy(() -> runner.pack(new Transcript(), 1_000_000))
          .isInstanceOf(ExecutorFailedException.class);
      assertThat(said(runner, "stat -c %s file")).isEqualTo("2000000");
    }
  }

  @Test
  @DisplayName("X5.6 an archive that cannot be read raises that")
  default void x5_6() throws Exception {
    try (Runner runner = bench().runner()) {
      var broken =
          new InputStream() {
            @Override
            public int read() throws IOException {
              throw new IOException("no more of it");
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
              throw new IOException("no more of it");
            }
          };
      assertThatThrownBy(() -> runner.unpack(broken))
          .isInstanceOf(IOException.class)
          .hasMessage("no more of it");
      assertThat(said(runner, "ls -A")).isEmpty();
    }
  }
}
