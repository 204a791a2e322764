package ai.a5c.krate.executor.process;

import static ai.a5c.krate.testkit.executor.RunnerBench.said;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.spi.executor.ExecutorFailedException;
import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.testkit.executor.RunnerBench;
import ai.a5c.krate.testkit.executor.TarBuilder;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Archives that never end, as a commit of a few trees makes them that name one another again and
 * again.
 */
class HostileArchiveTest {
  private static final long FUSE = 120;

  @TempDir Path folder;

  /** The beginning of an archive over and over, without its end. */
  private static final class Endless extends InputStream {
    final CountDownLatch read = new CountDownLatch(100);
    private final byte[] entries;
    private int at;

    Endless(TarBuilder entries) throws Exception {
      byte[] whole = entries.stream().readAllBytes();
      this.entries = Arrays.copyOf(whole, whole.length - 2 * 512);
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      read.countDown();
      for (int i = 0; i < length; i++) {
        buffer[offset + i] = entries[at];
        at = (at + 1) % entries.length;
      }
      return length;
    }
  }

  @Test
  void anArchiveIsGivenUpAtItsFirstFault() throws Exception {
    try (ProcessExecutor executor = ProcessExecutor.open(folder, Host.local());
        Runner runner = executor.start("job", RunnerBench.TERMS)) {
      var fault = new Endless(new TarBuilder().file("fine", "x").file("../out", "x"));
      FutureTask<Void> unpacking = unpacking(runner, fault);
      assertThatThrownBy(() -> unpacking.get(FUSE, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(ExecutorFailedException.class)
          .hasMessageContaining("the archive is not unpacked");
      assertThat(said(runner, "ls -A")).isEmpty();
    }
  }

  @Test
  void whoCancelsEndsTheUnpacking() throws Exception {
    try (ProcessExecutor executor = ProcessExecutor.open(folder, Host.local());
        Runner runner = executor.start("job", RunnerBench.TERMS)) {
      var endless = new Endless(new TarBuilder().file("same", "x"));
      FutureTask<Void> unpacking = unpacking(runner, endless);
      assertThat(endless.read.await(FUSE, TimeUnit.SECONDS)).isTrue();
      runner.cancel();
      assertThatThrownBy(() -> unpacking.get(FUSE, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(ExecutorFailedException.class);
      assertThat(said(runner, "ls -A")).isEmpty();
    }
  }

  @Test
  void whoClosesTheRunnerEndsTheUnpacking() throws Exception {
    try (ProcessExecutor executor = ProcessExecutor.open(folder, Host.local());
        Runner runner = executor.start("job", RunnerBench.TERMS)) {
      var endless = new Endless(new TarBuilder().file("same", "x"));
      FutureTask<Void> unpacking = unpacking(runner, endless);
      assertThat(endless.read.await(FUSE, TimeUnit.SECONDS)).isTrue();
      runner.close();
      assertThatThrownBy(() -> unpacking.get(FUSE, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(ExecutorFailedException.class);
    }
  }

  private static FutureTask<Void> unpacking(Runner runner, InputStream archive) {
    var task =
        new FutureTask<Void>(
            () -> {
              runner.unpack(archive);
              return null;
            });
    Thread.ofPlatform().daemon().start(task);
    return task;
  }
}
