package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.spi.executor.StepExecutor;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Why jobs cannot run until somebody changes something. */
final class Obstacles {
  /** Why a job is Blocked; nobody but the owner of the pipeline can change that. */
  static final String TIER_MISMATCH = "TierMismatch";

  /** The reasons for which this room blocks jobs, and lets them go again. */
  private static final Set<String> OURS =
      Set.of(
          "NoPool",
          "PoolGone",
          "RepositoryNotTaken",
          "NoExecutor",
          "HostCannotIsolate",
          TIER_MISMATCH);

  private final Optional<StepExecutor> executor;

  /** Why a job cannot run. */
  record Obstacle(String reason, String message) {}

  /**
   * @param executor what this server runs jobs with, if anything
   */
  Obstacles(Optional<StepExecutor> executor) {
    this.executor = executor;
  }

  /** The pool takes no jobs of the repository. */
  static Obstacle notTaken(String pool, String repository) {
    return new Obstacle(
        "RepositoryNotTaken", "the RunnerPool " + pool + " takes no jobs of " + repository);
  }

  /** The pipeline is not what its job pretends. */
  static Obstacle mismatch(String message) {
    return new Obstacle(TIER_MISMATCH, message);
  }

  /** Whether this room blocked the job. */
  static boolean isOurs(JobEntry job) {
    return OURS.contains(job.blocked());
  }

  /** Why this server can run no jobs of the tier, if so. */
  Optional<String> ofHost(TrustTier tier) {
    return executor.isEmpty()
        ? Optional.of("this server has no module that runs jobs")
        : executor.get().obstacle(tier);
  }

  /** Begins to look at jobs, with these pools. */
  Look look(Map<ObjectName, PoolEntry> pools) {
    return new Look(pools);
  }

  /** What is in the way at one moment: the same for all jobs of a repository in a pool. */
  final class Look {
    private final Map<ObjectName, PoolEntry> pools;
    private final Map<TrustTier, Optional<String>> hosts = new EnumMap<>(TrustTier.class);
    private final Map<Place, Optional<Obstacle>> known = new HashMap<>();

    private record Place(ObjectName pool, String repository) {}

    private Look(Map<ObjectName, PoolEntry> pools) {
      this.pools = pools;
    }

    Optional<Obstacle> of(JobEntry job) {
      return of(job.poolName(), job.repository());
    }

    Optional<Obstacle> of(ObjectName pool, String repository) {
      return known.computeIfAbsent(
          new Place(pool, repository), place -> obstacle(place.pool(), place.repository()));
    }

    /** Why this server can run no jobs of the tier, if so. */
    Optional<String> ofHost(TrustTier tier) {
      return hosts.computeIfAbsent(tier, Obstacles.this::ofHost);
    }

    private Optional<Obstacle> obstacle(ObjectName name, String repository) {
      if (name.name().isEmpty()) {
        return Optional.of(new Obstacle("NoPool", "no RunnerPool takes it"));
      }
      PoolEntry pool = pools.get(name);
      if (pool == null || pool.terminating()) {
        return Optional.of(
            new Obstacle(
                "PoolGone",
                "the RunnerPool "
                    + name.name()
                    + (pool == null ? " does not exist" : " is being deleted")));
      }
      if (!pool.spec().takes(repository)) {
        return Optional.of(notTaken(name.name(), repository));
      }
      return ofHost(pool.spec().trustTier())
          .map(why -> new Obstacle(executor.isEmpty() ? "NoExecutor" : "HostCannotIsolate", why));
    }
  }
}
