package ai.a5c.krate.core.runner;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.controller.ObjectName;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever comes in whatever order, the ledger says what a list of the jobs would say. */
class LedgerPropertyTest {
  private static final Job.Phase[] PHASES = {
    Job.Phase.PENDING, Job.Phase.QUEUED, Job.Phase.BLOCKED, Job.Phase.RUNNING
  };
  private static final String HERE = RunnerName.prefix("aaaa", "bbbb");
  private static final List<String> RUNNERS =
      List.of("", HERE + "1", RunnerName.prefix("aaaa", "cccc") + "1", "runner-dddd-bbbb-1");
  private static final Comparator<JobEntry> OLDEST =
      Comparator.comparing(JobEntry::queued).thenComparing(job -> job.name().name());

  private static JobEntry job(Random random) {
    int number = random.nextInt(12);
    String pipeline = "pipeline-" + number / 3;
    return new JobEntry(
        new ObjectName("team-" + number % 2, "job-" + number),
        Revision.ZERO,
        "uid-" + number,
        pipeline,
        pipeline,
        "repo-" + random.nextInt(2),
        "pool-" + random.nextInt(2),
        number % 3,
        PHASES[random.nextInt(PHASES.length)],
        Instant.EPOCH.plusSeconds(random.nextInt(5)),
        RUNNERS.get(random.nextInt(RUNNERS.size())),
        0,
        "");
  }

  @Property(tries = 200)
  void itSaysWhatAListOfTheJobsWouldSay(@ForAll long seed) {
    var random = new Random(seed);
    var ledger = new Ledger(HERE);
    Map<ObjectName, JobEntry> jobs = new HashMap<>();
    Predicate<JobEntry> mine = any -> true;
    for (int i = 0; i < 60; i++) {
      JobEntry job = job(random);
      switch (random.nextInt(6)) {
        case 0 -> {
          ledger.remove(job.name());
          jobs.remove(job.name());
        }
        case 1 -> {
          int share = random.nextInt(3);
          mine = any -> any.pipeline().hashCode() % 3 != share;
          ledger.share(mine);
        }
        default -> {
          ledger.put(job);
          jobs.put(job.name(), job);
        }
      }
      check(ledger, jobs.values().stream().toList(), mine);
    }
  }

  private static void check(Ledger ledger, List<JobEntry> jobs, Predicate<JobEntry> mine) {
    assertThat(ledger.blocked())
        .containsExactlyInAnyOrderElementsOf(some(jobs, is(Job.Phase.BLOCKED)));
    Set<String> waiting = new TreeSet<>();
    ledger
        .waiting()
        .forEach(
            (pool, repositories) ->
                repositories.forEach(
                    (repository, there) -> {
                      Predicate<JobEntry> here =
                          is(Job.Phase.QUEUED)
                              .and(job -> job.poolName().equals(pool))
                              .and(job -> job.repository().equals(repository));
                      waiting.add(pool + "/" + repository);
                      assertThat(there.repository()).isEqualTo(repository);
                      assertThat(there.own()).containsExactlyElementsOf(some(jobs, here.and(mine)));
                      assertThat(there.others())
                          .containsExactlyElementsOf(some(jobs, here.and(mine.negate())));
                      assertThat(there.all()).isNotEmpty();
                    }));
    assertThat(waiting)
        .containsExactlyElementsOf(
            some(jobs, is(Job.Phase.QUEUED)).stream()
                .map(job -> job.poolName() + "/" + job.repository())
                .distinct()
                .sorted()
                .toList());
    for (JobEntry job : jobs) {
      Predicate<JobEntry> sibling = other -> other.pipeline().equals(job.pipeline());
      assertThat(ledger.get(job.name())).isEqualTo(job);
      assertThat(ledger.elsewhere(job.poolName()))
          .isEqualTo(
              some(
                      jobs,
                      is(Job.Phase.RUNNING)
                          .and(other -> other.poolName().equals(job.poolName()))
                          .and(other -> !other.runner().startsWith(HERE)))
                  .size());
      assertThat(ledger.running(job.name().namespace()))
          .isEqualTo(
              some(
                      jobs,
                      is(Job.Phase.RUNNING)
                          .and(other -> other.name().namespace().equals(job.name().namespace())))
                  .size());
      assertThat(ledger.runs(job.pipeline()))
          .isEqualTo(!some(jobs, sibling.and(is(Job.Phase.RUNNING))).isEmpty());
      assertThat(ledger.goesOn(job.pipeline()))
          .isEqualTo(!some(jobs, sibling.and(is(Job.Phase.BLOCKED).negate())).isEmpty());
      assertThat(ledger.first(job.pipeline(), any -> true).map(JobEntry::index))
          .isEqualTo(
              some(jobs, sibling.and(is(Job.Phase.QUEUED))).stream()
                  .map(JobEntry::index)
                  .min(Comparator.naturalOrder()));
    }
  }

  private static Predicate<JobEntry> is(Job.Phase phase) {
    return job -> job.phase() == phase;
  }

  /** The oldest first. */
  private static List<JobEntry> some(List<JobEntry> jobs, Predicate<JobEntry> which) {
    return jobs.stream().filter(which).sorted(OLDEST).toList();
  }
}
