package ai.a5c.krate.storage.postgres;

/**
 * A place in a commit where a test may end the process, to see what is left of it.
 *
 * <p>Called on the committer's thread. An exception is taken for the loss of the database there.
 */
@FunctionalInterface
public interface FailPoint {
  /** The places. */
  enum Place {
    /** Every statement was executed; COMMIT was not sent. */
    BEFORE_COMMIT,
    /** The database has committed; nobody was told. */
    AFTER_COMMIT
  }

  /** Does nothing anywhere. */
  FailPoint NONE = place -> {};

  void reached(Place place);
}
