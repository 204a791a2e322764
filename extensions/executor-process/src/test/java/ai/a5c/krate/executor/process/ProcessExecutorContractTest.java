package ai.a5c.krate.executor.process;

import ai.a5c.krate.spi.executor.StepExecutor;
import ai.a5c.krate.testkit.executor.ExecutorContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class ProcessExecutorContractTest extends ExecutorContract {
  @TempDir Path folder;

  @Override
  protected StepExecutor open() {
    return new ProcessExecutorProvider().open(folder.resolve("runners"));
  }
}
