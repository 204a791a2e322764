package ai.a5c.krate.apiserver.policy;

import java.util.function.LongSupplier;

/**
 * A ticker that lets other threads run now and then. Expressions compute without ever blocking, and
 * a virtual thread that does so keeps its carrier from all others; but they look at the time. Used
 * by one thread.
 */
final class FairTicker implements LongSupplier {
  private static final long TURN = 2_000_000;

  private final LongSupplier nanos;
  private long turn;

  FairTicker(LongSupplier nanos) {
    this.nanos = nanos;
    this.turn = nanos.getAsLong();
  }

  /** What is relied on is that the carrier is free to run others, not which of them it runs. */
  @Override
  @SuppressWarnings("ThreadPriorityCheck")
  public long getAsLong() {
    long now = nanos.getAsLong();
    if (now - turn > TURN) {
      Thread.yield();
      now = nanos.getAsLong();
      turn = now;
    }
    return now;
  }
}
