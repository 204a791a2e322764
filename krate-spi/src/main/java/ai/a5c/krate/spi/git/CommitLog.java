package ai.a5c.krate.spi.git;

import ai.a5c.krate.api.git.ObjectId;
import java.time.Instant;
import java.util.List;

/**
 * Commits that are in the history of one and not of another.
 *
 * @param commits the newest ones, newest first
 * @param total how many there are, counted up to a bound of 10,000
 */
public record CommitLog(List<Commit> commits, int total) {
  public CommitLog {
    commits = List.copyOf(commits);
  }

  /**
   * A commit as it says of itself; nobody has checked who wrote it.
   *
   * @param message the first 1,000 characters
   * @param author the name, its first 256 characters
   * @param email the first 256 characters
   * @param time when it was written
   */
  public record Commit(ObjectId id, String message, String author, String email, Instant time) {}
}
