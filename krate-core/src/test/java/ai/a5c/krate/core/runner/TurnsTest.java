package ai.a5c.krate.core.runner;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.controller.ObjectName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private static JobEntry job(String organization, String repository, int age) {
    return new JobEntry(
        new ObjectName(organization, "job-" + repository + "-" + age),
        Revision.ZERO,
        organization + repository + age,
        organization + repository + age,
        "pipeline",
        repository,
        "pool",
        0,
        Job.Phase.QUEUED,
        Instant.EPOCH.plusSeconds(age),
        "",
        0,
        "");
  }

  private static List<JobEntry> served(List<JobEntry> waiting) {
    var turns = new Turns();
    List<JobEntry> left = new ArrayList<>(waiting);
    List<JobEntry> served = new ArrayList<>();
    while (!left.isEmpty()) {
      JobEntry next = turns.next(left, job -> job).orElseThrow();
      left.remove(next);
      served.add(next);
    }
    assertThat(turns.next(left, job -> job)).isEmpty();
    return served;
  }

  @Test
  void anOrganizationWithOneJobWaitsForOneOfEachOther() {
    List<JobEntry> waiting = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      waiting.add(job("acme", "web", i));
    }
    waiting.add(job("tiny", "app", 1_000));

    assertThat(served(waiting).indexOf(job("tiny", "app", 1_000))).isLessThanOrEqualTo(1);
  }

  @Test
  void ofARepositoryTheOldestIsFirst() {
    assertThat(served(List.of(job("a", "r", 3), job("a", "r", 1), job("a", "r", 2))))
        .containsExactly(job("a", "r", 1), job("a", "r", 2), job("a", "r", 3));
  }

  @Test
  @DisplayName("as long as two wait, neither is served twice more than the other")
  void property() {
    var random = new Random(11);
    for (int round = 0; round < 50; round++) {
      List<JobEntry> waiting = new ArrayList<>();
      Map<String, Integer> left = new HashMap<>();
      for (int i = 0; i < 60; i++) {
        JobEntry job = job("org" + random.nextInt(4), "repo" + random.nextInt(3), i);
        waiting.add(job);
        left.merge(job.name().namespace(), 1, Integer::sum);
        left.merge(job.name().namespace() + "/" + job.repository(), 1, Integer::sum);
      }
      Map<String, Integer> had = new HashMap<>();
      for (JobEntry job : served(waiting)) {
        String organization = job.name().namespace();
        had.merge(organization, 1, Integer::sum);
        had.merge(organization + "/" + job.repository(), 1, Integer::sum);
        left.merge(organization, -1, Integer::sum);
        left.merge(organization + "/" + job.repository(), -1, Integer::sum);
        left.forEach(
            (who, more) -> {
              boolean same = !who.contains("/") || who.startsWith(organization + "/");
              String other =
                  who.contains("/") ? organization + "/" + job.repository() : organization;
              if (more > 0 && same) {
                assertThat(had.getOrDefault(other, 0) - had.getOrDefault(who, 0))
                    .isLessThanOrEqualTo(1);
              }
            });
      }
    }
  }
}
