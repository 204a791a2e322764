package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.core.forge.ForgeKinds;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code krate logs} against a server by HTTP. */
@Timeout(180)
class LogsCommandTest {
  @TempDir Path temporary;

  /** What was printed so far, and waiting for it. */
  private static final class Screen extends ByteArrayOutputStream {
    @Override
    public synchronized void write(byte[] bytes, int from, int length) {
      super.write(bytes, from, length);
      notifyAll();
    }

    @Override
    public synchronized void write(int b) {
      super.write(b);
      notifyAll();
    }

    synchronized void await(int size) throws InterruptedException {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
      while (size() < size) {
        assertThat(System.nanoTime()).isLessThan(deadline);
        wait(1_000);
      }
    }

    void await(String text) throws InterruptedException {
      synchronized (this) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (!toString(StandardCharsets.UTF_8).contains(text)) {
          assertThat(System.nanoTime()).as(toString(StandardCharsets.UTF_8)).isLessThan(deadline);
          wait(1_000);
        }
      }
    }
  }

  private final Screen out = new Screen();
  private final Screen err = new Screen();

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    if (!all.contains("--kubeconfig")) {
      all.addAll(List.of("--data-dir", temporary.toString()));
    }
    return new LogsCommand(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Duration.ofMillis(20))
        .run(all, Map.of());
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String said() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theNameMayStandAnywhereAndShortFlagsAreKnown() {
    assertThat(
            LogSettings.read(
                List.of("-n", "team", "pipeline/web-1", "-f", "--since-bytes=4", "--attempt", "2"),
                Map.of("KRATE_DATA_DIR", "/srv")))
        .isEqualTo(
            new LogSettings.Outcome.Valid(
                new LogSettings(
                    "web-1",
                    Optional.of("pipelines"),
                    Optional.of("team"),
                    true,
                    OptionalInt.of(2),
                    4,
                    Optional.empty(),
                    Path.of("/srv"))));
  }

  @Test
  void everyProblemIsToldAtOnce() {
    assertThat(
            LogSettings.read(
                List.of(
                    "--attempt", "0", "--since-bytes", "x", "--listen", "-n", "A b", "no/a", "b"),
                Map.of()))
        .isEqualTo(
            new LogSettings.Outcome.Invalid(
                List.of(
                    "there is no flag --listen",
                    "\"b\" is not expected here: one name is enough",
                    "--namespace: \"A b\" is no name of a namespace",
                    "--attempt: \"0\" is no whole number from 1 to 999999999",
                    "--since-bytes: \"x\" is no whole number from 0 to 999999999",
                    "\"no\" has no log: pipeline/NAME or job/NAME")));
    assertThat(run()).isEqualTo(Main.USAGE);
    assertThat(said()).contains("the name of a pipeline or a job is missing", "krate logs --help");
  }

  @Test
  void aFolderWithoutAServerIsNamed() {
    assertThat(run("web-1")).isEqualTo(Main.FAILED);
    assertThat(said()).contains("is no data folder of a server", "--data-dir", "--kubeconfig");
  }

  @Test
  void theLogOfAJobIsPrintedAsItIs() {
    try (var server = new LogServer(temporary)) {
      Uid job = server.job("web-1-test", "web-1", "test", 0);
      server.attempts("web-1-test", "Running", "Lost", "");
      server.print(job, 1, "first");
      server.print(job, 2, "größer\r\n\0second");

      assertThat(run("web-1-test")).isZero();
      assertThat(printed()).isEqualTo("größer\r\n\0second");
      out.reset();
      assertThat(run("job/web-1-test", "-n", LogServer.NAMESPACE, "--attempt", "1")).isZero();
      assertThat(printed()).isEqualTo("first");
      out.reset();
      assertThat(run("web-1-test", "--attempt=1", "--since-bytes", "2")).isZero();
      assertThat(printed()).isEqualTo("rst");
      out.reset();
      assertThat(run("web-1-test", "--attempt", "3")).isEqualTo(Main.FAILED);
      assertThat(said()).contains("The server refuses: job \"web-1-test\" has no attempt 3");
    }
  }

  @Test
  void aKubeconfigIsAsGoodAsTheDataFolder() {
    Path folder = temporary.resolve("data");
    try (var server = new LogServer(folder)) {
      Uid job = server.job("web-1-test", "web-1", "test", 0);
      server.attempts("web-1-test", "Succeeded", "Succeeded");
      server.print(job, 1, "hello");
      String file = folder.resolve("admin.kubeconfig").toString();

      assertThat(run("web-1-test", "--kubeconfig", file)).as(said()).isZero();
      assertThat(printed()).isEqualTo("hello");
      assertThat(run("web-1-test", "--kubeconfig", file + "x")).isEqualTo(Main.FAILED);
    }
  }

  @Test
  void whatDoesNotExistIsSaid() {
    try (var server = new LogServer(temporary)) {
      Uid unused = server.job("web-1-test", "web-1", "test", 0);

      assertThat(run("web-2")).isEqualTo(Main.FAILED);
      assertThat(run("web-1-test", "-n", "elsewhere")).isEqualTo(Main.FAILED);
      assertThat(run("pipeline/web-1-test")).isEqualTo(Main.FAILED);
      assertThat(said()).contains("There is neither a pipeline nor a job \"web-2\"");
    }
    assertThat(run("web-1-test")).isEqualTo(Main.FAILED);
    assertThat(said()).contains("The server does not answer");
    assertThat(out.size()).isZero();
  }

  @Test
  void theLogsOfAPipelineStandUnderTheirStepsInOrder() {
    try (var server = new LogServer(temporary)) {
      server.pipeline("web-1", "Failed");
      Uid second = server.job("web-1-a", "web-1", "deploy", 1);
      Uid first = server.job("web-1-b", "web-1", "build", 0);
      Uid third = server.job("web-1-c", "web-1", "report", 2);
      Uid other = server.job("web-2-a", "web-2", "build", 0);
      server.attempts("web-1-b", "Succeeded", "Succeeded");
      server.attempts("web-1-a", "Failed", "Failed");
      server.attempts("web-1-c", "Skipped");
      server.print(first, 1, "building\n");
      server.print(second, 1, "deploying");
      server.print(other, 1, "of another one");

      assertThat(third).isNotEqualTo(first);
      assertThat(run("web-1")).as(said()).isZero();
      assertThat(printed())
          .isEqualTo(
              "==> build (job/web-1-b)\nbuilding\n"
                  + "==> deploy (job/web-1-a)\ndeploying\n"
                  + "==> report (job/web-1-c)\n");
      assertThat(run("web-1", "--attempt", "1")).isEqualTo(Main.FAILED);
    }
  }

  @Test
  void aPipelineIsFollowedToItsEnd() throws Exception {
    try (var server = new LogServer(temporary);
        var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      server.pipeline("web-1", "Pending");
      Future<Integer> running = executor.submit(() -> run("web-1", "-f"));
      Uid build = server.job("web-1-a", "web-1", "build", 0);
      out.await("==> build (job/web-1-a)\n");
      server.attempts("web-1-a", "Running", "");
      server.print(build, 1, "one\n");
      out.await("one\n");
      server.attempts("web-1-a", "Queued", "Lost");
      server.attempts("web-1-a", "Running", "Lost", "");
      server.print(build, 2, "again\n");
      out.await("==> attempt 2 (job/web-1-a)\nagain\n");
      Uid test = server.job("web-1-b", "web-1", "test", 1);
      server.attempts("web-1-a", "Succeeded", "Lost", "Succeeded");
      out.await("==> test (job/web-1-b)\n");
      server.print(test, 1, "fine\n");
      server.attempts("web-1-b", "Succeeded", "Succeeded");
      out.await("fine\n");
      server.pipelinePhase("web-1", "Succeeded");

      assertThat(running.get()).isZero();
      assertThat(printed())
          .isEqualTo(
              "==> build (job/web-1-a)\none\n==> attempt 2 (job/web-1-a)\nagain\n"
                  + "==> test (job/web-1-b)\nfine\n");
    }
  }

  @Test
  void whyThereIsNothingToPrintIsSaid() throws Exception {
    try (var server = new LogServer(temporary);
        var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      server.pipeline("web-1", "Pending");
      server.say(ForgeKinds.PIPELINE, "web-1", "Blocked", "no pool takes it");
      Future<Integer> running = executor.submit(() -> run("web-1", "-f"));
      err.await("krate logs: pipelines/web-1 is Blocked: no pool takes it\n");
      server.say(ForgeKinds.PIPELINE, "web-1", "Failed", "line 7, column 5: no");

      assertThat(running.get()).isZero();
      assertThat(said())
          .isEqualTo(
              "krate logs: pipelines/web-1 is Blocked: no pool takes it\n"
                  + "krate logs: pipelines/web-1 is Failed: line 7, column 5: no\n");
      Uid unused = server.job("web-2-test", "web-2", "test", 0);
      server.say(ForgeKinds.JOB, "web-2-test", "Blocked", "the host cannot isolate");
      running = executor.submit(() -> run("web-2-test", "-f"));
      err.await("krate logs: jobs/web-2-test is Blocked: the host cannot isolate\n");
      server.attempts("web-2-test", "Canceled");
      assertThat(running.get()).isZero();
      assertThat(out.size()).isZero();
    }
  }

  @Test
  void whatBreaksOffGoesOnAtItsByteAcrossRestartsOfTheServer() throws Exception {
    try (var server = new LogServer(temporary);
        var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      Uid job = server.job("web-1-test", "web-1", "test", 0);
      Future<Integer> running = executor.submit(() -> run("web-1-test", "-f"));
      server.attempts("web-1-test", "Running", "");
      var random = new Random(3);
      var written = new ByteArrayOutputStream();
      for (int restart = 0; restart < 3; restart++) {
        for (int i = 0; i < 20; i++) {
          byte[] piece = new byte[1 + random.nextInt(20_000)];
          random.nextBytes(piece);
          server.print(job, 1, piece);
          written.writeBytes(piece);
        }
        // Something has come by this connection, and the rest is to come by the next one.
        out.await(written.size() / 2);
        server.restart();
      }
      server.print(job, 1, "the end");
      written.writeBytes("the end".getBytes(StandardCharsets.UTF_8));
      server.attempts("web-1-test", "Succeeded", "Succeeded");

      assertThat(running.get()).as(said()).isZero();
      assertThat(out.toByteArray()).isEqualTo(written.toByteArray());
      assertThat(said()).contains("the connection broke");
    }
  }
}
