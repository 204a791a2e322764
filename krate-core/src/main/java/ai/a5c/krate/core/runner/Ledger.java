package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.controller.ObjectName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that have not ended, arranged by what is asked of them at every look, and changed job by
 * job, so that a look costs as much as has changed and not as much as there is. Guarded by the lock
 * of the {@link Scheduler}.
 */
final class Ledger {
  private static final Comparator<JobEntry> OLDEST =
      Comparator.comparing(JobEntry::queued).thenComparing(job -> job.name().name());

  private final Map<ObjectName, JobEntry> jobs = new HashMap<>();
  private final Map<String, Map<ObjectName, JobEntry>> pipelines = new HashMap<>();

  /** The queued ones, by pool, and in it by repository. */
  private final Map<ObjectName, Map<String, Waiting>> waiting = new HashMap<>();

  private final Map<ObjectName, JobEntry> blocked = new LinkedHashMap<>();

  /** How many run on other servers, by pool. */
  private final Map<ObjectName, Integer> elsewhere = new HashMap<>();

  /** How many run, by organization. */
  private final Map<String, Integer> running = new HashMap<>();

  private final String here;
  private Predicate<JobEntry> own = any -> true;

  /** What waits of one repository in one pool: this server's share of it, and that of others. */
  static final class Waiting {
    private final String repository;
    private final NavigableSet<JobEntry> own = new TreeSet<>(OLDEST);
    private final NavigableSet<JobEntry> others = new TreeSet<>(OLDEST);

    private Waiting(String repository) {
      this.repository = repository;
    }

    String repository() {
      return repository;
    }

    /** The oldest first. */
    Collection<JobEntry> own() {
      return own;
    }

    /** The oldest first. */
    Collection<JobEntry> others() {
      return others;
    }

    /** Whatever share it is of. */
    List<JobEntry> all() {
      List<JobEntry> all = new ArrayList<>(own);
      all.addAll(others);
      return all;
    }

    private boolean isEmpty() {
      return own.isEmpty() && others.isEmpty();
    }
  }

  /**
   * @param here what the names of this server's runners begin with
   */
  Ledger(String here) {
    this.here = here;
  }

  /** Puts a job down as it is now. */
  void put(JobEntry job) {
    remove(job.name());
    jobs.put(job.name(), job);
    pipelines.computeIfAbsent(job.pipeline(), any -> new HashMap<>()).put(job.name(), job);
    switch (job.phase()) {
      case QUEUED -> {
        Waiting there =
            waiting
                .computeIfAbsent(job.poolName(), any -> new TreeMap<>())
                .computeIfAbsent(job.repository(), Waiting::new);
        (own.test(job) ? there.own : there.others).add(job);
      }
      case BLOCKED -> blocked.put(job.name(), job);
      case RUNNING -> count(job, 1);
      default -> {}
    }
  }

  /** Takes a job off that has ended or is gone; does nothing if it is not there. */
  void remove(ObjectName name) {
    JobEntry job = jobs.remove(name);
    if (job == null) {
      return;
    }
    pipelines.computeIfPresent(
        job.pipeline(), (any, of) -> of.remove(name) != null && of.isEmpty() ? null : of);
    switch (job.phase()) {
      case QUEUED ->
          waiting.computeIfPresent(job.poolName(), (any, of) -> without(of, job) ? null : of);
      case BLOCKED -> blocked.remove(name);
      case RUNNING -> count(job, -1);
      default -> {}
    }
  }

  private void count(JobEntry running, int more) {
    add(this.running, running.name().namespace(), more);
    if (!running.runner().startsWith(here)) {
      add(elsewhere, running.poolName(), more);
    }
  }

  private static <K> void add(Map<K, Integer> counts, K of, int more) {
    counts.merge(of, more, (n, m) -> n + m == 0 ? null : n + m);
  }

  /** Takes a job out of what waits; whether nothing is left. */
  private static boolean without(Map<String, Waiting> of, JobEntry job) {
    of.computeIfPresent(
        job.repository(),
        (any, there) -> {
          there.own.remove(job);
          there.others.remove(job);
          return there.isEmpty() ? null : there;
        });
    return of.isEmpty();
  }

  /** Which jobs are this server's share from now on. */
  void share(Predicate<JobEntry> mine) {
    own = mine;
    for (JobEntry job : List.copyOf(jobs.values())) {
      if (job.phase() == Job.Phase.QUEUED) {
        put(job);
      }
    }
  }

  @Nullable JobEntry get(ObjectName name) {
    return jobs.get(name);
  }

  /** Where jobs wait, by pool and repository. */
  Map<ObjectName, Map<String, Waiting>> waiting() {
    return waiting;
  }

  /** What waits for a pool, by repository. */
  Collection<Waiting> waiting(ObjectName pool) {
    return waiting.getOrDefault(pool, Map.of()).values();
  }

  Collection<JobEntry> blocked() {
    return blocked.values();
  }

  /** How many of a pool run on other servers. */
  int elsewhere(ObjectName pool) {
    return elsewhere.getOrDefault(pool, 0);
  }

  /** How many run of an organization. */
  int running(String namespace) {
    return running.getOrDefault(namespace, 0);
  }

  /** The queued job of a pipeline that is the first in its workflow of those that are meant. */
  Optional<JobEntry> first(String pipeline, Predicate<JobEntry> meant) {
    return of(pipeline).stream()
        .filter(job -> job.phase() == Job.Phase.QUEUED)
        .filter(meant)
        .min(Comparator.comparingInt(JobEntry::index));
  }

  /** Whether a job of the pipeline runs. */
  boolean runs(String pipeline) {
    return of(pipeline).stream().anyMatch(job -> job.phase() == Job.Phase.RUNNING);
  }

  /** Whether the pipeline has jobs that run or will, unless somebody has to change something. */
  boolean goesOn(String pipeline) {
    return of(pipeline).stream().anyMatch(job -> job.phase() != Job.Phase.BLOCKED);
  }

  private Collection<JobEntry> of(String pipeline) {
    return pipelines.getOrDefault(pipeline, Map.of()).values();
  }
}
