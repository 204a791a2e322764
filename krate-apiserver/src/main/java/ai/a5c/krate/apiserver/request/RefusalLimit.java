package ai.a5c.krate.apiserver.request;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Bounds how many refusals of unauthenticated requests are written to the audit trail, so that
 * nobody can fill it from outside: a burst of 100, then 10 a second.
 */
final class RefusalLimit {
  private static final double BURST = 100;
  private static final double PER_SECOND = 10;

  private final LongSupplier nanos;
  private double tokens = BURST;
  private long last;

  RefusalLimit(LongSupplier nanos) {
    this.nanos = nanos;
    this.last = nanos.getAsLong();
  }

  synchronized boolean take() {
    long now = nanos.getAsLong();
    tokens = Math.min(BURST, tokens + PER_SECOND * (now - last) / TimeUnit.SECONDS.toNanos(1));
    last = now;
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }
}
