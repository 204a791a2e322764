package ai.a5c.krate.testkit.executor;

import static ai.a5c.krate.testkit.executor.RunnerBench.said;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.spi.executor.ExecutorFailedException;
import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.spi.executor.StepEnd;
import java.io.ByteArrayInputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** X1: runners. */
public interface RunnerRules {
  RunnerBench bench();

  @Test
  @DisplayName("X1.1 where nothing is in the way, both tiers start, with an empty workspace")
  default void x1_1() throws Exception {
    for (TrustTier tier : TrustTier.values()) {
      assertThat(bench().executor().obstacle(tier)).isEmpty();
    }
    try (Runner runner = bench().runner()) {
      assertThat(said(runner, "ls -A")).isEmpty();
    }
  }

  @Test
  @DisplayName("X1.2 two runners that live share no file")
  default void x1_2() throws Exception {
    try (Runner one = bench().runner();
        Runner other = bench().executor().start("other", RunnerBench.TERMS)) {
      assertThat(said(one, "echo 1 >file && echo 1 >/tmp/file && ls")).isEqualTo("file");
      assertThat(said(other, "ls -A . && ls /tmp | grep file || true")).isEmpty();
    }
  }

  @Test
  @DisplayName("X1.3 a runner that is closed takes nothing more; closing it twice is closing it")
  default void x1_3() throws Exception {
    Runner runner = bench().runner();
    assertThat(runner.isAlive()).isTrue();
    runner.close();
    runner.close();
    assertThat(runner.isAlive()).isFalse();
    assertThat(RunnerBench.end(runner, "true")).isInstanceOf(StepEnd.Lost.class);
    assertThatThrownBy(() -> runner.unpack(new ByteArrayInputStream(new byte[1024])))
        .isInstanceOf(ExecutorFailedException.class);
    assertThatThrownBy(() -> runner.pack(new Transcript(), 1 << 20))
        .isInstanceOf(ExecutorFailedException.class);
  }

  @Test
  @DisplayName("X1.4 an executor that is closed has closed its runners and starts none")
  default void x1_4() throws Exception {
    Runner runner = bench().runner();
    bench().executor().close();
    assertThat(RunnerBench.end(runner, "true")).isInstanceOf(StepEnd.Lost.class);
    assertThatThrownBy(() -> bench().runner()).isInstanceOf(ExecutorFailedException.class);
  }
}
