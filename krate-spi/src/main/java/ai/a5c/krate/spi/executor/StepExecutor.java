package ai.a5c.krate.spi.executor;

import ai.a5c.krate.api.config.TrustTier;
import java.util.Optional;

/**
 * Starts runners: places, isolated from the host and from one another, in which the steps of one
 * pipeline run one after the other. May be used from many threads at once.
 */
public interface StepExecutor extends AutoCloseable {
  /**
   * Why this host can run no jobs of the tier, if so: a sentence for people, with the way out.
   * Found out by trying, once; cheap afterwards.
   */
  Optional<String> obstacle(TrustTier tier);

  /**
   * Starts a runner with an empty workspace, and waits until it can take a step. Its processes do
   * not outlive this process, whatever ends it.
   *
   * @param name for messages; unique among the runners that live
   * @throws ExecutorFailedException if it does not start; nothing is left of it
   */
  Runner start(String name, RunnerTerms terms) throws InterruptedException;

  /** Ends every runner that still lives, with all its processes, and waits for that. */
  @Override
  void close();
}
