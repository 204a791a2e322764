package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import jakarta.json.JsonObject;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the scheduler knows of a Job that has not ended.
 *
 * @param revision at which it was so
 * @param pipeline the uid of its Pipeline
 * @param queued since when it has waited
 * @param runner that has it, or had it last; empty if none ever did
 * @param attempts how often it was begun
 * @param blocked the reason why it cannot run, if it is Blocked
 */
record JobEntry(
    ObjectName name,
    Revision revision,
    String uid,
    String pipeline,
    String pipelineName,
    String repository,
    String pool,
    int index,
    Job.Phase phase,
    Instant queued,
    String runner,
    int attempts,
    String blocked) {

  /** What an entry is made from: most of a Job is the script that nobody reads here. */
  private record Seen(Spec spec, Status status) {
    private record Spec(String pipeline, int index, String pool) {}

    private record Status(
        String repository,
        String pipelineUid,
        Job.@Nullable Phase phase,
        String runner,
        List<JsonObject> attempts,
        @Nullable Instant queueTime) {}
  }

  ObjectName poolName() {
    return new ObjectName(name.namespace(), pool);
  }

  /** The entry of a stored Job. */
  static JobEntry of(ApiObject object) {
    Seen job = RecordCodec.read(Seen.class, object.json());
    Seen.Status status = job.status();
    Job.Phase phase = status.phase();
    Instant queued = status.queueTime();
    return new JobEntry(
        new ObjectName(object.namespace(), object.name()),
        object.revision(),
        object.uid().toString(),
        status.pipelineUid(),
        job.spec().pipeline(),
        status.repository(),
        job.spec().pool(),
        job.spec().index(),
        phase == null ? Job.Phase.PENDING : phase,
        queued == null ? Instant.EPOCH : queued,
        status.runner(),
        status.attempts().size(),
        phase == Job.Phase.BLOCKED ? JobStatus.reason(object) : "");
  }
}
