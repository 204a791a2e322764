package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.api.records.Pipeline;
import ai.a5c.krate.api.records.Workflow;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.forge.ForgeKinds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The jobs of a pipeline as they are made: one for each step, in the order of the file. */
final class PipelineJobs {
  /** How many a pipeline has at most. */
  static final int MOST = 256;

  private static final int ATTEMPTS = 3;

  private PipelineJobs() {}

  /**
   * The name of a job. No two pipelines of a namespace share one, as what follows the last dash is
   * the index.
   */
  static String name(String pipeline, int index) {
    return pipeline + "-" + index;
  }

  /** Where a pipeline begins: the index of the step that it resumes from. */
  static int first(Workflow.Spec workflow, Pipeline.Spec spec) {
    for (int i = 0; i < workflow.steps().size(); i++) {
      if (workflow.steps().get(i).name().equals(spec.resumeFrom())) {
        return i;
      }
    }
    return 0;
  }

  /**
   * All jobs. Those before the step that the pipeline resumes from are done: their work is in the
   * workspace.
   */
  static List<ApiObject> of(ApiObject pipeline, Workflow.Spec workflow, String pool) {
    Pipeline.Spec spec = RecordCodec.read(Pipeline.class, pipeline.json()).spec();
    int first = first(workflow, spec);
    List<ApiObject> jobs = new ArrayList<>();
    for (int i = 0; i < workflow.steps().size(); i++) {
      Workflow.Step step = workflow.steps().get(i);
      @Nullable Duration timeout = step.timeout() == null ? workflow.timeout() : step.timeout();
      Job.Spec job =
          new Job.Spec(
              pipeline.name(),
              step.name(),
              i,
              pool,
              step.script(),
              Variables.of(workflow, step, pipeline.name(), spec),
              step.workingDirectory(),
              step.needs(),
              workflow.secrets(),
              step.continueOnError(),
              timeout,
              ATTEMPTS);
      jobs.add(object(pipeline, job, i < first ? Job.Phase.SKIPPED : Job.Phase.PENDING));
    }
    return jobs;
  }

  private static ApiObject object(ApiObject pipeline, Job.Spec job, Job.Phase phase) {
    return new ApiObject(
        Json.object()
            .add("apiVersion", ForgeKinds.JOB.apiVersion())
            .add("kind", ForgeKinds.JOB.name())
            .add(
                "metadata",
                Json.object()
                    .add("name", name(pipeline.name(), job.index()))
                    .add("namespace", pipeline.namespace()))
            .add("spec", RecordCodec.write(job))
            .add(
                "status",
                Json.object()
                    .add("repository", pipeline.text("spec", "repository"))
                    .add("pipelineUid", pipeline.uid().toString())
                    .add("phase", phase == Job.Phase.SKIPPED ? "Skipped" : "Pending"))
            .build());
  }
}
