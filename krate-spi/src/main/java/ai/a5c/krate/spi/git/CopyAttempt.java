package ai.a5c.krate.spi.git;

import ai.a5c.krate.api.git.ObjectId;

/** What a copy came to. */
public sealed interface CopyAttempt {
  /** The objects are in a quarantine that the caller closes. */
  record Copied(PreparedObjects objects) implements CopyAttempt {}

  /** The repository that was copied from lacks this. */
  record Missing(ObjectId object) implements CopyAttempt {}

  /**
   * It is more than the bound.
   *
   * @param why one line for a person, which names the bound
   */
  record TooLarge(String why) implements CopyAttempt {}
}
