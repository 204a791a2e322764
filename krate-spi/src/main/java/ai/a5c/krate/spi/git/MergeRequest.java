package ai.a5c.krate.spi.git;

import ai.a5c.krate.api.git.ObjectId;
import java.time.Instant;

/**
 * A merge to compute.
 *
 * @param target the tip that is merged into, the first parent
 * @param head the commit that is merged
 * @param form what the commit is
 * @param message of the commit
 * @param author who made what is merged
 * @param committer who merges
 * @param time of the commit, to the second, in UTC
 */
public record MergeRequest(
    ObjectId target,
    ObjectId head,
    Form form,
    String message,
    Person author,
    Person committer,
    Instant time) {

  /** What the commit of a merge is; its tree is the same in every form. */
  public enum Form {
    /** A commit with both sides as parents. */
    MERGE,
    /** A commit with the target as its only parent. */
    SQUASH
  }

  /** Somebody in a commit; angle brackets and line breaks are left out of it. */
  public record Person(String name, String email) {}

  /** A merge commit by who merges. */
  public MergeRequest(
      ObjectId target, ObjectId head, String message, String name, String email, Instant time) {
    this(target, head, Form.MERGE, message, new Person(name, email), new Person(name, email), time);
  }
}
