package ai.a5c.krate.testkit.executor;

import static ai.a5c.krate.testkit.executor.RunnerBench.end;
import static ai.a5c.krate.testkit.executor.RunnerBench.said;
import static ai.a5c.krate.testkit.executor.RunnerBench.step;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.spi.executor.StepEnd;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** X6: limits. */
public interface LimitRules {
  RunnerBench bench();

  @Test
  @DisplayName("X6.1 a step that takes more memory than its runner has is ended")
  default void x6_1() throws Exception {
    try (Runner runner = bench().runner()) {
      // The whole of its input is one line, which tail keeps.
      assertThat(end(runner, "tail /dev/zero"))
          .isEqualTo(new StepEnd.Exceeded("more than 256 MiB of memory"));
      assertThat(said(runner, "echo next")).isEqualTo("next");
    }
  }

  @Test
  @DisplayName("X6.2 a step that starts ever more processes gets no more than its runner has")
  default void x6_2() throws Exception {
    try (Runner runner = bench().runner()) {
      String many =
          "i=0; while [ $i -lt 500 ]; do sleep 1000 & i=$((i + 1)); done; echo all of them";
      var log = new Transcript();
      assertThat(runner.run(step(many), log)).isNotEqualTo(new StepEnd.Exited(0));
      assertThat(log.text()).doesNotContain("all of them");
      assertThat(said(runner, "echo next")).isEqualTo("next");
    }
  }

  @Test
  @DisplayName("X6.3 the workspace and temporary files are on one disk of a bounded size")
  default void x6_3() throws Exception {
    try (Runner runner = bench().runner()) {
      assertThat(end(runner, "head -c 30000000 /dev/zero >file")).isEqualTo(new StepEnd.Exited(1));
      assertThat(said(runner, "rm file; echo rest >file; cat file")).isEqualTo("rest");
      assertThat(
              end(
                  runner,
                  "head -c 10000000 /dev/zero >one\nhead -c 10000000 /dev/zero >/tmp/other"))
          .isEqualTo(new StepEnd.Exited(1));
    }
  }
}
