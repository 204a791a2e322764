package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.core.Condition;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.api.records.Pipeline;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.forge.Conditions;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a pipeline's status says of its jobs.
 *
 * @param message for a person; empty if all is well
 */
record Summary(
    Pipeline.Phase phase,
    Pipeline.JobCount jobs,
    Pipeline.@Nullable Failure failure,
    @Nullable Instant queueTime,
    @Nullable Instant startTime,
    String reason,
    String message,
    Instant now) {

  /**
   * Sums up.
   *
   * @param pipeline its name
   * @param jobs as they were read
   * @param progress what has become of them since
   */
  static Summary of(String pipeline, List<Job> jobs, Progress progress, Instant now) {
    int succeeded = 0;
    int failed = 0;
    int ended = 0;
    int culprit = -1;
    for (int i = 0; i < jobs.size(); i++) {
      Job.Phase phase = progress.moves().getOrDefault(i, phase(jobs.get(i)));
      succeeded += phase == Job.Phase.SUCCEEDED ? 1 : 0;
      failed += phase == Job.Phase.FAILED ? 1 : 0;
      ended += phase.isFinished() ? 1 : 0;
      if (phase == Job.Phase.FAILED && culprit < 0 && !jobs.get(i).spec().continueOnError()) {
        culprit = i;
      }
    }
    Pipeline.Failure failure = culprit < 0 ? null : failure(pipeline, culprit, jobs.get(culprit));
    Instant queueTime = progress.moves().containsValue(Job.Phase.QUEUED) ? now : null;
    Instant startTime = null;
    for (Job job : jobs) {
      queueTime = earlier(queueTime, job.status().queueTime());
      startTime = earlier(startTime, job.status().startTime());
    }
    return new Summary(
        progress.phase(),
        new Pipeline.JobCount(jobs.size(), succeeded, failed),
        failure,
        queueTime,
        startTime,
        reason(progress.phase()),
        message(progress.phase(), jobs, culprit, ended),
        now);
  }

  private static Pipeline.Failure failure(String pipeline, int index, Job job) {
    return new Pipeline.Failure(
        PipelineJobs.name(pipeline, index),
        job.status().exitCode(),
        job.status().failureSignature());
  }

  private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return other.isBefore(one) ? other : one;
  }

  private static Job.Phase phase(Job job) {
    return Progress.One.of(job, false).phase();
  }

  private static String reason(Pipeline.Phase phase) {
    return switch (phase) {
      case PENDING -> "Pending";
      case BLOCKED -> "Blocked";
      case QUEUED -> "Queued";
      case RUNNING -> "Running";
      case SUCCEEDED -> "Succeeded";
      case FAILED -> "StepFailed";
      case CANCELED -> "Canceled";
    };
  }

  private static String message(Pipeline.Phase phase, List<Job> jobs, int culprit, int ended) {
    return switch (phase) {
      case SUCCEEDED -> "";
      case CANCELED -> "it was canceled";
      case FAILED -> culprit < 0 ? "" : failed(jobs.get(culprit));
      case BLOCKED ->
          jobs.stream()
              .filter(job -> phase(job) == Job.Phase.BLOCKED)
              .map(job -> message(job, Condition.Truth.UNKNOWN))
              .findFirst()
              .orElse("");
      case PENDING, QUEUED, RUNNING -> ended + " of " + jobs.size() + " steps have ended";
    };
  }

  private static String failed(Job job) {
    Integer code = job.status().exitCode();
    String told = message(job, Condition.Truth.FALSE);
    return "step \""
        + job.spec().step()
        + "\" failed"
        + (code == null ? "" : " with exit code " + code)
        + (told.isEmpty() ? "" : ": " + told);
  }

  /** What the runners say of a job. */
  private static String message(Job job, Condition.Truth truth) {
    return job.status().conditions().stream()
        .filter(condition -> condition.type().equals(PipelineReconciler.SUCCEEDED))
        .filter(condition -> condition.status() == truth)
        .map(Condition::message)
        .findFirst()
        .orElse("");
  }

  /** The pipeline with it; one that has ended stays as it is. */
  ApiObject on(ApiObject current) {
    if (PipelineStrategy.isFinished(current.text("status", "phase"))) {
      return current;
    }
    ApiObject told =
        current
            .withText(reason.equals("StepFailed") ? "Failed" : reason, "status", "phase")
            .with(RecordCodec.write(jobs), "status", "jobs");
    told = first(told, queueTime, "queueTime");
    told = first(told, startTime, "startTime");
    if (failure != null) {
      told = told.with(RecordCodec.write(failure), "status", "failure");
    }
    if (!phase.isFinished()) {
      return Conditions.unknown(told, PipelineReconciler.SUCCEEDED, reason, message, now);
    }
    return Conditions.set(
        timed(told, now, "completionTime"),
        PipelineReconciler.SUCCEEDED,
        phase == Pipeline.Phase.SUCCEEDED,
        reason,
        message,
        now);
  }

  /** A job that begins again has times of its own; a pipeline begins once. */
  private static ApiObject first(ApiObject object, @Nullable Instant time, String member) {
    return object.text("status", member).isEmpty() ? timed(object, time, member) : object;
  }

  private static ApiObject timed(ApiObject object, @Nullable Instant time, String member) {
    return time == null ? object : object.withText(ApiObject.seconds(time), "status", member);
  }
}
