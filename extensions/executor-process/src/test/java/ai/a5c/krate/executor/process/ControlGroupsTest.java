package ai.a5c.krate.executor.process;

import static ai.a5c.krate.testkit.executor.RunnerBench.said;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.testkit.executor.RunnerBench;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Control groups, where the host lets this process make some. */
class ControlGroupsTest {
  @TempDir Path folder;

  private static List<Path> groups(Host host) throws Exception {
    String own = "krate-" + ProcessHandle.current().pid() + "-";
    try (Stream<Path> all = Files.walk(host.groups().resolve("memory"))) {
      return all.filter(path -> path.getFileName().toString().startsWith(own)).toList();
    }
  }

  @Test
  void aRunnerHasAGroupAsLongAsItLives() throws Exception {
    Host host = Host.local();
    Optional<ControlGroup.Parent> parent = ControlGroup.parent(host);
    try (ProcessExecutor executor = ProcessExecutor.open(folder, host)) {
      assertThat(executor.hasControlGroups()).isEqualTo(parent.isPresent());
      if (parent.isEmpty()) {
        return; // An ordinary user's: what bounds its runners is in LimitsTest.
      }
      try (Runner runner = executor.start("job", RunnerBench.TERMS)) {
        List<Path> groups = groups(host);
        assertThat(groups).hasSize(1);
        assertThat(Files.readString(groups.getFirst().resolve("memory.limit_in_bytes")).strip())
            .isEqualTo(Long.toString((256 + 16 + 32) << 20));
        assertThat(said(runner, "grep memory /proc/self/cgroup"))
            .endsWith(groups.getFirst().getFileName().toString());
      }
      assertThat(groups(host)).isEmpty();
    }
  }

  @Test
  void theKernelEndsWhatIsFasterThanTheLooks() throws Exception {
    Optional<ControlGroup.Parent> parent = ControlGroup.parent(Host.local());
    if (parent.isEmpty()) {
      return;
    }
    ControlGroup group = parent.get().create(16 << 20, 0).orElseThrow();
    try {
      String enter = "echo 0 >" + group.entrance() + " && exec tail /dev/zero";
      Process process = new ProcessBuilder("/bin/sh", "-c", enter).start();
      process.getOutputStream().close();
      assertThat(process.waitFor()).isEqualTo(137);
      assertThat(group.killed()).isPositive();
    } finally {
      group.remove();
    }
  }
}
