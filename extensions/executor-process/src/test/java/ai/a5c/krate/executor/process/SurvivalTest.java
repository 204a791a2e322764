package ai.a5c.krate.executor.process;

import static ai.a5c.krate.testkit.executor.RunnerBench.step;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.spi.executor.StepEnd;
import ai.a5c.krate.spi.executor.StepExecutor;
import ai.a5c.krate.testkit.executor.RunnerBench;
import ai.a5c.krate.testkit.executor.Transcript;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing of a runner outlives its server. */
class SurvivalTest {
  private static final Duration FUSE = Duration.ofMinutes(2);

  @TempDir Path folder;

  /** A server with two runners, whose steps leave processes behind that left their sessions. */
  static final class Server {
    private Server() {}

    public static void main(String[] arguments) throws Exception {
      StepExecutor executor = new ProcessExecutorProvider().open(Path.of(arguments[0]));
      String away =
          "( setsid sh -c 'trap \"\" TERM HUP INT; while :; do sleep 1000000; done' & ) &\n"
              + "sleep 0.2\necho began\nwhile :; do sleep 1000000; done\n";
      for (String name : new String[] {"one", "other"}) {
        Runner runner = executor.start(name, RunnerBench.TERMS);
        var log = new Transcript();
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    System.out.println(runner.run(step(away), log));
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                });
        log.await("began");
      }
      System.out.println("ready");
      Thread.sleep(Duration.ofHours(1));
    }
  }

  @Test
  void afterTheServerWasKilledNoProcessOfAnyRunnerIsLeft() throws Exception {
    Path runners = folder.resolve("runners");
    Process server =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                Server.class.getName(),
                runners.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      var reader = server.inputReader(StandardCharsets.UTF_8);
      assertThat(reader.readLine()).isEqualTo("ready");
      List<ProcessHandle> all = below(server.pid());
      // For each: two outside, one that waits inside, and for its step five and more.
      assertThat(all).hasSizeGreaterThan(12);

      server.destroyForcibly();

      for (ProcessHandle process : all) {
        process.onExit().get(FUSE.toSeconds(), TimeUnit.SECONDS);
      }
      assertThat(all).noneMatch(ProcessHandle::isAlive);
    } finally {
      server.destroyForcibly();
    }
    try (StepExecutor next = new ProcessExecutorProvider().open(runners);
        Stream<Path> files = Files.list(runners)) {
      assertThat(files).isEmpty();
      assertThat(next.obstacle(RunnerBench.TERMS.tier())).isEmpty();
    }
    ControlGroups.of(Host.local()).ifPresent(groups -> assertSwept(groups, server.pid()));
  }

  /** The kernel may have been busy with the last of them at the first start. */
  private void assertSwept(ControlGroups groups, long pid) {
    String name = "krate-" + pid + "-";
    long deadline = System.nanoTime() + FUSE.toNanos();
    File[] left = named(groups, name);
    while (left.length > 0 && System.nanoTime() - deadline < 0) {
      new ProcessExecutorProvider().open(folder.resolve("runners")).close();
      left = named(groups, name);
    }
    assertThat(left).isEmpty();
  }

  private static File[] named(ControlGroups groups, String name) {
    return requireNonNull(
        groups.folder().toFile().listFiles((folder, group) -> group.startsWith(name)));
  }

  @Test
  void whatAnEarlierRunLeftIsEndedAtTheNextOpen() throws Exception {
    Process left = new ProcessBuilder("sleep", "1000000").start();
    Process stranger = new ProcessBuilder("sleep", "1000000").start();
    try {
      Path runners = folder.resolve("runners");
      Leftovers leftovers = Leftovers.in(runners);
      assertThat(leftovers.remember(left.pid())).exists();
      Path other = leftovers.remember(stranger.pid());
      // The number of a process that has ended, which another process has now.
      List<String> lines = new ArrayList<>(Files.readAllLines(other));
      lines.set(1, "1");
      Files.write(other, lines);

      new ProcessExecutorProvider().open(runners).close();

      assertThat(left.waitFor(FUSE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(stranger.isAlive()).isTrue();
      try (Stream<Path> files = Files.list(runners)) {
        assertThat(files).isEmpty();
      }
    } finally {
      left.destroyForcibly();
      stranger.destroyForcibly();
    }
  }

  @Test
  void aStepIsLostWithTheFirstProcessOfItsRunner() throws Exception {
    try (StepExecutor executor = new ProcessExecutorProvider().open(folder.resolve("runners"));
        Runner runner = executor.start("job", RunnerBench.TERMS)) {
      var log = new Transcript();
      var end =
          new FutureTask<>(() -> runner.run(step("echo began; while :; do sleep 1; done"), log));
      Thread.ofPlatform().daemon().start(end);
      log.await("began");
      Optional<Path> file;
      try (Stream<Path> files = Files.list(folder.resolve("runners"))) {
        file = files.findFirst();
      }
      long outside = Long.parseLong(Files.readAllLines(file.orElseThrow()).getFirst());
      for (long first : ProcessTree.children(outside)) {
        assertThat(ProcessHandle.of(first).orElseThrow().destroyForcibly()).isTrue();
      }
      assertThat(end.get(FUSE.toSeconds(), TimeUnit.SECONDS)).isInstanceOf(StepEnd.Lost.class);
    }
  }

  private static List<ProcessHandle> below(long pid) {
    List<ProcessHandle> all = new ArrayList<>();
    var open = new ArrayDeque<Long>(ProcessTree.children(pid));
    while (!open.isEmpty()) {
      long next = open.pop();
      ProcessHandle.of(next).ifPresent(all::add);
      open.addAll(ProcessTree.children(next));
    }
    return all;
  }
}
