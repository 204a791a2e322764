package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of pipelines when the server dies or is stopped while they run. */
class PipelineCrashIT {
  /** A fuse; how long it takes is what {@code ./benchmark ends} says. */
  private static final Duration GONE_WITHIN = Duration.ofSeconds(60);

  @TempDir Path temporary;

  private ServerProcess server;
  private Gate gate;

  @BeforeEach
  void start() throws Exception {
    server = ServerProcess.start(data());
    gate = new Gate();
  }

  @AfterEach
  void stop() throws Exception {
    gate.close();
    server.close();
  }

  private Path data() {
    return temporary.resolve("data");
  }

  /** The same forge after the server came back. */
  private Ci again() throws Exception {
    server.close();
    server = ServerProcess.start(data());
    return Ci.administered(server, temporary, "acme");
  }

  /** The results of a job's attempts. */
  private static List<String> results(Ci ci, String pipeline) {
    return List.of(
        ci.run("get", "kjob/" + pipeline + "-0", "-o", "jsonpath={.status.attempts[*].result}")
            .split(" "));
  }

  @Test
  void aStepBeginsAgainAfterTheServerDied() throws Exception {
    Ci ci = Ci.createWithPool(server, temporary, "acme");
    String pipeline =
        ci.start(
            Ci.workflow(
                Ci.step(
                        "test",
                        """
                        echo begun
                        setsid setsid /bin/bash -c '%s; while :; do sleep 1; done' &
                        %s
                        echo ended
                        """
                            .formatted(gate.arrive("daemon").replace("\"", ""), gate.pass("first")))
                    + Ci.step("next", "echo next")));
    gate.await("daemon");
    gate.await("first");
    String log = ci.jobPath(pipeline, 0) + "/log";
    Waiting.until(
        "its first line is stored",
        Ci.PATIENCE,
        () -> server.api().get(log).text().equals("begun\n"));
    server.kill();
    ci = again();
    gate.awaitGone("daemon", GONE_WITHIN);
    gate.awaitGone("first", GONE_WITHIN);
    gate.await("first", 2);
    assertThat(ci.job(pipeline, 0).text("status", "phase")).isEqualTo("Running");
    gate.open("first");
    ci.await(pipeline, "Succeeded");
    Waiting.until("no process is left", GONE_WITHIN, () -> gate.isEmpty("daemon"));
    assertThat(results(ci, pipeline)).containsExactly("Lost", "Succeeded");
    assertThat(ci.kubectl().run("get", "--raw", log + "?attempt=1")).isEqualTo("begun\n");
    assertThat(ci.kubectl().run("get", "--raw", log + "?attempt=2")).isEqualTo("begun\nended\n");
    assertThat(ci.log(pipeline, 1)).isEqualTo("next\n");
  }

  @Test
  void aStepThatIsLostTooOftenHasFailed() throws Exception {
    Ci ci = Ci.createWithPool(server, temporary, "acme");
    String pipeline = ci.start(Ci.workflow(Ci.step("test", gate.pass("doomed"))));
    for (int attempt = 1; attempt <= 3; attempt++) {
      gate.await("doomed", attempt);
      server.kill();
      ci = again();
    }
    ci.await(pipeline, "Failed");
    assertThat(results(ci, pipeline)).containsExactly("Lost", "Lost", "Lost");
    assertThat(ci.phases(pipeline)).containsExactly("Failed");
    assertThat(gate.visits("doomed")).isEqualTo(3);
    Waiting.until("no process is left", GONE_WITHIN, () -> gate.isEmpty("doomed"));
  }

  @Test
  void aStoppedServerGoesOnAfterwards() throws Exception {
    Ci ci = Ci.createWithPool(server, temporary, "acme");
    String pipeline =
        ci.start(
            Ci.workflow(
                Ci.step("make", "echo made once >made")
                    + Ci.step("use", gate.pass("stopped") + "; cat made")));
    gate.await("stopped");
    server.stop();
    gate.awaitGone("stopped", GONE_WITHIN);
    ci = again();
    gate.await("stopped", 2);
    gate.open("stopped");
    ci.await(pipeline, "Succeeded");
    // What the step before left is still there, and it did not run again.
    assertThat(ci.log(pipeline, 1)).isEqualTo("made once\n");
    assertThat(results(ci, pipeline)).containsExactly("Succeeded");
  }

  @Test
  void whatWasPushedBeforeTheServerDiedIsRunOnce() throws Exception {
    Ci ci = Ci.createWithPool(server, temporary, "acme");
    ci.write(Ci.PATH, Ci.workflow(Ci.step("test", "echo once")));
    var commits = new ArrayList<String>();
    for (int i = 0; i < 3; i++) {
      commits.add(ci.push());
      server.kill();
      ci = again();
    }
    commits.add(ci.push());
    for (String commit : commits) {
      ci.await(ci.pipelineOf(commit), "Succeeded");
    }
    assertThat(ci.list("pipelines", "")).hasSize(commits.size());
  }
}
