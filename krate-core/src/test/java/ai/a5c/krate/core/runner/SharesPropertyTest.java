package ai.a5c.krate.core.runner;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.controller.ObjectName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Whatever waits wherever: no two servers begin with the same, and nothing is left lying. */
class SharesPropertyTest {
  private static final Instant NOW = Instant.EPOCH.plusSeconds(1_000);
  private static final ObjectName POOL = new ObjectName("team", "pool");
  private static final Comparator<JobEntry> OLDEST =
      Comparator.comparing(JobEntry::queued).thenComparing(job -> job.name().name());

  private static List<String> servers(int count) {
    List<String> servers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      servers.add("server-" + i);
    }
    return servers;
  }

  /** Jobs of one repository that have waited for up to so many seconds. */
  private static List<JobEntry> jobs(Random random, int longest) {
    List<JobEntry> jobs = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      String pipeline = "pipeline-" + random.nextInt(1_000_000);
      jobs.add(
          new JobEntry(
              new ObjectName("team", "job-" + i),
              Revision.ZERO,
              "uid-" + i,
              pipeline,
              pipeline,
              "web",
              "pool",
              0,
              Job.Phase.QUEUED,
              NOW.minusMillis(random.nextInt(longest * 1_000)),
              "",
              0,
              ""));
    }
    return jobs;
  }

  private static Shares shares(List<String> living, String here) {
    return shares(living, here, Optional.empty());
  }

  private static Shares shares(List<String> living, String here, Optional<String> last) {
    return new Shares(living, here, any -> last, () -> NOW);
  }

  /** What a server takes, in its order. */
  private static List<JobEntry> taken(Shares shares, List<JobEntry> jobs) {
    var ledger = new Ledger("");
    ledger.share(shares::isOwn);
    jobs.forEach(ledger::put);
    Shares.Queue queue = shares.queue(ledger.waiting(POOL).iterator().next(), any -> true);
    List<JobEntry> taken = new ArrayList<>();
    for (JobEntry head = queue.head(); head != null; head = queue.head()) {
      taken.add(head);
      assertThat(queue.advance()).isEqualTo(queue.head() != null);
    }
    return taken;
  }

  @Property(tries = 100)
  void whatHasJustComeIsOneServersAlone(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int n) {
    List<JobEntry> jobs = jobs(new Random(seed), 2);
    List<JobEntry> all = new ArrayList<>();
    for (String server : servers(n)) {
      List<JobEntry> taken = taken(shares(servers(n), server), jobs);
      assertThat(taken).isSortedAccordingTo(OLDEST);
      all.addAll(taken);
    }
    assertThat(all).containsExactlyInAnyOrderElementsOf(jobs);
  }

  @Property(tries = 100)
  void whatHasWaitedLongIsTakenByWhoeverComes(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 5) int n) {
    List<JobEntry> jobs = jobs(new Random(seed), 100);
    for (String server : servers(n)) {
      Shares shares = shares(servers(n), server);
      List<JobEntry> taken = taken(shares, jobs);
      assertThat(new HashSet<>(taken)).hasSameSizeAs(taken);
      assertThat(taken)
          .containsAll(
              jobs.stream()
                  .filter(job -> shares.isOwn(job) || !job.queued().isAfter(NOW.minusSeconds(2)))
                  .toList());
      // What is of others counts as two seconds younger, and for the rest the oldest is first.
      assertThat(taken)
          .isSortedAccordingTo(
              Comparator.comparing(
                  job -> shares.isOwn(job) ? job.queued() : job.queued().plusSeconds(2)));
    }
  }

  @Property(tries = 50)
  void aServerThatIsNotCountedAmongTheLivingTakesAll(@ForAll long seed) {
    List<JobEntry> jobs = jobs(new Random(seed), 100);
    assertThat(taken(shares(List.of(), "here"), jobs)).containsExactlyInAnyOrderElementsOf(jobs);
    assertThat(taken(shares(servers(3), "here"), jobs)).containsExactlyInAnyOrderElementsOf(jobs);
  }

  @Property(tries = 50)
  void aPipelineIsLeftToTheLivingServerThatHadItForAWhile(@ForAll long seed) {
    List<JobEntry> jobs = jobs(new Random(seed), 60);
    List<String> living = servers(2);
    List<JobEntry> old =
        jobs.stream().filter(job -> !job.queued().isAfter(NOW.minusSeconds(30))).toList();

    assertThat(taken(shares(living, "server-0", Optional.of("server-1")), jobs))
        .containsExactlyInAnyOrderElementsOf(old);
    for (String last : List.of("server-0", "dead")) {
      assertThat(taken(shares(living, "server-0", Optional.of(last)), jobs))
          .containsExactlyElementsOf(taken(shares(living, "server-0"), jobs));
    }
  }
}
