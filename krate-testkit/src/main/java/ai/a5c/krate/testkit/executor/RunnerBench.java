package ai.a5c.krate.testkit.executor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.spi.executor.RunnerTerms;
import ai.a5c.krate.spi.executor.Step;
import ai.a5c.krate.spi.executor.StepEnd;
import ai.a5c.krate.spi.executor.StepExecutor;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** An executor, and short words for what is done with it. */
public record RunnerBench(StepExecutor executor) {
  private static final long MIB = 1L << 20;

  /** Much longer than any step here takes. */
  public static final Duration LONG = Duration.ofMinutes(5);

  public static final RunnerTerms TERMS =
      new RunnerTerms(TrustTier.UNTRUSTED, false, 256 * MIB, 16 * MIB, 64);

  public Runner runner() throws InterruptedException {
    return executor.start("runner", TERMS);
  }

  public static Step step(String script) {
    return new Step(script, Map.of(), "", Map.of(), LONG);
  }

  public static Step timed(String script, Duration timeout) {
    return new Step(script, Map.of(), "", Map.of(), timeout);
  }

  public static Step in(String folder, String script) {
    return new Step(script, Map.of(), folder, Map.of(), LONG);
  }

  public static Step with(Map<String, String> environment, String script) {
    return new Step(script, environment, "", Map.of(), LONG);
  }

  /** What a script that has to succeed writes. */
  public static String said(Runner runner, String script) throws IOException, InterruptedException {
    return said(runner, step(script));
  }

  public static String said(Runner runner, Step step) throws IOException, InterruptedException {
    var log = new Transcript();
    StepEnd end = runner.run(step, log);
    assertThat(end).as(log.text()).isEqualTo(new StepEnd.Exited(0));
    return log.text().strip();
  }

  /** How a script ends that may write what it likes. */
  public static StepEnd end(Runner runner, String script) throws IOException, InterruptedException {
    return runner.run(step(script), new Transcript());
  }
}
