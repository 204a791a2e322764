package ai.a5c.krate.core.runner;

import ai.a5c.krate.spi.lease.Leases;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * This server's lease among those of others. Whose lease has ended is dead: others give up its
 * attempts, and so does it itself, by its own clock, before they do.
 */
final class Membership implements AutoCloseable {
  /** How long a server lives after it last said so. */
  static final Duration LEASE = Duration.ofSeconds(15);

  private static final Logger LOG = System.getLogger(Membership.class.getName());
  private static final long BETWEEN = Duration.ofSeconds(4).toNanos();
  private static final long HELD = Duration.ofSeconds(13).toNanos();

  private final Leases leases;
  private final String server;
  private final LongSupplier nanos;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile long renewed;
  private volatile boolean held;

  /**
   * Takes the lease, and keeps it until it is closed.
   *
   * @throws StoreUnavailableException if it cannot be taken
   */
  Membership(Leases leases, String server, LongSupplier nanos) {
    this.leases = leases;
    this.server = server;
    this.nanos = nanos;
    renew();
    this.thread = Thread.ofVirtual().name("runner-lease").start(this::keep);
  }

  /** Whether this server is alive for the others, too. */
  boolean holds() {
    return held && nanos.getAsLong() - renewed < HELD;
  }

  /** Which server this is. */
  String server() {
    return server;
  }

  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
    try {
      thread.join();
      leases.end(server);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (StoreUnavailableException e) {
      LOG.log(Level.DEBUG, "the lease of this server ends by itself", e);
    }
  }

  private void renew() {
    long begun = nanos.getAsLong();
    leases.renew(server, LEASE);
    renewed = begun;
    held = true;
  }

  private void keep() {
    try {
      while (!closed.await(BETWEEN, TimeUnit.NANOSECONDS)) {
        try {
          renew();
        } catch (StoreUnavailableException e) {
          LOG.log(Level.WARNING, "the lease of this server was not renewed: {0}", e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
