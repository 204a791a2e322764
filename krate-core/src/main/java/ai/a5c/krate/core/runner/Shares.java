package ai.a5c.krate.core.runner;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which of several servers begins with which jobs, so that they do not all reach for the same ones.
 * Only a preference: what a server leaves lying is taken by the others.
 */
final class Shares {
  /** For so long a pipeline is left to the server that has its workspace. */
  private static final Duration AFFINITY = Duration.ofSeconds(30);

  /** For so long a job is left to its server; afterwards it counts as that much younger. */
  private static final Duration COURTESY = Duration.ofSeconds(2);

  private final List<String> living;
  private final String here;
  private final Function<String, Optional<String>> last;
  private final InstantSource clock;

  /**
   * @param living the names of the servers, in an order that all of them agree about
   * @param here this one
   * @param last which server had a pipeline last, by the pipeline's uid
   */
  Shares(
      List<String> living,
      String here,
      Function<String, Optional<String>> last,
      InstantSource clock) {
    this.living = List.copyOf(living);
    this.here = here;
    this.last = last;
    this.clock = clock;
  }

  /** Whether this server begins with it. */
  boolean isOwn(JobEntry job) {
    return !living.contains(here)
        || living.get(Math.floorMod(job.pipeline().hashCode(), living.size())).equals(here);
  }

  /** What waits, of what is meant. */
  Queue queue(Ledger.Waiting waiting, Predicate<JobEntry> meant) {
    Instant now = clock.instant();
    Predicate<JobEntry> here = meant.and(job -> !isElsewhere(job, now));
    return new Queue(
        waiting.own().stream().filter(here).iterator(),
        waiting.others().stream()
            .takeWhile(job -> !job.queued().plus(COURTESY).isAfter(now))
            .filter(here)
            .iterator());
  }

  /** For a while the server that has the workspace may go on with the pipeline. */
  private boolean isElsewhere(JobEntry job, Instant now) {
    return last.apply(job.pipeline())
        .filter(server -> !server.equals(here) && living.contains(server))
        .filter(server -> job.queued().plus(AFFINITY).isAfter(now))
        .isPresent();
  }

  /** Jobs in the order in which this server begins with them. */
  static final class Queue {
    private final Iterator<JobEntry> own;
    private final Iterator<JobEntry> others;
    private @Nullable JobEntry mine;
    private @Nullable JobEntry theirs;

    private Queue(Iterator<JobEntry> own, Iterator<JobEntry> others) {
      this.own = own;
      this.others = others;
      this.mine = next(own);
      this.theirs = next(others);
    }

    /** The first one; null if there is none. */
    @Nullable JobEntry head() {
      return isMine() ? mine : theirs;
    }

    /** Takes the first one away; whether there is another one. */
    boolean advance() {
      if (isMine()) {
        mine = next(own);
      } else {
        theirs = next(others);
      }
      return head() != null;
    }

    private boolean isMine() {
      return theirs == null
          || (mine != null && !mine.queued().isAfter(theirs.queued().plus(COURTESY)));
    }

    private static @Nullable JobEntry next(Iterator<JobEntry> jobs) {
      return jobs.hasNext() ? jobs.next() : null;
    }
  }
}
