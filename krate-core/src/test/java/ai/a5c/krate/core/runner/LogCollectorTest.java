package ai.a5c.krate.core.runner;

import static ai.a5c.krate.core.runner.LogForge.NAMESPACE;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.api.records.Job.Phase;
import ai.a5c.krate.apiserver.controller.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LogCollectorTest {
  private static final ObjectName BUILD = new ObjectName(NAMESPACE, "build");

  private LogForge forge = new LogForge();

  @AfterEach
  void close() {
    forge.close();
  }

  /** A job that printed twice, and whose first attempt was lost. */
  private Uid begun(Phase phase) {
    Uid job = forge.job("build");
    forge.keep("build");
    forge.attempts("build", phase, "Lost", null);
    forge.print(job, 1, "first");
    forge.print(job, 2, "second");
    return job;
  }

  private void look() {
    assertThat(forge.collector().reconcile(BUILD)).isEmpty();
  }

  private long printed(Uid job) {
    return forge.logs.length(job, 1) + forge.logs.length(job, 2);
  }

  @Test
  void aJobThatNobodyDeletesKeepsItsLog() {
    Uid job = begun(Phase.SUCCEEDED);
    look();

    assertThat(printed(job)).isEqualTo(11);
    assertThat(forge.get("build")).isPresent();
  }

  @Test
  void asLongAsItRunsItsRunnerMayPrint() {
    Uid job = begun(Phase.RUNNING);
    forge.delete("build");
    look();
    assertThat(printed(job)).isEqualTo(11);

    forge.attempts("build", Phase.CANCELED, "Lost", "Canceled");
    look();
    assertThat(printed(job)).isZero();
    assertThat(forge.get("build")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"QUEUED", "SUCCEEDED", "FAILED", "CANCELED"})
  void everyAttemptIsForgotten(Phase phase) {
    Uid job = begun(phase);
    forge.delete("build");
    look();

    assertThat(printed(job)).isZero();
    assertThat(forge.get("build")).isEmpty();
  }

  @Test
  void whoDiedInBetweenIsFollowedByWhoComesNext() {
    Uid job = begun(Phase.FAILED);
    forge.delete("build");
    forge.logs.forget(job);
    forge = forge.restarted();
    look();
    assertThat(forge.get("build")).isEmpty();
    look();
  }

  @Test
  void aNamesakeKeepsItsLog() {
    Uid old = begun(Phase.FAILED);
    forge.delete("build");
    look();
    Uid next = begun(Phase.SUCCEEDED);
    look();

    assertThat(next).isNotEqualTo(old);
    assertThat(printed(next)).isEqualTo(11);
  }
}
