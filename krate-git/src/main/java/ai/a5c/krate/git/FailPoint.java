package ai.a5c.krate.git;

/** A place at which a crash test may stop the process. */
@FunctionalInterface
public interface FailPoint {
  /**
   * The objects of a push or merge are durable; the transaction that moves the refs has not begun.
   */
  String AFTER_FSYNC = "after-fsync";

  /** Called on the thread of the push or merge; what it throws, the push or merge fails with. */
  void reached(String place);

  /** Passes every place. */
  static FailPoint none() {
    return place -> {};
  }
}
