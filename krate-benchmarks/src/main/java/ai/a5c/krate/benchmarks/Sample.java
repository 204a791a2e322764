package ai.a5c.krate.benchmarks;

import java.util.stream.LongStream;

/** How long each of many operations took, and in how much time all of them were done. */
final class Sample {
  private final long[] sorted;
  private final long tookNanos;

  private Sample(long[] sorted, long tookNanos) {
    this.sorted = sorted;
    this.tookNanos = tookNanos;
  }

  /**
   * @param latencies of every operation that ended in the time, in nanoseconds
   * @param tookNanos the time
   */
  static Sample of(LongStream latencies, long tookNanos) {
    return new Sample(latencies.sorted().toArray(), Math.max(1, tookNanos));
  }

  /** Both together, as if one had been measured after the other. */
  Sample and(Sample other) {
    return of(
        LongStream.concat(LongStream.of(sorted), LongStream.of(other.sorted)),
        tookNanos + other.tookNanos);
  }

  int count() {
    return sorted.length;
  }

  double perSecond() {
    return sorted.length * 1e9 / tookNanos;
  }

  /**
   * The latency, in nanoseconds, that this part of the operations did not exceed.
   *
   * @throws BenchmarkFailedException if there was none
   */
  long quantile(double part) {
    if (sorted.length == 0) {
      throw new BenchmarkFailedException("nothing was done within the time of the measurement");
    }
    int rank = (int) Math.ceil(part * sorted.length) - 1;
    return sorted[Math.clamp(rank, 0, sorted.length - 1)];
  }

  /** The median and the 99th percentile. */
  String latencies() {
    return "p50 " + Numbers.millis(quantile(0.5)) + ", p99 " + Numbers.millis(quantile(0.99));
  }

  String text() {
    return "**" + Numbers.rate(perSecond()) + "**, " + latencies();
  }
}
