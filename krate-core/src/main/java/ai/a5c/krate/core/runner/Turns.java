package ai.a5c.krate.core.runner;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whose turn it is: organizations one after the other, the repositories of each one after the
 * other, and of a repository what has waited longest. Used by one thread.
 */
final class Turns {
  private static final int MOST = 10_000;

  private final Map<String, Long> served = new HashMap<>();
  private long turn;

  /** The one to serve next of those that wait, by whom was served longest ago; takes the turn. */
  Optional<JobEntry> next(Collection<JobEntry> waiting) {
    Optional<JobEntry> first =
        waiting.stream()
            .min(
                Comparator.comparingLong((JobEntry job) -> last(organization(job)))
                    .thenComparing(Turns::organization)
                    .thenComparingLong(job -> last(repository(job)))
                    .thenComparing(JobEntry::queued)
                    .thenComparing(job -> job.name().name()));
    first.ifPresent(job -> served(job, waiting));
    return first;
  }

  private void served(JobEntry job, Collection<JobEntry> waiting) {
    turn++;
    served.put(organization(job), turn);
    served.put(repository(job), turn);
    if (served.size() > MOST) {
      // Who is not waiting now has no turn to lose.
      Set<String> here = new HashSet<>();
      for (JobEntry one : waiting) {
        here.add(organization(one));
        here.add(repository(one));
      }
      served.keySet().retainAll(here);
    }
  }

  private long last(String who) {
    return served.getOrDefault(who, 0L);
  }

  private static String organization(JobEntry job) {
    return job.name().namespace();
  }

  private static String repository(JobEntry job) {
    return job.name().namespace() + "/" + job.repository();
  }
}
