package ai.a5c.krate.testkit.executor;

import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.spi.executor.ExecutorFailedException;
import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.spi.executor.RunnerTerms;
import ai.a5c.krate.spi.executor.StepExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An executor that isolates nothing: its runners are folders, and their steps plain processes of
 * {@code /bin/sh}, so it is for tests alone, and needs {@code sh} and {@code tar}. It can be told
 * that it cannot run anything.
 */
public final class FakeExecutor implements StepExecutor {
  private final Path folder;
  private final Map<String, FakeRunner> runners = new ConcurrentHashMap<>();
  private final AtomicInteger started = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private volatile @Nullable String obstacle;
  private volatile @Nullable String trouble;

  /** Runners in a folder that is there. */
  public FakeExecutor(Path folder) {
    this.folder = folder;
  }

  /** Why nothing can be run from now on; null if it can. */
  public void setObstacle(@Nullable String why) {
    obstacle = why;
  }

  /** Why no runner starts from now on; null if they do. */
  public void setTrouble(@Nullable String why) {
    trouble = why;
  }

  /** How many runners live. */
  public int living() {
    return runners.size();
  }

  /** How many runners lived at once at most. */
  public int mostLiving() {
    return most.get();
  }

  /** How many runners were started. */
  public int started() {
    return started.get();
  }

  /** Lets every runner die under its step, as if its host were lost. */
  public void loseAll() {
    // Not those that somebody starts because of it.
    List.copyOf(runners.values()).forEach(FakeRunner::lose);
  }

  @Override
  public Optional<String> obstacle(TrustTier tier) {
    return Optional.ofNullable(obstacle);
  }

  @Override
  public Runner start(String name, RunnerTerms terms) {
    if (trouble != null) {
      throw new ExecutorFailedException(String.valueOf(trouble));
    }
    Path home = folder.resolve(name);
    try {
      Files.createDirectories(home.resolve("workspace"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var runner = new FakeRunner(home, terms, () -> runners.remove(name));
    runners.put(name, runner);
    started.incrementAndGet();
    most.accumulateAndGet(runners.size(), Math::max);
    return runner;
  }

  @Override
  public void close() {
    runners.values().forEach(FakeRunner::close);
  }
}
