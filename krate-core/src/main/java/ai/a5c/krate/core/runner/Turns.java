package ai.a5c.krate.core.runner;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Whose turn it is: organizations one after the other, the repositories of each one after the
 * other, and of a repository what has waited longest. Used by one thread.
 */
final class Turns {
  private static final int MOST = 10_000;

  private final Map<String, Long> organizations = new HashMap<>();
  private final Map<Repository, Long> repositories = new HashMap<>();
  private final Comparator<JobEntry> order =
      Comparator.comparingLong((JobEntry job) -> last(organizations, organization(job)))
          .thenComparing(Turns::organization)
          .thenComparingLong(job -> last(repositories, repository(job)))
          .thenComparing(JobEntry::queued)
          .thenComparing(job -> job.name().name());
  private long turn;

  private record Repository(String namespace, String name) {}

  /** The one to serve next of those that wait, by whom was served longest ago; takes the turn. */
  <T> Optional<T> next(Collection<T> waiting, Function<T, JobEntry> job) {
    Optional<T> first = waiting.stream().min((a, b) -> order.compare(job.apply(a), job.apply(b)));
    first.ifPresent(one -> served(job.apply(one), waiting, job));
    return first;
  }

  private <T> void served(JobEntry one, Collection<T> waiting, Function<T, JobEntry> job) {
    turn++;
    organizations.put(organization(one), turn);
    repositories.put(repository(one), turn);
    if (repositories.size() > MOST || organizations.size() > MOST) {
      // Who is not waiting now has no turn to lose.
      Set<String> here = new HashSet<>();
      Set<Repository> there = new HashSet<>();
      for (T other : waiting) {
        here.add(organization(job.apply(other)));
        there.add(repository(job.apply(other)));
      }
      organizations.keySet().retainAll(here);
      repositories.keySet().retainAll(there);
    }
  }

  private static <K> long last(Map<K, Long> served, K who) {
    return served.getOrDefault(who, 0L);
  }

  private static String organization(JobEntry job) {
    return job.name().namespace();
  }

  private static Repository repository(JobEntry job) {
    return new Repository(job.name().namespace(), job.repository());
  }
}
