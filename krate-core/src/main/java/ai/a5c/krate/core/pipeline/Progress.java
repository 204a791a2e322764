package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.api.records.Job.Phase;
import ai.a5c.krate.api.records.Pipeline;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the jobs of a pipeline come to, and what has to happen to which of them. A pure function of
 * how they are.
 *
 * @param phase of the pipeline, once that has happened
 * @param moves the phases that jobs have to go to, by index
 */
record Progress(Pipeline.Phase phase, Map<Integer, Phase> moves) {
  Progress {
    moves = Collections.unmodifiableMap(new TreeMap<>(moves));
  }

  /**
   * One job.
   *
   * @param needs the steps before it that have to end well
   * @param kept whether a pipeline that is resumed has its work already
   */
  record One(String step, Phase phase, List<String> needs, boolean continueOnError, boolean kept) {
    One {
      needs = List.copyOf(needs);
    }

    static One of(Job job, boolean kept) {
      Phase phase = job.status().phase();
      return new One(
          job.spec().step(),
          phase == null ? Phase.PENDING : phase,
          job.spec().needs(),
          job.spec().continueOnError(),
          kept);
    }
  }

  /**
   * Looks at all jobs, in the order of the file.
   *
   * @param canceled whether nothing shall begin any more
   * @param started whether one of them has begun before
   */
  static Progress of(List<One> jobs, boolean canceled, boolean started) {
    Map<Integer, Phase> moves = new TreeMap<>();
    Map<String, Boolean> well = new HashMap<>();
    List<Phase> phases = new ArrayList<>();
    boolean failed = false;
    for (int i = 0; i < jobs.size(); i++) {
      One job = jobs.get(i);
      Phase next = next(job, canceled, well);
      if (next != job.phase()) {
        moves.put(i, next);
      }
      phases.add(next);
      if (next.isFinished()) {
        boolean ended =
            next == Phase.SUCCEEDED
                || job.kept()
                || (next == Phase.FAILED && job.continueOnError());
        well.put(job.step(), ended);
        failed |= next == Phase.FAILED && !job.continueOnError();
      }
    }
    return new Progress(phase(phases, failed, started), moves);
  }

  private static Phase next(One job, boolean canceled, Map<String, Boolean> well) {
    if (canceled) {
      return switch (job.phase()) {
        case PENDING, BLOCKED, QUEUED -> Phase.CANCELED;
        case RUNNING, SUCCEEDED, FAILED, CANCELED, SKIPPED -> job.phase();
      };
    }
    if (job.phase() != Phase.PENDING) {
      return job.phase();
    }
    if (job.needs().stream().anyMatch(need -> well.getOrDefault(need, true).equals(false))) {
      return Phase.SKIPPED;
    }
    return well.keySet().containsAll(job.needs()) ? Phase.QUEUED : Phase.PENDING;
  }

  private static Pipeline.Phase phase(List<Phase> phases, boolean failed, boolean started) {
    if (phases.stream().allMatch(Phase::isFinished)) {
      if (failed) {
        return Pipeline.Phase.FAILED;
      }
      return phases.contains(Phase.CANCELED) ? Pipeline.Phase.CANCELED : Pipeline.Phase.SUCCEEDED;
    }
    if (phases.contains(Phase.RUNNING)) {
      return Pipeline.Phase.RUNNING;
    }
    if (phases.contains(Phase.BLOCKED) && !phases.contains(Phase.QUEUED)) {
      return Pipeline.Phase.BLOCKED;
    }
    return started ? Pipeline.Phase.RUNNING : Pipeline.Phase.QUEUED;
  }
}
