package ai.a5c.krate.core.runner;

import static ai.a5c.krate.core.runner.RunnerForge.FUSE;
import static ai.a5c.krate.core.runner.RunnerForge.TEAM;
import static ai.a5c.krate.core.runner.RunnerForge.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.forge.Conditions;
import ai.a5c.krate.core.forge.ForgeKinds;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunnerRoomTest {
  @TempDir Path folder;

  @Test
  void theStepsOfAPipelineRunOnOneRunnerAndWorkspace() {
    try (RunnerForge forge = RunnerForge.started(folder)) {
      forge.pool("pool", "Trusted", "");
      ApiObject pipeline = forge.pipeline(TEAM, "p", "Trusted", "");
      ApiObject build =
          forge.job(
              pipeline,
              "build",
              0,
              "Queued",
              script("cat readme; echo $KRATE_ORGANIZATION/$KRATE_REPOSITORY $KRATE_STEP > out")
                  + ", 'env': [{'name': 'KRATE_STEP', 'value': 'mine'}]");
      ApiObject test = forge.job(pipeline, "test", 1, "Pending", script("cat out; exit 3"));

      Job built = forge.awaitPhase(build, Job.Phase.SUCCEEDED);
      forge.phase(test, "Queued");
      Job tested = forge.awaitPhase(test, Job.Phase.FAILED);

      assertThat(forge.log(build, 1)).isEqualTo("read me\n");
      assertThat(forge.log(test, 1))
          .isEqualTo("acme/web build\n[krate] the step ended with exit code 3\n");
      assertThat(built.status().exitCode()).isZero();
      assertThat(built.status().logBytes()).isEqualTo(8);
      assertThat(tested.status().exitCode()).isEqualTo(3);
      assertThat(tested.status().failureSignature()).matches("[0-9a-f]{16}");
      assertThat(tested.status().runner()).isEqualTo(built.status().runner());
      assertThat(tested.status().attempts())
          .singleElement()
          .matches(attempt -> attempt.result() == Job.Result.FAILED && attempt.number() == 1);
      assertThat(tested.status().conditions())
          .singleElement()
          .matches(condition -> condition.message().equals("the step ended with exit code 3"));
    }
  }

  @Test
  void noRunnerHasTwoPipelines() {
    try (RunnerForge forge = RunnerForge.started(folder)) {
      forge.pool("pool", "Trusted", ", 'maxReplicas': 2, 'warmReplicas': 1");
      for (int i = 0; i < 6; i++) {
        ApiObject pipeline = forge.pipeline(TEAM, "p" + i, "Trusted", "");
        forge.job(pipeline, "only", 0, "Queued", script("test ! -e mark; echo > mark"));
      }
      for (int i = 0; i < 6; i++) {
        forge.awaitPhase(forge.get(ForgeKinds.JOB, "p" + i + "-only"), Job.Phase.SUCCEEDED);
      }
      assertThat(forge.executor.started()).isGreaterThanOrEqualTo(6);
      assertThat(forge.executor.mostLiving()).isLessThanOrEqualTo(2);
    }
  }

  @Test
  void warmRunnersAreKeptAndShown() {
    try (RunnerForge forge = RunnerForge.started(folder)) {
      forge.pool("pool", "Trusted", ", 'warmReplicas': 3");
      forge.awaitPool(
          "pool",
          pool ->
              Conditions.holds(pool, "Ready")
                  && pool.at("status", "readyReplicas").toString().contains("3"));
      assertThat(forge.executor.living()).isEqualTo(3);

      forge.change(
          ForgeKinds.RUNNER_POOL, "pool", old -> old.with(Json.number(0), "spec", "warmReplicas"));
      await().atMost(FUSE).until(() -> forge.executor.living() == 0);
    }
  }

  @Test
  void untrustedCodeNeverComesOntoATrustedRunner() {
    try (RunnerForge forge = RunnerForge.started(folder)) {
      forge.pool("pool", "Trusted", "");
      ApiObject pipeline = forge.pipeline(TEAM, "p", "Untrusted", "");
      ApiObject job = forge.job(pipeline, "s", 0, "Queued", script("echo no"));

      Job blocked = forge.awaitPhase(job, Job.Phase.BLOCKED);

      assertThat(blocked.status().attempts()).isEmpty();
      assertThat(blocked.status().conditions())
          .singleElement()
          .matches(c -> c.reason().equals("TierMismatch"))
          .matches(c -> c.message().equals("the pipeline is Untrusted, and the pool Trusted"));
    }
  }

  @Test
  void trustedCodeMayRunOnAnUntrustedRunner() {
    try (RunnerForge forge = RunnerForge.started(folder)) {
      forge.pool("pool", "Untrusted", "");
      ApiObject pipeline = forge.pipeline(TEAM, "p", "Trusted", "");
      ApiObject job = forge.job(pipeline, "s", 0, "Queued", script("true"));

      assertThat(forge.awaitPhase(job, Job.Phase.SUCCEEDED).status().attempts()).hasSize(1);
    }
  }

  @Test
  void whatCannotRunSaysWhyAndRunsWhenItCan() {
    try (RunnerForge forge = RunnerForge.started(folder)) {
      ApiObject pipeline = forge.pipeline(TEAM, "p", "Trusted", "");
      ApiObject job = forge.job(pipeline, "s", 0, "Queued", script("true"));
      assertThat(forge.awaitPhase(job, Job.Phase.BLOCKED).status().conditions())
          .singleElement()
          .matches(c -> c.message().equals("the RunnerPool pool does not exist"));

      forge.executor.setObstacle("this host cannot isolate");
      forge.pool("pool", "Trusted", "");
      forge.awaitJob(
          job,
          now ->
              now.status().conditions().stream()
                  .anyMatch(c -> c.message().equals("this host cannot isolate")));
      forge.awaitPool("pool", pool -> pool.json().toString().contains("this host cannot isolate"));

      forge.executor.setObstacle(null);
      forge.awaitPhase(job, Job.Phase.SUCCEEDED);
      forge.awaitPool("pool", pool -> Conditions.holds(pool, "Ready"));
    }
  }

  @Test
  void withoutAnExecutorJobsSaySo() {
    try (RunnerForge forge = RunnerForge.withoutExecutor(folder)) {
      forge.pool("pool", "Trusted", "");
      ApiObject pipeline = forge.pipeline(TEAM, "p", "Trusted", "");
      ApiObject job = forge.job(pipeline, "s", 0, "Queued", script("true"));
      assertThat(forge.awaitPhase(job, Job.Phase.BLOCKED).status().conditions())
          .singleElement()
          .matches(c -> c.reason().equals("NoExecutor"));
    }
  }

  @Test
  void aRunningJobEndsWhenItsPipelineIsCanceledOrItIsDeleted() {
    try (RunnerForge forge = RunnerForge.started(folder)) {
      forge.pool("pool", "Trusted", "");
      ApiObject one = forge.pipeline(TEAM, "one", "Trusted", "");
      ApiObject two = forge.pipeline(TEAM, "two", "Trusted", "");
      ApiObject canceled = forge.job(one, "s", 0, "Queued", script("echo begun; sleep 1000"));
      ApiObject deleted = forge.job(two, "s", 0, "Queued", script("echo begun; sleep 1000"));
      forge.awaitPhase(canceled, Job.Phase.RUNNING);
      forge.awaitPhase(deleted, Job.Phase.RUNNING);

      forge.change(ForgeKinds.PIPELINE, "one", old -> old.with(JsonValue.TRUE, "spec", "canceled"));
      forge.ada.delete(ForgeKinds.JOB, forge.get(ForgeKinds.JOB, "two-s"));

      Job ended = forge.awaitPhase(canceled, Job.Phase.CANCELED);
      assertThat(ended.status().attempts())
          .singleElement()
          .matches(a -> a.result() == Job.Result.CANCELED);
      forge.awaitPool(
          "pool",
          pool ->
              pool.at("status", "runningJobs").isEmpty()
                  || pool.at("status", "runningJobs").get().toString().equals("0"));
      await().atMost(FUSE).until(() -> forge.executor.living() <= 2);
    }
  }

  @Test
  void aStepEndsWhenItsTimeIsOver() {
    try (RunnerForge forge = RunnerForge.started(folder)) {
      forge.pool("pool", "Trusted", ", 'jobTimeout': '1s'");
      ApiObject pipeline = forge.pipeline(TEAM, "p", "Trusted", "");
      ApiObject job =
          forge.job(pipeline, "s", 0, "Queued", script("sleep 1000") + ", 'timeout': '2h'");
      Job failed = forge.awaitPhase(job, Job.Phase.FAILED);
      assertThat(failed.status().exitCode()).isNull();
      assertThat(failed.status().conditions())
          .singleElement()
          .matches(c -> c.reason().equals("TimedOut"))
          .matches(c -> c.message().equals("the step took longer than 1s and was ended"));
    }
  }

  @Test
  void aLostAttemptBeginsAgainOnTheWorkspaceBefore() {
    try (RunnerForge forge = RunnerForge.started(folder)) {
      forge.pool("pool", "Trusted", ", 'warmReplicas': 0");
      ApiObject pipeline = forge.pipeline(TEAM, "p", "Trusted", "");
      ApiObject first = forge.job(pipeline, "a", 0, "Queued", script("echo one > out"));
      ApiObject second =
          forge.job(
              pipeline,
              "b",
              1,
              "Pending",
              script("cat out readme; echo two >> out; test -e %s || sleep 1000".formatted(go())));
      forge.awaitPhase(first, Job.Phase.SUCCEEDED);
      forge.phase(second, "Queued");
      await().atMost(FUSE).until(() -> forge.log(second, 1).equals("one\nread me\n"));

      create(go());
      forge.executor.loseAll();

      Job done = forge.awaitPhase(second, Job.Phase.SUCCEEDED);
      assertThat(done.status().attempts())
          .extracting(Job.Attempt::result)
          .containsExactly(Job.Result.LOST, Job.Result.SUCCEEDED);
      // A shell may have something to say about its end.
      assertThat(forge.log(second, 1))
          .startsWith("one\nread me\n")
          .contains("[krate] the runner died");
      assertThat(forge.log(second, 2)).isEqualTo("one\nread me\n");
    }
  }

  @Test
  void aWarmRunnerThatDiedIsGivenToNobody() {
    try (RunnerForge forge = RunnerForge.started(folder)) {
      forge.pool("pool", "Trusted", ", 'warmReplicas': 2");
      await().atMost(FUSE).until(() -> forge.executor.living() == 2);
      forge.executor.loseAll();
      ApiObject pipeline = forge.pipeline(TEAM, "p", "Trusted", "");
      ApiObject job = forge.job(pipeline, "s", 0, "Queued", script("echo here"));
      Job done = forge.awaitPhase(job, Job.Phase.SUCCEEDED);
      assertThat(done.status().attempts())
          .extracting(Job.Attempt::result)
          .containsExactly(Job.Result.SUCCEEDED);
    }
  }

  private String go() {
    return folder.resolve("go").toString();
  }

  private static void create(String file) {
    try {
      Files.createFile(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void afterTheLastAttemptALostJobHasFailed() {
    try (RunnerForge forge = RunnerForge.started(folder)) {
      forge.pool("pool", "Trusted", "");
      ApiObject pipeline = forge.pipeline(TEAM, "p", "Trusted", "");
      ApiObject job =
          forge.job(
              pipeline, "s", 0, "Queued", script("echo begun; sleep 1000") + ", 'maxAttempts': 1");
      await().atMost(FUSE).until(() -> forge.log(job, 1).equals("begun\n"));
      forge.executor.loseAll();
      Job failed = forge.awaitPhase(job, Job.Phase.FAILED);
      assertThat(failed.status().conditions())
          .singleElement()
          .matches(c -> c.reason().equals("RunnerLost"));
    }
  }

  @Test
  void whatADeadServerRanBeginsAgainWhenItComesBack() {
    ApiObject job;
    RunnerForge forge = RunnerForge.started(folder);
    try {
      forge.pool("pool", "Trusted", "");
      ApiObject pipeline = forge.pipeline(TEAM, "p", "Trusted", "");
      job =
          forge.job(
              pipeline,
              "s",
              0,
              "Queued",
              script("echo begun; test -e %s || sleep 1000".formatted(go())));
      await().atMost(FUSE).until(() -> forge.log(job, 1).equals("begun\n"));
      create(go());
    } catch (RuntimeException | Error e) {
      forge.close();
      throw e;
    }
    try (RunnerForge next = forge.killed()) {
      Job done = next.awaitPhase(job, Job.Phase.SUCCEEDED);
      assertThat(done.status().attempts())
          .extracting(Job.Attempt::result)
          .containsExactly(Job.Result.LOST, Job.Result.SUCCEEDED);
      assertThat(next.log(job, 1)).isEqualTo("begun\n");
    }
  }

  @Test
  void theLogOfAnAttemptThatADeadServerHadIsCounted() {
    ApiObject job;
    RunnerForge forge = RunnerForge.started(folder);
    try {
      forge.pool("pool", "Trusted", "");
      ApiObject pipeline = forge.pipeline(TEAM, "p", "Trusted", "");
      String once = script("echo begun; sleep 1000") + ", 'maxAttempts': 1";
      job = forge.job(pipeline, "s", 0, "Queued", once);
      await().atMost(FUSE).until(() -> forge.log(job, 1).equals("begun\n"));
    } catch (RuntimeException | Error e) {
      forge.close();
      throw e;
    }
    try (RunnerForge next = forge.killed()) {
      assertThat(next.awaitPhase(job, Job.Phase.FAILED).status().logBytes()).isEqualTo(6);
    }
  }

  @Test
  void whatADeadServerRanIsGivenUpByAnother(@TempDir Path other) {
    RunnerForge forge = RunnerForge.started(folder);
    try (RunnerForge second = forge.beside(other)) {
      forge.pool("pool", "Trusted", ", 'warmReplicas': 0");
      ApiObject pipeline = forge.pipeline(TEAM, "p", "Trusted", "");
      ApiObject job =
          forge.job(
              pipeline,
              "s",
              0,
              "Queued",
              script("echo begun; test -e %s || sleep 1000".formatted(go())));
      Job running = forge.awaitPhase(job, Job.Phase.RUNNING);
      boolean mine = running.status().runner().contains(id(folder));
      await().atMost(FUSE).until(() -> forge.log(job, 1).equals("begun\n"));
      create(go());
      if (mine) {
        forge.storage.close();
        forge.leases.end(id(folder));
      } else {
        second.executor.loseAll();
      }

      Job done = second.awaitPhase(job, Job.Phase.SUCCEEDED);
      assertThat(done.status().attempts())
          .extracting(Job.Attempt::result)
          .containsExactly(Job.Result.LOST, Job.Result.SUCCEEDED);
    } finally {
      forge.close();
    }
  }

  private static String id(Path folder) {
    try {
      return Files.readString(folder.resolve("runner").resolve("server")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void secretsReachTrustedJobsThatBothGrantThemTo() {
    try (RunnerForge forge = RunnerForge.started(folder)) {
      String value = "a very secret value";
      forge.create(
          ForgeKinds.SECRET,
          "{'metadata': {'name': 'deploy', 'namespace': 'team'}, 'data': {'token': '%s'}}"
              .formatted(Base64.getEncoder().encodeToString(value.getBytes())));
      forge.pool("pool", "Trusted", ", 'secrets': ['deploy']");
      String show =
          script("cat $KRATE_SECRETS/deploy_token; echo; base64 < $KRATE_SECRETS/deploy_token")
              + ", 'secrets': ['deploy']";
      ApiObject one = forge.pipeline(TEAM, "one", "Trusted", "");
      ApiObject refused = forge.job(one, "s", 0, "Queued", show);
      Job failed = forge.awaitPhase(refused, Job.Phase.FAILED);
      assertThat(failed.status().conditions())
          .singleElement()
          .matches(c -> c.message().equals("the repository web does not grant the Secret deploy"));

      forge.change(
          ForgeKinds.REPOSITORY,
          "web",
          old -> old.with(JsonTree.texts(List.of("deploy")), "spec", "secrets"));
      ApiObject two = forge.pipeline(TEAM, "two", "Trusted", "");
      ApiObject shown = forge.job(two, "s", 0, "Queued", show);
      ApiObject after =
          forge.job(two, "t", 1, "Pending", script("ls $KRATE_SECRETS; env | grep -c secret.v"));
      forge.awaitPhase(shown, Job.Phase.SUCCEEDED);
      assertThat(forge.log(shown, 1)).isEqualTo("***\n***\n");
      forge.phase(after, "Queued");
      forge.awaitPhase(after, Job.Phase.FAILED);
      assertThat(forge.log(after, 1)).startsWith("0\n");

      var audit =
          forge.server.objects().list(ForgeKinds.AUDIT_EVENT, null, null, 10_000, null).objects();
      assertThat(audit).noneMatch(entry -> entry.content().utf8().contains(value));
    }
  }

  @Test
  void aDeletedPoolGoesWhenItsJobsHaveEnded() {
    try (RunnerForge forge = RunnerForge.started(folder)) {
      forge.pool("pool", "Trusted", ", 'maxReplicas': 1");
      ApiObject one = forge.pipeline(TEAM, "one", "Trusted", "");
      ApiObject two = forge.pipeline(TEAM, "two", "Trusted", "");
      ApiObject runs =
          forge.job(
              one,
              "s",
              0,
              "Queued",
              script("until test -e %s; do sleep 0.05; done".formatted(go())));
      forge.awaitPhase(runs, Job.Phase.RUNNING);
      ApiObject waits = forge.job(two, "s", 0, "Queued", script("true"));

      forge.ada.delete(ForgeKinds.RUNNER_POOL, forge.get(ForgeKinds.RUNNER_POOL, "pool"));

      assertThat(forge.awaitPhase(waits, Job.Phase.BLOCKED).status().conditions())
          .singleElement()
          .matches(c -> c.reason().equals("PoolGone"));
      forge.awaitPool("pool", pool -> pool.json().toString().contains("Draining"));
      create(go());
      forge.awaitPhase(runs, Job.Phase.SUCCEEDED);
      await()
          .atMost(FUSE)
          .until(() -> forge.server.objects().get(ForgeKinds.RUNNER_POOL, TEAM, "pool").isEmpty());
      assertThat(forge.job(waits).status().phase()).isEqualTo(Job.Phase.BLOCKED);
    }
  }

  @Test
  void aRerunGoesOnFromTheWorkspaceBeforeTheStep() {
    try (RunnerForge forge = RunnerForge.started(folder)) {
      forge.pool("pool", "Trusted", "");
      ApiObject one = forge.pipeline(TEAM, "one", "Trusted", "");
      ApiObject a = forge.job(one, "a", 0, "Queued", script("echo made > out"));
      ApiObject b = forge.job(one, "b", 1, "Pending", script("echo broken >> out; exit 1"));
      forge.awaitPhase(a, Job.Phase.SUCCEEDED);
      forge.phase(b, "Queued");
      forge.awaitPhase(b, Job.Phase.FAILED);

      ApiObject two =
          forge.pipeline(TEAM, "two", "Trusted", ", 'rerunOf': 'one', 'resumeFrom': 'b'");
      ApiObject again = forge.job(two, "b", 1, "Queued", script("cat out"));
      forge.awaitPhase(again, Job.Phase.SUCCEEDED);
      assertThat(forge.log(again, 1)).isEqualTo("made\n");

      ApiObject three =
          forge.pipeline(TEAM, "three", "Trusted", ", 'rerunOf': 'one', 'resumeFrom': 'c'");
      ApiObject never = forge.job(three, "c", 2, "Queued", script("cat out"));
      assertThat(forge.awaitPhase(never, Job.Phase.FAILED).status().conditions())
          .singleElement()
          .matches(c -> c.reason().equals("NoWorkspace"));
    }
  }
}
