package ai.a5c.krate.executor.process;

import static ai.a5c.krate.testkit.executor.RunnerBench.said;
import static ai.a5c.krate.testkit.executor.RunnerBench.step;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.spi.executor.RunnerTerms;
import ai.a5c.krate.spi.executor.StepEnd;
import ai.a5c.krate.testkit.executor.RunnerBench;
import ai.a5c.krate.testkit.executor.Transcript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Control groups, where the host lets this process make some: of either version. */
class ControlGroupsTest {
  private static final long MIB = 1L << 20;

  /** More than the kernel counts to. */
  private static final int NO_PROCESS = (1 << 22) + 1;

  private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");

  /** A runner that may have 104 MiB, its disk and what the kernel needs for it included. */
  private static final RunnerTerms SMALL =
      new RunnerTerms(TrustTier.UNTRUSTED, false, 64 * MIB, 8 * MIB, 32);

  private static final StepEnd TOO_MUCH = new StepEnd.Exceeded("more than 64 MiB of memory");

  /** 160 MiB that no process maps. */
  private static final String ANONYMOUS_FILE =
      """
      perl -e '
        $d = syscall(%d, $n = "x", 0); open(F, "+<&=", $d) or die $!; $b = "x" x (1 << 20);
        for (1 .. 160) { syswrite(F, $b) == 1 << 20 or die $! }
        print "filled\\n"'
      """
          .formatted(ARM ? 279 : 319);

  private static final String SEGMENTS =
      """
      perl -e '
        $b = "x" x (1 << 20);
        for (1 .. 160) { $i = shmget(0, 1 << 20, 0600) // die $!; shmwrite($i, $b, 0, 1 << 20) or die $! }
        print "filled\\n"'
      """;

  /** The server's limit of open files may be in the way, which ends it, too. */
  private static final String PIPES =
      """
      perl -e '
        while ($s < 160 << 20) {
          pipe($r, $w) && fcntl($w, 4, 2048) or die $!;
          push @all, $r, $w; $s += syswrite($w, "x" x 65536) // die $!; undef $r; undef $w;
        }
        print "filled\\n"'
      """;

  @TempDir Path folder;
  private Host host;
  private Optional<ControlGroups> groups;

  @BeforeEach
  void find() {
    host = Host.local();
    groups = ControlGroups.of(host);
  }

  private static List<Path> own(ControlGroups groups) throws IOException {
    String own = "krate-" + ProcessHandle.current().pid() + "-";
    try (Stream<Path> all = Files.list(groups.folder())) {
      return all.filter(path -> path.getFileName().toString().startsWith(own)).toList();
    }
  }

  @Test
  void aRunnerHasAGroupAsLongAsItLives() throws Exception {
    try (ProcessExecutor executor = ProcessExecutor.open(folder, host)) {
      assertThat(executor.hasControlGroups()).isEqualTo(groups.isPresent());
      if (groups.isEmpty()) {
        return; // What bounds its runners is in LimitsTest.
      }
      try (Runner runner = executor.start("job", RunnerBench.TERMS)) {
        List<Path> all = own(groups.get());
        assertThat(all).hasSize(1);
        assertThat(all.getFirst().resolve(groups.get().version().bound()))
            .content()
            .isEqualTo(((256 + 16 + 32) << 20) + "\n");
        assertThat(said(runner, "grep -E ':memory:|^0::' /proc/self/cgroup | head -n 1"))
            .endsWith(all.getFirst().getFileName().toString());
      }
      assertThat(own(groups.get())).isEmpty();
    }
  }

  @Test
  void theKernelEndsWhatIsFasterThanTheLooks() throws Exception {
    if (groups.isEmpty()) {
      return;
    }
    ControlGroup group = groups.get().create(16 * MIB, 0);
    try {
      String enter = "echo 0 >" + group.entrance() + " && exec tail /dev/zero";
      Process process = new ProcessBuilder("/bin/sh", "-c", enter).start();
      process.getOutputStream().close();
      assertThat(process.waitFor()).isEqualTo(137);
      assertThat(group.killed()).isPositive();
      group.settle();
    } finally {
      group.remove();
    }
    assertThat(group.entrance().getParent()).doesNotExist();
  }

  @Test
  void memoryThatNoProcessMapsIsTakenWhereNoGroupsAre() throws Exception {
    Host without = host.withGroups(folder.resolve("none"));
    try (ProcessExecutor executor = ProcessExecutor.open(folder.resolve("runners"), without);
        Runner runner = executor.start("job", SMALL)) {
      assertThat(executor.hasControlGroups()).isFalse();
      assertThat(said(runner, ANONYMOUS_FILE)).isEqualTo("filled");
    }
  }

  @Test
  void anAnonymousFileInMemoryIsBounded() throws Exception {
    if (groups.isPresent()) {
      assertThat(tried(ANONYMOUS_FILE)).isEqualTo(TOO_MUCH);
    }
  }

  @Test
  void sharedSegmentsAreBounded() throws Exception {
    if (groups.isPresent()) {
      assertThat(tried(SEGMENTS)).isEqualTo(TOO_MUCH);
    }
  }

  @Test
  void fullPipesAreBounded() throws Exception {
    if (groups.isPresent()) {
      assertThat(tried(PIPES)).isNotEqualTo(new StepEnd.Exited(0));
    }
  }

  /** How it ends; the runner is as good as before. */
  private StepEnd tried(String script) throws Exception {
    try (ProcessExecutor executor = ProcessExecutor.open(folder, host);
        Runner runner = executor.start("job", SMALL)) {
      var log = new Transcript();
      StepEnd end = runner.run(step(script), log);
      assertThat(log.text()).doesNotContain("filled");
      assertThat(said(runner, "echo next")).isEqualTo("next");
      return end;
    }
  }

  @Test
  void aGroupThatADeadProcessLeftIsRemovedAtTheNextOpen() throws Exception {
    if (groups.isEmpty()) {
      return;
    }
    Path left = groups.get().folder().resolve("krate-" + NO_PROCESS + "-1");
    Files.createDirectories(left);
    ControlGroup living = groups.get().create(16 * MIB, 0);
    try {
      ProcessExecutor.open(folder, host).close();
      assertThat(left).doesNotExist();
      assertThat(living.entrance()).exists();
    } finally {
      living.remove();
    }
  }
}
