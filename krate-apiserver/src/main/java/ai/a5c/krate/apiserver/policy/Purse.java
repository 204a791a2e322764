package ai.a5c.krate.apiserver.policy;

import ai.a5c.krate.spi.expression.Budget;
import ai.a5c.krate.spi.expression.Budget.Limits;
import ai.a5c.krate.spi.expression.Evaluation;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * What the expressions of one binding may spend together, of which each gets a bounded part. Used
 * by one thread.
 */
final class Purse {
  private final Limits each;
  private final LongSupplier ticker;
  private final long start;
  private final long nanos;
  private long steps;
  private long bytes;

  /**
   * A full purse.
   *
   * @param each the most that one expression spends
   * @param together the most that all of them spend
   * @param left the time that the request has left, which may be less than theirs
   */
  Purse(Limits each, Limits together, Duration left, LongSupplier ticker) {
    this.each = each;
    this.ticker = ticker;
    this.start = ticker.getAsLong();
    this.nanos = Math.min(together.time().toNanos(), left.toNanos());
    this.steps = together.steps();
    this.bytes = together.bytes();
  }

  /** Whether nothing more can be evaluated. */
  boolean isEmpty() {
    return steps <= 0 || bytes <= 0 || left() <= 0;
  }

  /** Pays an evaluation. */
  Evaluation pay(Function<Budget, Evaluation> evaluation) {
    if (isEmpty()) {
      return new Evaluation.ExceededBudget("what the policy may spend on a request is spent");
    }
    long mostSteps = Math.min(each.steps(), steps);
    long mostBytes = Math.min(each.bytes(), bytes);
    Duration time = Duration.ofNanos(Math.min(each.time().toNanos(), left()));
    Budget budget = new Budget(new Limits(mostSteps, mostBytes, time), ticker);
    Evaluation result = evaluation.apply(budget);
    steps -= mostSteps - budget.steps();
    bytes -= mostBytes - budget.bytes();
    return result;
  }

  private long left() {
    return nanos - (ticker.getAsLong() - start);
  }
}
