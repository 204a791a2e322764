package ai.a5c.krate.executor.process;

import static ai.a5c.krate.testkit.executor.RunnerBench.end;
import static ai.a5c.krate.testkit.executor.RunnerBench.said;
import static ai.a5c.krate.testkit.executor.RunnerBench.step;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.spi.executor.StepEnd;
import ai.a5c.krate.testkit.executor.RunnerBench;
import ai.a5c.krate.testkit.executor.Transcript;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a host without control groups bounds; with them the contract's suite runs. */
class LimitsTest {
  private static final StepEnd TOO_MUCH = new StepEnd.Exceeded("more than 256 MiB of memory");

  @TempDir Path folder;

  private ProcessExecutor withoutGroups() {
    Host host = Host.local().withGroups(folder.resolve("none"));
    return ProcessExecutor.open(folder.resolve("runners"), host);
  }

  @Test
  void memoryOfOneProcessIsBounded() throws Exception {
    try (ProcessExecutor executor = withoutGroups();
        Runner runner = executor.start("job", RunnerBench.TERMS)) {
      assertThat(executor.hasControlGroups()).isFalse();
      assertThat(end(runner, "tail /dev/zero")).isEqualTo(TOO_MUCH);
      assertThat(said(runner, "echo next")).isEqualTo("next");
    }
  }

  @Test
  void memoryOfManyProcessesIsBoundedTogether() throws Exception {
    String each = "perl -e '$x = \"x\" x (30 << 20); sleep 1000000' &\n";
    try (ProcessExecutor executor = withoutGroups();
        Runner runner = executor.start("job", RunnerBench.TERMS)) {
      assertThat(end(runner, each.repeat(20) + "wait")).isEqualTo(TOO_MUCH);
      assertThat(said(runner, "echo next")).isEqualTo("next");
    }
  }

  @Test
  void aBombOfProcessesIsHeldAndEndedWithItsStep() throws Exception {
    String bomb = "bomb() { bomb | bomb & }\nbomb 2>/dev/null\nsleep 1\necho over\n";
    try (ProcessExecutor executor = withoutGroups();
        Runner runner = executor.start("job", RunnerBench.TERMS)) {
      StepEnd end = runner.run(step(bomb), new Transcript());
      assertThat(end).isInstanceOf(StepEnd.Exited.class);
      assertThat(said(runner, "for p in /proc/[0-9]*; do read -r name <$p/comm; echo $name; done"))
          .isEqualTo("sh");
    }
  }

  @Test
  void manySmallFilesFillTheDiskToo() throws Exception {
    try (ProcessExecutor executor = withoutGroups();
        Runner runner = executor.start("job", RunnerBench.TERMS)) {
      String many = "perl -e 'for (1..1000000) { open(F, \">\", \"f$_\") or exit 7 }'";
      assertThat(end(runner, many)).isEqualTo(new StepEnd.Exited(7));
      assertThat(said(runner, "find . -name 'f*' -delete; echo 1 >file; ls")).isEqualTo("file");
    }
  }
}
