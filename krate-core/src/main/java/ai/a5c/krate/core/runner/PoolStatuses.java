package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.config.RunnerPool;
import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.apiserver.request.Together;
import ai.a5c.krate.core.forge.Conditions;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Marks;
import jakarta.json.JsonValue;
import java.time.InstantSource;
import java.util.ArrayList;
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

  /** Looks at all pools; what is new of those of a namespace is written together. */
  void write(Board.View view) {
    said.keySet().retainAll(view.pools().keySet());
    Map<ObjectName, Counts> counts = new HashMap<>();
    for (JobEntry job : view.jobs()) {
      counts.computeIfAbsent(job.poolName(), any -> new Counts()).add(job);
    }
    Map<String, List<News>> news = new HashMap<>();
    for (PoolEntry pool : view.pools().values()) {
      Staffing.Staff staff = scheduler.staffing().staff(pool.name());
      Counts jobs = counts.getOrDefault(pool.name(), new Counts());
      if (pool.terminating() && jobs.running == 0 && staff.runners() == 0) {
        release(pool);
        continue;
      }
      Said now = now(pool, staff, jobs);
      if (!now.equals(said.get(pool.name()))) {
        news.computeIfAbsent(pool.name().namespace(), any -> new ArrayList<>())
            .add(new News(pool, now));
      }
    }
    news.forEach(this::say);
  }

  private record News(PoolEntry pool, Said now) {}

  /** How many jobs of a pool are in which phase. */
  private static final class Counts {
    private int queued;
    private int running;

    void add(JobEntry job) {
      queued += job.phase() == Job.Phase.QUEUED ? 1 : 0;
      running += job.phase() == Job.Phase.RUNNING ? 1 : 0;
    }
  }

  private void release(PoolEntry pool) {
    try {
      client.update(
          ForgeKinds.RUNNER_POOL,
          pool.name().namespace(),
          pool.name().name(),
          current ->
              current.uid().toString().equals(pool.uid())
                  ? current.withoutFinalizer(Marks.FINALIZER)
                  : current);
    } catch (ApiException e) {
      if (!(e.problem() instanceof Problem.NotFound)) {
        throw e;
      }
    }
  }

  /**
   * As many as can be written together; the others, and all if one has just gone, the next time.
   */
  private void say(String namespace, List<News> news) {
    List<News> some = news.stream().limit(Client.MOST_TOGETHER).toList();
    List<Client.StatusChange> changes = new ArrayList<>();
    for (News one : some) {
      changes.add(
          new Client.StatusChange(
              one.pool().name().name(),
              current ->
                  current.uid().toString().equals(one.pool().uid())
                      ? with(current, one.now())
                      : current));
    }
    Together together = client.updateStatuses(ForgeKinds.RUNNER_POOL, namespace, changes);
    if (together instanceof Together.Refused(int index, Problem.NotFound gone)) {
      return;
    }
    var unused = together.orThrow();
    some.forEach(one -> said.put(one.pool().name(), one.now()));
  }

  private Said now(PoolEntry pool, Staffing.Staff staff, Counts jobs) {
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
    return new Said(
        pool.generation(),
        Math.max(staff.runners(), jobs.running),
        staff.ready(),
        jobs.queued,
        jobs.running,
        waits(staff.waits()),
        reason,
        message);
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
