package ai.a5c.krate.cel.evaluation;

import ai.a5c.krate.spi.expression.Budget;

/**
 * Pays for an evaluation. Looks at the clock and at the thread's interruption every few hundred
 * steps.
 *
 * <p>Used by one thread.
 */
public final class Meter {
  /** Characters that are looked at, or bytes that are copied, for the price of one step. */
  public static final int CHARACTERS_A_STEP = 32;

  private static final int STEPS_BETWEEN_LOOKS = 256;
  private static final int STRING_BYTES = 40;
  private static final int SLOT_BYTES = 8;
  private static final int ENTRY_BYTES = 64;

  private final Budget budget;
  private long untilLook = STEPS_BETWEEN_LOOKS;

  public Meter(Budget budget) {
    this.budget = budget;
  }

  /** Pays for one step. */
  public void step() {
    steps(1);
  }

  /** Pays for steps, before they are taken. */
  public void steps(long count) {
    if (!budget.spendSteps(count)) {
      throw new Spent("the expression takes more steps than it may");
    }
    untilLook -= count;
    if (untilLook <= 0) {
      untilLook = STEPS_BETWEEN_LOOKS;
      look();
    }
  }

  /** Ends the evaluation if the time has run out or the thread was interrupted. */
  public void look() {
    if (!budget.inTime()) {
      throw new Spent("the expression takes longer than it may");
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new Spent("the evaluation was interrupted");
    }
  }

  /** Pays for reading that many characters or bytes. */
  public void reading(long characters) {
    steps(1 + characters / CHARACTERS_A_STEP);
  }

  /** Pays for a string of that many characters, before it is made. */
  public void string(long characters) {
    requirePossible(characters);
    reading(characters);
    bytes(STRING_BYTES + 2 * characters);
  }

  /** Pays for a list of that many items, before it is made. */
  public void list(long items) {
    requirePossible(items);
    steps(1 + items / CHARACTERS_A_STEP);
    bytes(STRING_BYTES + SLOT_BYTES * items);
  }

  /** Pays for a map of that many entries, before it is made. */
  public void map(long entries) {
    requirePossible(entries);
    steps(1 + entries);
    bytes(STRING_BYTES + ENTRY_BYTES * entries);
  }

  /** Pays for one more item of a list that grows. */
  void item() {
    bytes(2 * SLOT_BYTES);
  }

  /** Pays for one more entry of a map that grows. */
  void entry() {
    bytes(ENTRY_BYTES);
  }

  private static void requirePossible(long count) {
    if (count > Integer.MAX_VALUE / 2) {
      throw new Spent("the expression makes larger values than there are");
    }
  }

  /** Pays for memory, before it is taken. */
  public void bytes(long count) {
    if (!budget.spendBytes(count)) {
      throw new Spent("the expression makes larger values than it may");
    }
  }
}
