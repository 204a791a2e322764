package ai.a5c.krate.core.runner;

import static ai.a5c.krate.core.runner.RunnerForge.FUSE;
import static ai.a5c.krate.core.runner.RunnerForge.TEAM;
import static ai.a5c.krate.core.runner.RunnerForge.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.forge.ForgeKinds;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a step begins with, and what becomes of it where that cannot be had. */
class WorkspaceTest {
  @TempDir Path folder;

  @Test
  void nothingGoesOnFromAnOlderWorkspaceThanTheLastThatWasLeft() throws IOException {
    try (RunnerForge forge = RunnerForge.started(folder)) {
      forge.pool("pool", "Trusted", ", 'resources': {'limits': {'ephemeral-storage': '16Mi'}}");
      ApiObject pipeline = forge.pipeline(TEAM, "p", "Trusted", "");
      ApiObject a = forge.job(pipeline, "a", 0, "Queued", script("echo old > out"));
      ApiObject b =
          forge.job(pipeline, "b", 1, "Pending", script("truncate -s 64M sparse; echo new > out"));
      Path go = folder.resolve("go");
      ApiObject c =
          forge.job(
              pipeline,
              "c",
              2,
              "Pending",
              script("cat out; test -e %s || sleep 1000".formatted(go)));
      forge.awaitPhase(a, Job.Phase.SUCCEEDED);
      forge.phase(b, "Queued");
      forge.awaitPhase(b, Job.Phase.SUCCEEDED);
      assertThat(forge.log(b, 1)).contains("is not kept");
      forge.phase(c, "Queued");
      await().atMost(FUSE).until(() -> forge.log(c, 1).equals("new\n"));
      Files.createFile(go);
      forge.executor.loseAll();

      Job failed = forge.awaitJob(c, job -> job.status().phase().isFinished());

      assertThat(failed.status().conditions())
          .singleElement()
          .matches(condition -> condition.reason().equals("NoWorkspace"))
          .matches(condition -> condition.message().contains("p-b left is not kept"));
      ApiObject again =
          forge.pipeline(TEAM, "again", "Trusted", ", 'rerunOf': 'p', 'resumeFrom': 'c'");
      ApiObject resumed = forge.job(again, "c", 2, "Queued", script("cat out"));
      assertThat(forge.awaitPhase(resumed, Job.Phase.FAILED).status().conditions())
          .singleElement()
          .matches(condition -> condition.reason().equals("NoWorkspace"));
    }
  }

  @Test
  void aStepWhoseEndWasNotWrittenBeginsOnWhatItBeganWith() {
    RunnerForge forge = RunnerForge.started(folder);
    ApiObject job;
    try {
      forge.pool("pool", "Trusted", "");
      ApiObject pipeline = forge.pipeline(TEAM, "p", "Trusted", "");
      job = forge.job(pipeline, "a", 0, "Queued", script("mkdir made"));
      forge.awaitPhase(job, Job.Phase.SUCCEEDED);
    } catch (RuntimeException | Error e) {
      forge.close();
      throw e;
    }
    try (RunnerForge next = forge.killed()) {
      next.phase(job, "Queued");

      Job again =
          next.awaitJob(
              job, now -> now.status().phase().isFinished() && now.status().attempts().size() == 2);

      assertThat(next.log(job, 2)).isEmpty();
      assertThat(again.status().phase()).isEqualTo(Job.Phase.SUCCEEDED);
    }
  }

  @Test
  void whatIsCanceledDuringItsCheckoutIsCanceled() {
    try (RunnerForge forge = RunnerForge.started(folder)) {
      forge.stuck.set(true);
      forge.pool("pool", "Trusted", "");
      ApiObject pipeline = forge.pipeline(TEAM, "p", "Trusted", "");
      ApiObject job = forge.job(pipeline, "s", 0, "Queued", script("true"));
      forge.awaitPhase(job, Job.Phase.RUNNING);
      forge.change(ForgeKinds.PIPELINE, "p", old -> old.with(JsonValue.TRUE, "spec", "canceled"));

      Job ended = forge.awaitJob(job, now -> now.status().phase().isFinished());

      assertThat(ended.status().phase()).isEqualTo(Job.Phase.CANCELED);
    }
  }

  @Test
  void whatIsCanceledBeforeItsTurnToCheckOutIsCanceled() {
    try (RunnerForge forge = RunnerForge.started(folder)) {
      forge.stuck.set(true);
      forge.pool("pool", "Trusted", ", 'warmReplicas': 0, 'maxReplicas': 100");
      for (int i = 0; i < Workspaces.CHECKOUTS; i++) {
        ApiObject before = forge.pipeline(TEAM, "before-" + i, "Trusted", "");
        ApiObject unused = forge.job(before, "s", 0, "Queued", script("true"));
      }
      await().atMost(FUSE).until(() -> forge.checkouts.get() == Workspaces.CHECKOUTS);
      ApiObject job =
          forge.job(forge.pipeline(TEAM, "p", "Trusted", ""), "s", 0, "Queued", script("true"));
      forge.awaitPhase(job, Job.Phase.RUNNING);
      forge.change(ForgeKinds.PIPELINE, "p", old -> old.with(JsonValue.TRUE, "spec", "canceled"));

      forge.awaitPhase(job, Job.Phase.CANCELED);

      assertThat(forge.checkouts.get()).isEqualTo(Workspaces.CHECKOUTS);
    }
  }

  @Test
  void theTimeOfAJobCoversItsCheckout() {
    try (RunnerForge forge = RunnerForge.started(folder)) {
      forge.stuck.set(true);
      forge.pool("pool", "Trusted", ", 'jobTimeout': '1s'");
      ApiObject pipeline = forge.pipeline(TEAM, "p", "Trusted", "");
      ApiObject job = forge.job(pipeline, "s", 0, "Queued", script("true"));

      Job ended = forge.awaitPhase(job, Job.Phase.FAILED);

      assertThat(ended.status().conditions())
          .singleElement()
          .matches(condition -> condition.reason().equals("TimedOut"));
    }
  }
}
