package ai.a5c.krate.benchmarks;

import java.time.Duration;

/**
 * How much is done.
 *
 * @param warmUp how long every load runs before it is measured
 * @param measure how long it is measured
 * @param prepare the most time that one preparation may take, such as opening pull requests
 * @param clients the many clients that create objects
 * @param pushers the many clients that push and merge
 * @param branches how many branches the repository that is pushed to has
 * @param pulls how many pull requests it gets
 * @param watchers how many watch at once
 * @param commitsPerSecond the rate of commits while watched
 * @param merges how many pull requests one client merges
 * @param starts how often a warm start, and the death of a server, is measured
 * @param cancels how many running pipelines are canceled
 */
record Scale(
    Duration warmUp,
    Duration measure,
    Duration prepare,
    int clients,
    int pushers,
    int branches,
    int pulls,
    int watchers,
    int commitsPerSecond,
    int merges,
    int starts,
    int cancels) {
  /** The scale of every day: all benchmarks within a quarter of an hour. */
  static Scale standard(Duration measure) {
    return new Scale(
        Duration.ofSeconds(1),
        measure,
        Duration.ofSeconds(20),
        32,
        8,
        100,
        5_000,
        100,
        200,
        100,
        3,
        20);
  }

  /** Just enough to see that everything works. */
  static Scale smoke() {
    return new Scale(
        Duration.ofMillis(50),
        Duration.ofMillis(300),
        Duration.ofSeconds(20),
        2,
        2,
        3,
        4,
        3,
        20,
        4,
        1,
        2);
  }
}
