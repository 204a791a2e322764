package ai.a5c.krate.core.runner;

import static ai.a5c.krate.core.runner.RunnerForge.FUSE;
import static ai.a5c.krate.core.runner.RunnerForge.TEAM;
import static ai.a5c.krate.core.runner.RunnerForge.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.JobCounters;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuotaTest {
  private static final int CREATORS = 50;

  @TempDir Path folder;

  private static void quota(RunnerForge forge, String name, int value) {
    var unused =
        forge.ada.update(
            ForgeKinds.ORGANIZATION,
            "",
            "acme",
            old -> old.with(Json.number(value), "spec", "quotas", name));
  }

  @Test
  void ofFiftyCreatorsAsManySucceedAsMayWait() throws Exception {
    try (RunnerForge forge = RunnerForge.withoutExecutor(folder)) {
      quota(forge, "queuedJobs", 20);
      ApiObject pipeline = forge.pipeline(TEAM, "p", "Trusted", "");
      List<Future<Boolean>> all = new ArrayList<>();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < CREATORS; i++) {
          String step = "s" + i;
          all.add(
              threads.submit(
                  () -> {
                    try {
                      var unused = forge.job(pipeline, step, 0, "Pending", script("true"));
                      return true;
                    } catch (ApiException e) {
                      assertThat(e.problem()).isInstanceOf(Problem.Forbidden.class);
                      assertThat(e).hasMessageContaining("exceeded quota: queuedJobs/team");
                      return false;
                    }
                  }));
        }
      }
      int created = 0;
      for (Future<Boolean> one : all) {
        created += one.get() ? 1 : 0;
      }
      assertThat(created).isEqualTo(20);
      assertThat(forge.storage.records().counter(JobCounters.waiting(TEAM))).isEqualTo(20);

      forge.ada.delete(ForgeKinds.JOB, firstJob(forge));
      var unused = forge.job(pipeline, "again", 0, "Pending", script("true"));
      assertThatThrownBy(() -> forge.job(pipeline, "more", 0, "Pending", script("true")))
          .isInstanceOf(ApiException.class);
    }
  }

  private static ApiObject firstJob(RunnerForge forge) {
    var objects = forge.server.objects();
    return objects.read(
        ForgeKinds.JOB, objects.list(ForgeKinds.JOB, TEAM, null, 1, null).objects().getFirst());
  }

  @Test
  void noMoreJobsRunAtOnceThanTheOrganizationMay(@TempDir Path other) {
    RunnerForge forge = RunnerForge.started(folder);
    try (forge;
        RunnerForge second = forge.beside(other)) {
      quota(forge, "concurrentJobs", 2);
      forge.pool("pool", "Trusted", ", 'warmReplicas': 0");
      List<ApiObject> jobs = new ArrayList<>();
      String count =
          "n=0; for i in 1 2 3; do touch %1$s/$KRATE_JOB; m=$(ls %1$s | wc -l); test $m -le 2; sleep 0.05; done; rm %1$s/$KRATE_JOB"
              .formatted(made(folder.resolve("running")));
      for (int i = 0; i < 12; i++) {
        ApiObject pipeline = forge.pipeline(TEAM, "p" + i, "Trusted", "");
        jobs.add(forge.job(pipeline, "s", 0, "Queued", script(count)));
      }
      for (ApiObject job : jobs) {
        forge.awaitPhase(job, Job.Phase.SUCCEEDED);
      }
      await()
          .atMost(FUSE)
          .until(() -> forge.storage.records().counter(JobCounters.running(TEAM)) == 0);
      assertThat(second.executor.mostLiving()).isLessThanOrEqualTo(10);
    }
  }

  private static String made(Path folder) {
    assertThat(folder.toFile().mkdirs()).isTrue();
    return folder.toString();
  }
}
