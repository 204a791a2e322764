package ai.a5c.krate.spi.executor;

import ai.a5c.krate.api.config.RunnerPool;
import java.nio.file.Path;

/** Makes an executor; found on the class path with {@link java.util.ServiceLoader}. */
public interface ExecutorProvider {
  /** Which pools it runs the jobs of. */
  RunnerPool.Executor executor();

  /**
   * Opens it. Whatever runners an earlier run left behind are ended first, with all their
   * processes.
   *
   * @param folder for what it has to keep while it runs; created if missing, used by one process at
   *     a time, which the caller sees to
   */
  StepExecutor open(Path folder);
}
