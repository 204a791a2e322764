package ai.a5c.krate.testkit.executor;

import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.api.meta.Secret;
import ai.a5c.krate.spi.executor.ExecutorFailedException;
import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.spi.executor.RunnerTerms;
import ai.a5c.krate.spi.executor.Step;
import ai.a5c.krate.spi.executor.StepEnd;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder, and a process at a time. */
final class FakeRunner implements Runner {
  private final Path home;
  private final RunnerTerms terms;
  private final Runnable closed;
  private volatile @Nullable Process process;
  private volatile boolean canceled;
  private volatile boolean lost;

  FakeRunner(Path home, RunnerTerms terms, Runnable closed) {
    this.home = home;
    this.terms = terms;
    this.closed = closed;
  }

  private Path workspace() {
    return home.resolve("workspace");
  }

  @Override
  public void unpack(InputStream tar) throws IOException, InterruptedException {
    requireAlive();
    remove(workspace());
    Files.createDirectories(workspace());
    canceled = false;
    Process untar = start(List.of("tar", "-x", "-f", "-"), workspace());
    process = untar;
    try (OutputStream in = untar.getOutputStream()) {
      byte[] buffer = new byte[1 << 16];
      for (int n = tar.read(buffer); n >= 0; n = tar.read(buffer)) {
        in.write(buffer, 0, n);
        in.flush();
      }
    } catch (IOException e) {
      if (!canceled && !lost) {
        throw e;
      }
    } finally {
      process = null;
    }
    require(untar);
  }

  @Override
  public void pack(OutputStream tar, long mostBytes) throws IOException, InterruptedException {
    requireAlive();
    Process pack = start(List.of("tar", "-c", "-f", "-", "."), workspace());
    pack.getOutputStream().close();
    long bytes = 0;
    byte[] buffer = new byte[1 << 16];
    try (InputStream out = pack.getInputStream()) {
      for (int n = out.read(buffer); n >= 0; n = out.read(buffer)) {
        bytes += n;
        if (bytes > mostBytes) {
          pack.destroyForcibly();
          throw new ExecutorFailedException("the workspace is larger than " + mostBytes);
        }
        tar.write(buffer, 0, n);
      }
    }
    require(pack);
  }

  @Override
  public StepEnd run(Step step, OutputStream log) throws IOException, InterruptedException {
    requireAlive();
    if (terms.tier() == TrustTier.UNTRUSTED && !step.secrets().isEmpty()) {
      throw new IllegalArgumentException("an untrusted step has no secrets");
    }
    canceled = false;
    Path secrets = Files.createDirectories(home.resolve("secrets"));
    for (Map.Entry<String, Secret> secret : step.secrets().entrySet()) {
      Files.write(secrets.resolve(secret.getKey()), secret.getValue().reveal());
    }
    Path script = Files.writeString(home.resolve("script"), step.script());
    try {
      return run(step, script, secrets, log);
    } finally {
      process = null;
      remove(secrets);
    }
  }

  private StepEnd run(Step step, Path script, Path secrets, OutputStream log)
      throws IOException, InterruptedException {
    var builder = new ProcessBuilder("setsid", "/bin/sh", "-e", script.toString());
    builder.directory(workspace().resolve(step.workingDirectory()).toFile());
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/local/bin:/usr/bin:/bin");
    builder.environment().put("HOME", home.toString());
    builder.environment().put("KRATE_SECRETS", secrets.toString());
    builder.environment().putAll(step.environment());
    builder.redirectErrorStream(true);
    Process running = builder.start();
    process = running;
    running.getOutputStream().close();
    Thread copy =
        Thread.ofVirtual()
            .start(
                () -> {
                  try (InputStream out = running.getInputStream()) {
                    out.transferTo(log);
                  } catch (IOException e) {
                    kill(running);
                  }
                });
    boolean inTime = running.waitFor(step.timeout().toNanos(), TimeUnit.NANOSECONDS);
    if (!inTime) {
      kill(running);
    }
    int code = running.waitFor();
    copy.join();
    if (lost) {
      return new StepEnd.Lost("it was lost");
    }
    if (canceled) {
      return new StepEnd.Canceled();
    }
    return inTime ? new StepEnd.Exited(code) : new StepEnd.TimedOut();
  }

  @Override
  public void cancel() {
    canceled = true;
    Process running = process;
    if (running != null) {
      kill(running);
    }
  }

  @Override
  public boolean isAlive() {
    return !lost;
  }

  /** Dies as if its host were lost. */
  void lose() {
    lost = true;
    Process running = process;
    if (running != null) {
      kill(running);
    }
  }

  @Override
  public void close() {
    lose();
    closed.run();
  }

  private void requireAlive() {
    if (lost) {
      throw new ExecutorFailedException("the runner is gone");
    }
  }

  /** The first process begins no other afterwards, and what it began is in its group. */
  private static void kill(Process process) {
    process.destroyForcibly();
    var all = new ProcessBuilder("/bin/sh", "-c", "kill -s KILL -- -" + process.pid());
    try {
      all.redirectErrorStream(true).redirectOutput(Redirect.DISCARD).start().onExit().join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Process start(List<String> command, Path folder) throws IOException {
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectError(Redirect.DISCARD)
        .start();
  }

  private static void require(Process process) throws InterruptedException {
    int code = process.waitFor();
    if (code != 0) {
      throw new ExecutorFailedException("tar ended with " + code);
    }
  }

  private static void remove(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
