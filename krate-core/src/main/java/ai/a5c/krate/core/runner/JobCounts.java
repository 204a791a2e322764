package ai.a5c.krate.core.runner;

import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Contribution;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.JobCounters;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts the jobs that wait and that run in the transactions that make it so: by organization for
 * its quotas, by pool for its replicas, and by pipeline, of whose jobs one runs at a time. So no
 * two servers can together go beyond a bound.
 */
final class JobCounts implements Contribution {
  private static final Set<String> WAITING = Set.of("", "Pending", "Blocked", "Queued");

  private final Quotas quotas;

  JobCounts(Quotas quotas) {
    this.quotas = quotas;
  }

  private static String pool(String namespace, String pool) {
    return "maxReplicas/" + namespace + "/" + pool;
  }

  private static String pipeline(String uid) {
    return "runningJobs/" + uid;
  }

  @Override
  public void contribute(Plan plan) {
    Map<String, Long> deltas = new TreeMap<>();
    boolean begins = false;
    for (Step step : List.copyOf(plan.steps())) {
      switch (step) {
        case Step.Write write when write.kind().equals(ForgeKinds.JOB) -> {
          begins |= write.old() == null;
          count(deltas, write.old(), -1);
          count(deltas, write.object(), 1);
        }
        case Step.Remove remove when remove.kind().equals(ForgeKinds.JOB) ->
            count(deltas, remove.last(), -1);
        default -> {}
      }
    }
    for (Map.Entry<String, Long> delta : deltas.entrySet()) {
      if (delta.getValue() != 0) {
        long most = delta.getValue() < 0 ? Long.MAX_VALUE : most(delta.getKey(), begins);
        int unused = plan.add(new Step.Count(delta.getKey(), delta.getValue(), most));
      }
    }
  }

  /** A job that was let in once is not refused when it has to wait again. */
  private long most(String counter, boolean begins) {
    String[] parts = counter.split("/", -1);
    return switch (parts[0]) {
      case "concurrentJobs" -> quotas.concurrent(parts[1]);
      case "queuedJobs" -> begins ? quotas.queued(parts[1]) : Long.MAX_VALUE;
      case "maxReplicas" -> quotas.pool(parts[1], parts[2]);
      default -> 1;
    };
  }

  private static void count(Map<String, Long> deltas, @Nullable ApiObject job, long delta) {
    if (job == null) {
      return;
    }
    String phase = job.text("status", "phase");
    if (WAITING.contains(phase)) {
      deltas.merge(JobCounters.waiting(job.namespace()), delta, Long::sum);
    } else if (phase.equals("Running")) {
      deltas.merge(JobCounters.running(job.namespace()), delta, Long::sum);
      deltas.merge(pool(job.namespace(), job.text("spec", "pool")), delta, Long::sum);
      String pipeline = job.text("status", "pipelineUid");
      if (!pipeline.isEmpty()) {
        deltas.merge(pipeline(pipeline), delta, Long::sum);
      }
    }
  }
}
