package ai.a5c.krate.spi.executor;

/** How a step ended. */
public sealed interface StepEnd {
  /**
   * It ended by itself.
   *
   * @param code 0 if it succeeded; 128 and the number of the signal if one ended it
   */
  record Exited(int code) implements StepEnd {}

  /** Its time was over. */
  record TimedOut() implements StepEnd {}

  /** It was ended by {@link Runner#cancel}. */
  record Canceled() implements StepEnd {}

  /**
   * It used more than its runner may.
   *
   * @param what for people: {@code more than 2 GiB of memory}
   */
  record Exceeded(String what) implements StepEnd {}

  /** The runner died under it. It can take no further step. */
  record Lost(String why) implements StepEnd {}
}
