package ai.a5c.krate.spi.expression;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What one or several evaluations may spend together: steps, bytes and time. The time runs from the
 * moment the budget is made.
 *
 * <p>Used by one thread at a time. An exhausted budget stays exhausted.
 */
public final class Budget {
  private final LongSupplier ticker;
  private final long start;
  private final long nanos;
  private long steps;
  private long bytes;

  /**
   * The bounds.
   *
   * @param steps one for each part of an expression that is evaluated and for each round of a loop,
   *     and units of work of functions over long values
   * @param bytes that values made by the expression may take, whether or not they are let go again
   * @param time from the making of the budget
   */
  public record Limits(long steps, long bytes, Duration time) {
    public Limits {
      if (steps < 0 || bytes < 0 || time.isNegative()) {
        throw new IllegalArgumentException("limits are not negative");
      }
    }
  }

  /**
   * A full budget.
   *
   * @param ticker nanoseconds since any fixed moment, such as {@link System#nanoTime}
   */
  public Budget(Limits limits, LongSupplier ticker) {
    this.ticker = ticker;
    this.start = ticker.getAsLong();
    this.nanos = saturatedNanos(limits.time());
    this.steps = limits.steps();
    this.bytes = limits.bytes();
  }

  /** Takes steps away. Says whether there were that many; if not, none are left. */
  public boolean spendSteps(long count) {
    boolean enough = count <= steps;
    steps = enough ? steps - count : 0;
    return enough;
  }

  /** Takes bytes away. Says whether there were that many; if not, none are left. */
  public boolean spendBytes(long count) {
    boolean enough = count <= bytes;
    bytes = enough ? bytes - count : 0;
    return enough;
  }

  /** Whether the time has not run out. */
  public boolean inTime() {
    return ticker.getAsLong() - start < nanos;
  }

  /** The steps that are left. */
  public long steps() {
    return steps;
  }

  /** The bytes that are left. */
  public long bytes() {
    return bytes;
  }

  private static long saturatedNanos(Duration time) {
    try {
      return time.toNanos();
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }
}
