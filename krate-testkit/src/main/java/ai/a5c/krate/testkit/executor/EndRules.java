package ai.a5c.krate.testkit.executor;

import static ai.a5c.krate.testkit.executor.RunnerBench.said;
import static ai.a5c.krate.testkit.executor.RunnerBench.step;
import static ai.a5c.krate.testkit.executor.RunnerBench.timed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.spi.executor.StepEnd;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** X4: how steps are ended. */
public interface EndRules {
  /** Says that it began, and then ends for nobody who asks. */
  String STUBBORN = "trap '' TERM INT HUP\necho began\nwhile :; do sleep 0.1; done\n";

  long FUSE_SECONDS = 120;

  RunnerBench bench();

  @Test
  @DisplayName("X4.1 a step ends when its time is over, though it does not want to")
  default void x4_1() throws Exception {
    try (Runner runner = bench().runner()) {
      assertThat(runner.run(timed(STUBBORN, Duration.ofMillis(500)), new Transcript()))
          .isEqualTo(new StepEnd.TimedOut());
      assertThat(said(runner, "echo next")).isEqualTo("next");
    }
  }

  @Test
  @DisplayName("X4.2 a step that is canceled ends, though it does not want to")
  default void x4_2() throws Exception {
    try (Runner runner = bench().runner()) {
      var log = new Transcript();
      FutureTask<StepEnd> end = running(runner, STUBBORN, log);
      log.await("began");
      runner.cancel();
      assertThat(end.get(FUSE_SECONDS, TimeUnit.SECONDS)).isEqualTo(new StepEnd.Canceled());
      assertThat(said(runner, "echo next")).isEqualTo("next");
    }
  }

  @Test
  @DisplayName("X4.3 a step is asked to terminate first")
  default void x4_3() throws Exception {
    try (Runner runner = bench().runner()) {
      var log = new Transcript();
      String polite = "trap 'echo asked; exit 0' TERM\necho began\nwhile :; do sleep 0.1; done\n";
      FutureTask<StepEnd> end = running(runner, polite, log);
      log.await("began");
      runner.cancel();
      assertThat(end.get(FUSE_SECONDS, TimeUnit.SECONDS)).isEqualTo(new StepEnd.Canceled());
      assertThat(log.text()).contains("asked");
    }
  }

  @Test
  @DisplayName("X4.4 canceling when nothing runs has no effect on what runs next")
  default void x4_4() throws Exception {
    try (Runner runner = bench().runner()) {
      runner.cancel();
      assertThat(said(runner, "echo next")).isEqualTo("next");
    }
  }

  @Test
  @DisplayName("X4.5 a log that throws ends the step, and its exception rises")
  default void x4_5() throws Exception {
    try (Runner runner = bench().runner()) {
      var full =
          new OutputStream() {
            @Override
            public void write(int b) throws IOException {
              throw new IOException("the log is full");
            }
          };
      assertThatThrownBy(() -> unexpected(runner.run(step("while :; do echo more; done"), full)))
          .isInstanceOf(IOException.class)
          .hasMessage("the log is full");
      assertThat(said(runner, "echo next")).isEqualTo("next");
    }
  }

  @Test
  @DisplayName("X4.6 a step that writes for ever is ended like any other")
  default void x4_6() throws Exception {
    try (Runner runner = bench().runner()) {
      assertThat(
              runner.run(
                  timed("while :; do echo more; done", Duration.ofMillis(500)),
                  OutputStream.nullOutputStream()))
          .isEqualTo(new StepEnd.TimedOut());
    }
  }

  @Test
  @DisplayName("X4.7 an interrupt ends the step and rises")
  default void x4_7() throws Exception {
    try (Runner runner = bench().runner()) {
      var log = new Transcript();
      var end = new FutureTask<StepEnd>(() -> runner.run(step(STUBBORN), log));
      Thread thread = Thread.ofPlatform().daemon().start(end);
      log.await("began");
      thread.interrupt();
      assertThatThrownBy(() -> unexpected(end.get(FUSE_SECONDS, TimeUnit.SECONDS)))
          .hasCauseInstanceOf(InterruptedException.class);
      assertThat(said(runner, "echo next")).isEqualTo("next");
    }
  }

  @Test
  @DisplayName("X4.8 a runner that is closed under a step loses it")
  default void x4_8() throws Exception {
    try (Runner runner = bench().runner()) {
      var log = new Transcript();
      FutureTask<StepEnd> end = running(runner, STUBBORN, log);
      log.await("began");
      runner.close();
      assertThat(end.get(FUSE_SECONDS, TimeUnit.SECONDS)).isInstanceOf(StepEnd.Lost.class);
    }
  }

  private static FutureTask<StepEnd> running(Runner runner, String script, Transcript log) {
    var end = new FutureTask<StepEnd>(() -> runner.run(step(script), log));
    Thread.ofPlatform().daemon().start(end);
    return end;
  }

  private static void unexpected(StepEnd end) {
    throw new AssertionError("it ended: " + end);
  }
}
