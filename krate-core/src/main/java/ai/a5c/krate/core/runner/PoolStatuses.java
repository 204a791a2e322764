package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.config.RunnerPool;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.core.forge.Conditions;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Marks;
import jakarta.json.JsonValue;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says of each pool how it is, when that has changed since it was last said, and lets a deleted one
 * go when none of its jobs runs any more. Used by one thread.
 */
final class PoolStatuses {
  private final Client client;
  private final Scheduler scheduler;
  private final InstantSource clock;
  private final Map<ObjectName, Said> said = new HashMap<>();

  /** What is said of a pool. */
  private record Said(
      long generation,
      int replicas,
      int ready,
      int queued,
      int running,
      RunnerPool.@Nullable WaitSeconds waits,
      String reason,
      String message) {}

  PoolStatuses(Client client, Scheduler scheduler, InstantSource clock) {
    this.client = client;
    this.scheduler = scheduler;
    this.clock = clock;
  }

  /** Looks at all pools. */
  void write(Board.View view) {
    said.keySet().retainAll(view.pools().keySet());
    for (Board.PoolEntry pool : view.pools().values()) {
      try {
        write(pool, view);
      } catch (ApiException e) {
        if (!(e.problem() instanceof Problem.NotFound)) {
          throw e;
        }
      }
    }
  }

  private void write(Board.PoolEntry pool, Board.View view) {
    Staffing.Staff staff = scheduler.staffing().staff(pool.name());
    int queued = count(pool, view, Job.Phase.QUEUED);
    int running = count(pool, view, Job.Phase.RUNNING);
    if (pool.terminating() && running == 0 && staff.runners() == 0) {
      client.update(
          ForgeKinds.RUNNER_POOL,
          pool.name().namespace(),
          pool.name().name(),
          current ->
              current.uid().toString().equals(pool.uid())
                  ? current.withoutFinalizer(Marks.FINALIZER)
                  : current);
      return;
    }
    Optional<String> obstacle = scheduler.obstacle(pool.spec().trustTier());
    String reason = "Ready";
    String message = "";
    if (pool.terminating()) {
      reason = "Draining";
      message = "it goes when none of its jobs runs any more";
    } else if (obstacle.isPresent()) {
      reason = "CannotRun";
      message = obstacle.get();
    } else if (!staff.trouble().isEmpty()) {
      reason = "RunnersDoNotStart";
      message = staff.trouble();
    }
    var now =
        new Said(
            pool.generation(),
            Math.max(staff.runners(), running),
            staff.ready(),
            queued,
            running,
            waits(staff.waits()),
            reason,
            message);
    if (!now.equals(said.get(pool.name()))) {
      client.updateStatus(
          ForgeKinds.RUNNER_POOL,
          pool.name().namespace(),
          pool.name().name(),
          current -> current.uid().toString().equals(pool.uid()) ? with(current, now) : current);
      said.put(pool.name(), now);
    }
  }

  private static int count(Board.PoolEntry pool, Board.View view, Job.Phase phase) {
    return Math.toIntExact(
        view.jobs().values().stream()
            .filter(job -> job.phase() == phase)
            .filter(job -> job.name().namespace().equals(pool.name().namespace()))
            .filter(job -> job.pool().equals(pool.name().name()))
            .count());
  }

  private static RunnerPool.@Nullable WaitSeconds waits(List<Long> sorted) {
    return sorted.isEmpty()
        ? null
        : new RunnerPool.WaitSeconds(
            sorted.get((sorted.size() - 1) / 2), sorted.get((sorted.size() - 1) * 95 / 100));
  }

  /** Also a wait of no second is said. */
  private static @Nullable JsonValue written(RunnerPool.@Nullable WaitSeconds waits) {
    return waits == null
        ? null
        : Json.object().add("p50", waits.p50()).add("p95", waits.p95()).build();
  }

  private ApiObject with(ApiObject pool, Said now) {
    ApiObject counted =
        pool.with(Json.number(now.replicas()), "status", "replicas")
            .with(Json.number(now.ready()), "status", "readyReplicas")
            .with(Json.number(now.queued()), "status", "queuedJobs")
            .with(Json.number(now.running()), "status", "runningJobs")
            .with(written(now.waits()), "status", "waitSeconds");
    return Conditions.set(
        counted,
        "Ready",
        now.reason().equals("Ready"),
        now.reason(),
        now.message(),
        clock.instant());
  }
}
