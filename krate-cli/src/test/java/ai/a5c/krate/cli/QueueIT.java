package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many push at once: quotas hold at every moment, and everything has its turn. */
class QueueIT {
  private static final int PUSHES = 50;
  private static final int AT_ONCE = 3;

  @TempDir Path temporary;

  @Test
  void quotasHoldWhileManyPush() throws Exception {
    try (ServerProcess server = ServerProcess.start(temporary.resolve("data"));
        var gate = new Gate()) {
      Ci ci = Ci.createWithPool(server, temporary, "busy");
      ci.pool("warmReplicas: 0, maxReplicas: 10");
      quota(ci, "{\"concurrentJobs\":" + AT_ONCE + "}");
      ci.write(Ci.PATH, Ci.workflow(Ci.step("test", gate.pass("step"))));
      ci.commit("Add a workflow");
      GitClient git = ci.forge().git();
      for (int i = 0; i < PUSHES; i++) {
        git.run("commit", "-q", "--allow-empty", "-m", "Push " + i);
        git.run("branch", "topic-" + i);
      }
      Path err = temporary.resolve("watch.err");
      Process watching =
          ci.kubectl()
              .start(
                  err,
                  "get",
                  "jobs.krate.a5c.ai",
                  "-n",
                  ci.forge().namespace(),
                  "-w",
                  "--request-timeout=900s",
                  "-o",
                  "jsonpath={.metadata.name} {.status.phase}{\"\\n\"}");
      try (BufferedReader out = watching.inputReader(StandardCharsets.UTF_8);
          ExecutorService pushers = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<GitClient.Ended>> pushes = new ArrayList<>();
        for (int i = 0; i < PUSHES; i++) {
          String branch = "topic-" + i;
          pushes.add(pushers.submit(() -> git.attempt("push", "-q", ci.forge().url(), branch)));
        }
        for (Future<GitClient.Ended> push : pushes) {
          GitClient.Ended ended = push.get(10, TimeUnit.MINUTES);
          assertThat(ended.code()).as(() -> ended.err() + server.log()).isZero();
        }
        Map<String, String> phases = new HashMap<>();
        boolean open = false;
        while (count(phases, "Succeeded") < PUSHES) {
          String line = out.readLine();
          assertThat(line).as(Files.readString(err)).isNotNull();
          String[] parts = line.split(" ");
          phases.put(parts[0], parts[1]);
          assertThat(phases.values()).doesNotContain("Failed", "Canceled", "Skipped", "Blocked");
          int running = count(phases, "Running");
          assertThat(running).as(phases.toString()).isLessThanOrEqualTo(AT_ONCE);
          if (running == AT_ONCE && !open) {
            open = true;
            gate.openWide();
          }
        }
        assertThat(open).isTrue();
        assertThat(gate.visits("step")).isEqualTo(PUSHES);
        Waiting.until(
            "every push has its pipeline, and all have succeeded",
            Ci.PATIENCE,
            () -> ci.list("pipelines", "?fieldSelector=status.phase%3DSucceeded").size() == PUSHES);
        assertThat(ci.list("pipelines", "")).hasSize(PUSHES);
      } finally {
        watching.destroyForcibly();
      }
    }
  }

  @Test
  void aPipelineThatTheQueueHasNoRoomForSaysSo() throws Exception {
    try (ServerProcess server = ServerProcess.start(temporary.resolve("full-data"))) {
      Ci ci = Ci.createWithPool(server, temporary, "full");
      quota(ci, "{\"queuedJobs\":1}");
      String pipeline = ci.start(Ci.workflow(Ci.step("compile", "true") + Ci.step("test", "true")));
      ci.await(pipeline, "Blocked");
      assertThat(ci.message(pipeline))
          .isEqualTo(
              "its 2 jobs cannot be made now: jobs.krate.a5c.ai is forbidden: exceeded quota:"
                  + " queuedJobs/krate-org-full, limited: 1");
      assertThat(ci.run("get", "pl", pipeline).lines().toList().getLast())
          .startsWith(pipeline)
          .contains(" Blocked ");
      assertThat(ci.run("describe", "pl", pipeline)).contains("exceeded quota: queuedJobs");
      assertThat(ci.list("jobs", "")).isEmpty();
      quota(ci, "{\"queuedJobs\":2}");
      ci.await(pipeline, "Succeeded");
    }
  }

  private static void quota(Ci ci, String quotas) {
    ci.kubectl()
        .run(
            "patch",
            "organization",
            ci.forge().organization(),
            "--type=merge",
            "-p",
            "{\"spec\":{\"quotas\":" + quotas + "}}");
  }

  private static int count(Map<String, String> phases, String phase) {
    return (int) phases.values().stream().filter(phase::equals).count();
  }
}
