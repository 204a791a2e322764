package ai.a5c.krate.core.runner;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Bytes;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.registry.ApiObject;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class JobStatusTest {
  private static final Instant NOW = Instant.parse("2026-11-22T02:36:20Z");

  private static ApiObject queued() {
    String json =
        """
        {"metadata": {"name": "web-1-build", "namespace": "team", "uid": "%s",
           "resourceVersion": "7", "generation": 1},
         "spec": {"pipeline": "web-1", "step": "build", "pool": "pool", "script": "true"},
         "status": {"phase": "Queued", "repository": "web", "pipelineUid": "p",
           "queueTime": "2026-11-22T02:36:00Z"}}"""
            .formatted("11111111-1111-4111-8111-111111111111");
    return new ApiObject(Json.stored(Bytes.utf8(json)));
  }

  @Test
  void aJobThatIsClaimedAgainHasBothAttemptsAndNothingOfTheEndOfTheFirst() {
    ApiObject first = JobStatus.claimed(queued(), "runner-a", NOW);
    assertThat(JobStatus.has(first, "runner-a", 1)).isTrue();
    ApiObject lost = JobStatus.ended(first, JobStatus.End.lost("it died").with(9), NOW);
    assertThat(JobStatus.has(lost, "runner-a", 1)).isFalse();
    ApiObject second = JobStatus.claimed(lost, "runner-b", NOW.plusSeconds(9));
    assertThat(JobStatus.has(second, "runner-b", 2)).isTrue();
    assertThat(JobStatus.has(second, "runner-a", 1)).isFalse();
    Job.Status status = JobStatus.of(second).status();
    assertThat(status.attempts())
        .containsExactly(
            new Job.Attempt(1, "runner-a", NOW, NOW, Job.Result.LOST, null),
            new Job.Attempt(2, "runner-b", NOW.plusSeconds(9), null, null, null));
    assertThat(status.startTime()).isEqualTo(NOW.plusSeconds(9));
    assertThat(second.status()).doesNotContainKeys("completionTime", "exitCode", "logBytes");
    assertThat(status.conditions()).singleElement().extracting("reason").isEqualTo("Running");
  }

  @Test
  void anEntryIsWhatTheSchedulerAsksFor() {
    ApiObject claimed = JobStatus.claimed(queued(), "runner-a", NOW);
    JobEntry entry = JobEntry.of(claimed);
    assertThat(entry.pipelineName()).isEqualTo("web-1");
    assertThat(entry.pool()).isEqualTo("pool");
    assertThat(entry.repository()).isEqualTo("web");
    assertThat(entry.phase()).isEqualTo(Job.Phase.RUNNING);
    assertThat(entry.queued()).isEqualTo("2026-11-22T02:36:00Z");
    assertThat(entry.runner()).isEqualTo("runner-a");
    assertThat(entry.attempts()).isEqualTo(1);
  }
}
