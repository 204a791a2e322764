package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.records.Review;
import ai.a5c.krate.core.forge.Opinions.Opinion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the newest decisions of people come to for a pull request as it is now. A pure function of
 * what it is given.
 *
 * @param approvedBy whose approvals count, by user name, each once and in order
 * @param blocking the requests for changes that nobody took back
 * @param idle the approvals that do not count, as they were not dismissed but are stale or of
 *     somebody who wrote what he approves
 */
public record Tally(Set<String> approvedBy, List<Opinion> blocking, List<Idle> idle) {
  public Tally {
    approvedBy = Collections.unmodifiableSet(new TreeSet<>(approvedBy));
    blocking = List.copyOf(blocking);
    idle = List.copyOf(idle);
  }

  /** An approval that does not count. */
  public record Idle(Opinion opinion, Standing standing) {}

  /**
   * The pull request that was reviewed, as it is now.
   *
   * @param author the user name of who opened it
   * @param movers the user names of who moved its source branch since the merge base
   * @param head the commit that would be merged
   * @param target the branch that it would be merged into
   * @param staleCounts whether an approval of another head or target counts
   */
  public record Situation(
      String author, Set<String> movers, String head, String target, boolean staleCounts) {
    public Situation {
      movers = Set.copyOf(movers);
    }

    /** Whether that user opened it or moved its branch, whoever vouches for the name. */
    public boolean wrote(String name) {
      return author.equals(name) || movers.contains(name);
    }

    /** Whether something else was reviewed than would be merged now, or for another branch. */
    public boolean isStale(Opinion opinion) {
      return !opinion.commit().equals(head) || !opinion.target().equals(target);
    }

    /** What a decision is worth. */
    public Standing standing(Opinion opinion) {
      if (opinion.dismissed()) {
        return Standing.DISMISSED;
      }
      return switch (opinion.decision()) {
        case COMMENT -> Standing.COMMENT;
        case REQUEST_CHANGES -> Standing.BLOCKS;
        case APPROVE -> {
          if (wrote(opinion.name())) {
            yield Standing.SELF;
          }
          yield isStale(opinion) && !staleCounts ? Standing.STALE : Standing.APPROVES;
        }
      };
    }
  }

  /** What a decision is worth. */
  public enum Standing {
    /** It is one of the approvals that are needed. */
    APPROVES,
    /** Nothing is merged before that person approves, or it is dismissed. */
    BLOCKS,
    /** An approval by who opened the pull request or moved its branch. */
    SELF,
    /** An approval of another head, or for another branch. */
    STALE,
    /** It was taken back. */
    DISMISSED,
    /** It decides nothing. */
    COMMENT;

    /** Whether it counts, for merging or against it. */
    public boolean counts() {
      return this == APPROVES || this == BLOCKS;
    }
  }

  /** Counts each person's newest decision. */
  public static Tally of(Collection<Opinion> newest, Situation situation) {
    Set<String> approvedBy = new TreeSet<>();
    List<Opinion> blocking = new ArrayList<>();
    List<Idle> idle = new ArrayList<>();
    for (Opinion opinion : newest) {
      Standing standing = situation.standing(opinion);
      switch (standing) {
        case APPROVES -> approvedBy.add(opinion.name());
        case BLOCKS -> blocking.add(opinion);
        case SELF, STALE -> idle.add(new Idle(opinion, standing));
        case DISMISSED, COMMENT -> {}
      }
    }
    return new Tally(approvedBy, blocking, idle);
  }

  /** Whether the review decides something that merging heeds. */
  public static boolean decides(Review.Decision decision) {
    return decision != Review.Decision.COMMENT;
  }
}
