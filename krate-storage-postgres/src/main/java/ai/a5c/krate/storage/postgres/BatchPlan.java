package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.CommitOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A batch of transactions, decided one after the other.
 *
 * <p>Names with slots are known only now. Where nothing is expected under such a name, it is taken
 * for absent, and the database's unique key tells if that was wrong; where the guess could change
 * an answer, {@link #mustRead} says what to read before deciding again.
 */
final class BatchPlan {
  private final List<Submission> batch;
  private final List<Runnable> answers = new ArrayList<>();
  private final List<Change> changes = new ArrayList<>();
  private final BatchState after;
  private final BatchState.Wanted unknown = BatchState.Wanted.nothing();
  private boolean doubtful;

  private BatchPlan(List<Submission> batch, BatchState base) {
    this.batch = batch;
    this.after = base.above();
  }

  /** Decides the batch over what was read. */
  static BatchPlan decide(
      Sides sides, List<Submission> batch, BatchState base, long head, Instant time) {
    var plan = new BatchPlan(batch, base);
    for (Submission submission : batch) {
      plan.decide(sides, submission, head, time);
    }
    return plan;
  }

  /** The keys that were guessed, if a guess may have changed an answer or {@code careful}. */
  BatchState.Wanted mustRead(boolean careful) {
    return careful || doubtful ? unknown : BatchState.Wanted.nothing();
  }

  /** What was written over the base. */
  BatchState after() {
    return after;
  }

  /** In the order of their revisions. */
  List<Change> changes() {
    return changes;
  }

  /** Whether there is anything to store. */
  boolean writes() {
    return !changes.isEmpty() || !after.counters().own().isEmpty();
  }

  /** Tells everybody what became of his transaction. */
  void answer() {
    answers.forEach(Runnable::run);
  }

  int size() {
    return batch.size();
  }

  private void decide(Sides sides, Submission submission, long head, Instant time) {
    BatchState layer = after.above();
    var decision =
        new Decision(sides, layer, submission.transaction(), head + changes.size(), time, unknown);
    CommitOutcome outcome;
    try {
      outcome = decision.decide();
    } catch (IllegalArgumentException e) {
      doubtful |= decision.guessed();
      answers.add(() -> submission.fail(() -> new IllegalArgumentException(e.getMessage(), e)));
      return;
    }
    if (outcome instanceof CommitOutcome.Committed) {
      layer.settle();
      changes.addAll(decision.changes());
    } else {
      doubtful |= decision.guessed();
    }
    answers.add(() -> submission.complete(outcome));
  }
}
