package ai.a5c.krate.executor.process;

import ai.a5c.krate.api.config.RunnerPool;
import ai.a5c.krate.spi.executor.ExecutorProvider;
import ai.a5c.krate.spi.executor.StepExecutor;
import java.nio.file.Path;

/** The executor of this host. */
public final class ProcessExecutorProvider implements ExecutorProvider {
  @Override
  public RunnerPool.Executor executor() {
    return RunnerPool.Executor.PROCESS;
  }

  @Override
  public StepExecutor open(Path folder) {
    return ProcessExecutor.open(folder, Host.local());
  }
}
