package ai.a5c.krate.testkit.executor;

import ai.a5c.krate.spi.executor.StepExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/**
 * The laws of {@code ai.a5c.krate.spi.executor}, which every implementation joins by extending this
 * class. They are tested with steps for {@code /bin/sh}.
 *
 * <ul>
 *   <li><b>X1, runners.</b> One starts with an empty workspace, takes steps until it is closed, and
 *       shares nothing with another. An executor that is closed starts none.
 *   <li><b>X2, steps.</b> How a step ended is told by its exit code or signal; what it wrote
 *       arrives byte for byte; it has the environment, the folder and the interpreter that it asks
 *       for, and nothing to read.
 *   <li><b>X3, between steps.</b> The workspace alone is kept: no other file, no secret, no
 *       process.
 *   <li><b>X4, ends.</b> A step can be canceled, timed out, and ended by its log's failure, by an
 *       interrupt and by the end of its runner, whatever it does against that; all but the last
 *       leave a runner that takes another step.
 *   <li><b>X5, archives.</b> A workspace is replaced by what an archive holds, and packed into one;
 *       an archive that leads out of it, or does not fit, is refused and leaves it empty.
 *   <li><b>X6, limits.</b> Memory, processes and disk end where the terms say, and the runner takes
 *       another step.
 * </ul>
 */
@TestInstance(TestInstance.Lifecycle.PER_METHOD)
public abstract class ExecutorContract
    implements RunnerRules, StepRules, BetweenRules, EndRules, ArchiveRules, LimitRules {
  private final RunnerBench[] bench = new RunnerBench[1];

  /** An executor of its own for each call, which has no obstacle. */
  protected abstract StepExecutor open() throws Exception;

  @BeforeEach
  final void openExecutor() throws Exception {
    bench[0] = new RunnerBench(open());
  }

  @AfterEach
  final void closeExecutor() {
    bench().executor().close();
  }

  @Override
  public final RunnerBench bench() {
    return bench[0];
  }
}
