package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.apiserver.request.Written;
import ai.a5c.krate.core.forge.Conditions;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.spi.storage.ListRequest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes the jobs of pipelines, ends those that do not run, and deletes them. */
final class JobWriter {
  private final Client client;
  private final Objects objects;
  private final InstantSource clock;

  JobWriter(Client client, Objects objects, InstantSource clock) {
    this.client = client;
    this.objects = objects;
    this.clock = clock;
  }

  /** A job of a pipeline, if it is there. */
  Optional<ApiObject> find(ApiObject pipeline, int index) {
    return find(
        new ObjectName(pipeline.namespace(), pipeline.name()), index, pipeline.uid().toString());
  }

  private Optional<ApiObject> find(ObjectName pipeline, int index, String uid) {
    return objects
        .get(ForgeKinds.JOB, pipeline.namespace(), PipelineJobs.name(pipeline.name(), index))
        .filter(job -> uid.isEmpty() || isOf(job, uid));
  }

  private static boolean isOf(ApiObject job, String pipelineUid) {
    return job.text("status", "pipelineUid").equals(pipelineUid);
  }

  /**
   * Makes those jobs of a pipeline that are not there yet, as many as possible in one transaction;
   * if some are refused, the others are removed again.
   *
   * @return why they are refused, if so
   */
  Optional<String> make(ApiObject pipeline, List<ApiObject> jobs) {
    String uid = pipeline.uid().toString();
    List<ApiObject> missing = new ArrayList<>();
    for (ApiObject job : jobs) {
      Optional<ApiObject> there = client.get(ForgeKinds.JOB, pipeline.namespace(), job.name());
      if (there.filter(found -> isOf(found, uid)).isEmpty()) {
        there.ifPresent(left -> client.delete(ForgeKinds.JOB, left));
        missing.add(job);
      }
    }
    try {
      for (List<ApiObject> some : parts(missing)) {
        var unused = client.createAll(ForgeKinds.JOB, some).orThrow();
      }
      return Optional.empty();
    } catch (ApiException e) {
      if (!(e.problem() instanceof Problem.Forbidden)) {
        throw e;
      }
      var name = new ObjectName(pipeline.namespace(), pipeline.name());
      boolean unused = remove(name, jobs.size(), uid);
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** What can be written together; a small workflow is one part. */
  private static List<List<ApiObject>> parts(List<ApiObject> jobs) {
    List<List<ApiObject>> parts = new ArrayList<>();
    List<ApiObject> part = new ArrayList<>();
    int text = 0;
    for (ApiObject job : jobs) {
      int length = job.json().toString().length();
      boolean full =
          part.size() == Client.MOST_TOGETHER || text + length > Client.MOST_TEXT_TOGETHER / 2;
      if (full && !part.isEmpty()) {
        parts.add(part);
        part = new ArrayList<>();
        text = 0;
      }
      part.add(job);
      text += length;
    }
    if (!part.isEmpty()) {
      parts.add(part);
    }
    return parts;
  }

  /**
   * Whether the job went from a phase to another one; if a runner took it meanwhile, it did not.
   */
  boolean move(ObjectName pipeline, int index, Job.Phase from, Job.Phase to) {
    return JobStrategy.phase(moved(pipeline, index, from, to)) == to;
  }

  private ApiObject moved(ObjectName pipeline, int index, Job.Phase from, Job.Phase to) {
    Instant now = clock.instant();
    return client
        .updateStatus(
            ForgeKinds.JOB,
            pipeline.namespace(),
            PipelineJobs.name(pipeline.name(), index),
            current -> JobStrategy.phase(current) == from ? moved(current, to, now) : current)
        .object();
  }

  private static ApiObject moved(ApiObject job, Job.Phase to, Instant now) {
    String time = ApiObject.seconds(now);
    return switch (to) {
      case QUEUED ->
          Conditions.unknown(
              job.withText("Queued", "status", "phase").withText(time, "status", "queueTime"),
              PipelineReconciler.SUCCEEDED,
              "Queued",
              "it waits for a runner",
              now);
      case SKIPPED -> ended(job, "Skipped", "a step that it needs did not end well", now);
      case CANCELED -> ended(job, "Canceled", "the pipeline was canceled", now);
      case PENDING, BLOCKED, RUNNING, SUCCEEDED, FAILED ->
          throw new IllegalStateException("jobs go to " + to + " by a runner");
    };
  }

  private static ApiObject ended(ApiObject job, String phase, String message, Instant now) {
    return Conditions.set(
        job.withText(phase, "status", "phase")
            .withText(ApiObject.seconds(now), "status", "completionTime"),
        PipelineReconciler.SUCCEEDED,
        false,
        phase,
        message,
        now);
  }

  /** Whether there may be jobs of a pipeline that is gone. */
  boolean hasAny(ObjectName pipeline) {
    String prefix = pipeline.name() + "-";
    var after = new ListRequest.Place(pipeline.namespace(), prefix);
    return objects.list(ForgeKinds.JOB, pipeline.namespace(), after, 1, null).objects().stream()
        .anyMatch(job -> job.key().name().startsWith(prefix));
  }

  /**
   * Deletes jobs that do not run, canceled first so that no runner takes one meanwhile.
   *
   * @param uid of the pipeline whose jobs are meant; empty for any
   * @return whether none is left
   */
  boolean remove(ObjectName pipeline, int most, String uid) {
    boolean none = true;
    for (int i = most - 1; i >= 0; i--) {
      Optional<ApiObject> found = find(pipeline, i, uid);
      if (found.isEmpty()) {
        continue;
      }
      ApiObject there = found.get();
      Job.Phase phase = JobStrategy.phase(there);
      if (!phase.isFinished() && phase != Job.Phase.RUNNING) {
        there = moved(pipeline, i, phase, Job.Phase.CANCELED);
      }
      none &=
          JobStrategy.phase(there).isFinished()
              && !there.isTerminating()
              && client.delete(ForgeKinds.JOB, there).outcome() == Written.Outcome.REMOVED;
    }
    return none;
  }
}
