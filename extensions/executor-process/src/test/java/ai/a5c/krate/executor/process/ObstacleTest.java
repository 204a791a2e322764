package ai.a5c.krate.executor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.spi.executor.ExecutorFailedException;
import ai.a5c.krate.testkit.executor.RunnerBench;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hosts that cannot isolate: real programs that fail, and real ones that are not there. */
class ObstacleTest {
  @TempDir Path folder;

  /** This host, but for one program. */
  private Host with(String program, String script) throws Exception {
    Path programs = Files.createDirectories(folder.resolve("programs"));
    Path file = programs.resolve(program);
    Files.writeString(file, script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    List<Path> path = new ArrayList<>(List.of(programs));
    path.addAll(Host.local().path());
    return Host.local().withPath(path);
  }

  /** This host without one program. */
  private Host without(String program) throws Exception {
    Path programs = Files.createDirectories(folder.resolve("programs"));
    for (String name :
        new String[] {
          "unshare",
          "nsenter",
          "setpriv",
          "pivot_root",
          "mount",
          "umount",
          "hostname",
          "tar",
          "find",
          "sh",
          "env",
          "head",
          "nice",
          "perl"
        }) {
      if (!name.equals(program)) {
        Path file = programs.resolve(name);
        Files.writeString(file, "#!/bin/sh\nexec " + Host.local().program(name) + " \"$@\"\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
    }
    return Host.local().withPath(List.of(programs));
  }

  private ProcessExecutor on(Host host) {
    return ProcessExecutor.open(folder.resolve("runners"), host);
  }

  @Test
  void aHostThatIsolatesHasNone() {
    try (ProcessExecutor executor = on(Host.local())) {
      assertThat(executor.obstacle(TrustTier.TRUSTED)).isEmpty();
      assertThat(executor.obstacle(TrustTier.UNTRUSTED)).isEmpty();
    }
  }

  @Test
  void aHostThatBoundsNotAllMemoryIsOneForStrangersAlone() {
    try (ProcessExecutor executor = on(Host.local().withGroups(folder.resolve("none")))) {
      assertThat(executor.obstacle(TrustTier.TRUSTED)).isEmpty();
      assertThat(executor.obstacle(TrustTier.UNTRUSTED))
          .hasValueSatisfying(
              text ->
                  assertThat(text)
                      .contains("no control groups", "systemd-run --user --scope ./krate serve"));
    }
  }

  @Test
  void aProgramThatIsNotThereIsOne() throws Exception {
    try (ProcessExecutor executor = on(without("setpriv"))) {
      assertThat(executor.obstacle(TrustTier.UNTRUSTED))
          .hasValue("this host lacks setpriv: install util-linux");
    }
  }

  @Test
  void aFolderOfTheServerThatJobsSeeIsOne() throws Exception {
    Path seen = Files.createSymbolicLink(folder.resolve("seen"), folder);
    try (ProcessExecutor executor = on(Host.local().withShown(List.of(seen)))) {
      for (TrustTier tier : TrustTier.values()) {
        assertThat(executor.obstacle(tier))
            .hasValueSatisfying(
                text -> assertThat(text).contains(seen.toString(), "move the data folder"));
      }
    }
  }

  @Test
  void aKernelThatRefusesIsOneAndNothingIsLeft() throws Exception {
    Host host =
        with("unshare", "#!/bin/sh\necho 'unshare failed: Operation not permitted' >&2\nexit 1\n");
    try (ProcessExecutor executor = on(host)) {
      for (TrustTier tier : TrustTier.values()) {
        assertThat(executor.obstacle(tier))
            .hasValueSatisfying(
                text -> assertThat(text).contains("unshare failed: Operation not permitted", ";"));
      }
      assertThatThrownBy(() -> executor.start("job", RunnerBench.TERMS))
          .isInstanceOf(ExecutorFailedException.class)
          .hasMessageContaining("Operation not permitted");
    }
    assertThat(folder.resolve("runners")).isEmptyDirectory();
  }

  @Test
  void aSandboxThatDoesNotGetReadyIsOne() throws Exception {
    Host host = with("nsenter", "#!/bin/sh\necho 'no such namespace' >&2\nexit 1\n");
    try (ProcessExecutor executor = on(host)) {
      assertThat(executor.obstacle(TrustTier.UNTRUSTED))
          .hasValueSatisfying(text -> assertThat(text).contains("no such namespace"));
    }
    assertThat(folder.resolve("runners")).isEmptyDirectory();
  }
}
