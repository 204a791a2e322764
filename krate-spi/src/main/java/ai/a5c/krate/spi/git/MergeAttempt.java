package ai.a5c.krate.spi.git;

import ai.a5c.krate.api.git.ObjectId;
import java.util.List;

/** What a merge came to. */
public sealed interface MergeAttempt {
  /** A merge commit exists, in a quarantine that the caller closes. */
  record Merged(PreparedMerge merge) implements MergeAttempt {}

  /**
   * Both sides changed the same thing in different ways.
   *
   * @param paths in order, at least one, and of many at least the first hundred
   */
  record Conflicted(List<String> paths) implements MergeAttempt {
    public Conflicted {
      paths = List.copyOf(paths);
    }
  }

  /** The target already contains the head. */
  record AlreadyMerged() implements MergeAttempt {}

  /** The two have no commit in common. */
  record Unrelated() implements MergeAttempt {}

  /** This commit is not in the repository. */
  record Missing(ObjectId commit) implements MergeAttempt {}

  /**
   * It is more than the backend merges at once.
   *
   * @param why one line for a person, which names the bound
   */
  record TooLarge(String why) implements MergeAttempt {}
}
