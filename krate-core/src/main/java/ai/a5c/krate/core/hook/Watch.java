package ai.a5c.krate.core.hook;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Breaks off exchanges that take too long: looks at all of them now and then, so that one that is
 * quick costs neither a timer nor a thread of its own. May be used from many threads at once.
 */
final class Watch implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Watch.class.getName());
  private static final Duration TICK = Duration.ofMillis(50);

  /** After so many looks at nothing it waits to be woken. */
  private static final int PATIENCE = 20;

  private final LongSupplier nanos;
  private final Set<Exchange> exchanges = ConcurrentHashMap.newKeySet();
  private final Semaphore woken = new Semaphore(0);
  private volatile boolean idle;
  private volatile boolean closed;

  Watch(LongSupplier nanos) {
    this.nanos = nanos;
    Thread unused = Thread.ofPlatform().daemon().name("hook-watch").start(this::run);
  }

  void add(Exchange exchange) {
    exchanges.add(exchange);
    if (idle || closed) {
      woken.release();
    }
  }

  void remove(Exchange exchange) {
    exchanges.remove(exchange);
  }

  /** Breaks off what is under way. */
  @Override
  public void close() {
    closed = true;
    woken.release();
    exchanges.forEach(exchange -> exchange.breakOff("the server is stopping"));
  }

  private void run() {
    int patience = PATIENCE;
    while (!closed) {
      long now = nanos.getAsLong();
      exchanges.forEach(exchange -> look(exchange, now));
      patience = exchanges.isEmpty() ? patience - 1 : PATIENCE;
      if (!pause(patience <= 0)) {
        return;
      }
    }
  }

  private static void look(Exchange exchange, long now) {
    try {
      exchange.look(now);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "an exchange could not be looked at", e);
    }
  }

  /**
   * Waits for a tick, or until there is something to look at.
   *
   * @return false if it was interrupted
   */
  private boolean pause(boolean untilWoken) {
    try {
      idle = untilWoken;
      // Who adds one looks whether this is idle, and this looks again whether one was added.
      if (untilWoken && exchanges.isEmpty() && !closed) {
        woken.acquire();
      } else {
        boolean unused = woken.tryAcquire(TICK.toNanos(), TimeUnit.NANOSECONDS);
      }
      return true;
    } catch (InterruptedException e) {
      return false;
    } finally {
      idle = false;
      int unused = woken.drainPermits();
    }
  }
}
