package ai.a5c.krate.core.runner;

import static ai.a5c.krate.core.runner.RunnerForge.TEAM;
import static ai.a5c.krate.core.runner.RunnerForge.script;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.JobOwners;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FenceTest {
  private static final String MINE = "runner-aaaaaaaa-bbbb-1";
  private static final String OTHER = "runner-aaaaaaaa-bbbb-2";

  @TempDir Path folder;

  @Test
  void onlyWhoHasTheAttemptSaysHowItEnded() throws Exception {
    try (RunnerForge forge = RunnerForge.withoutExecutor(folder)) {
      forge.leases.renew("aaaaaaaa", Duration.ofHours(1));
      ApiObject pipeline = forge.pipeline(TEAM, "p", "Trusted", "");
      ApiObject job = forge.job(pipeline, "s", 0, "Pending", script("true"));
      var unused =
          forge.ada.updateStatus(
              ForgeKinds.JOB,
              TEAM,
              job.name(),
              old -> JobStatus.claimed(old, MINE, InstantSource.system().instant()));
      try (var board = new Board(forge.server.objects(), forge.server.hubs())) {
        var claiming =
            new Claiming(
                forge.server.client(Subject.of(JobOwners.RUNNERS)),
                board,
                new Quotas(forge.server.objects(), System::nanoTime),
                new JobLogs(forge.storage.blobs()),
                InstantSource.system());

        assertThat(claiming.finish(job, OTHER, 1, JobStatus.End.canceled())).isFalse();
        assertThat(claiming.finish(job, MINE, 2, JobStatus.End.canceled())).isFalse();
        assertThat(forge.job(job).status().phase()).isEqualTo(Job.Phase.RUNNING);

        assertThat(claiming.finish(job, MINE, 1, JobStatus.End.canceled())).isTrue();
        assertThat(claiming.finish(job, MINE, 1, JobStatus.End.lost("late"))).isFalse();
        assertThat(forge.job(job).status().phase()).isEqualTo(Job.Phase.CANCELED);
      }
    }
  }
}
