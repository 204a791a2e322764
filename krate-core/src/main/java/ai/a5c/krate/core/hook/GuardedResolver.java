package ai.a5c.krate.core.hook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Finds the addresses of a host and lets none pass that the guard objects to; a connection dials
 * what was checked here, without asking again.
 *
 * <p>A look-up blocks the thread it runs on in native code, so it has a few of its own: a name
 * server that does not answer holds up nothing else.
 */
final class GuardedResolver implements DnsResolver, AutoCloseable {
  private static final int THREADS = 16;
  private static final int WAITING = 1_024;
  private static final int MOST_ADDRESSES = 4;
  private static final long IDLE_SECONDS = 30;

  private final TargetGuard guard;
  private final Lookup lookup;
  private final ThreadPoolExecutor lookups;

  /** Asks for the addresses of a host. */
  @FunctionalInterface
  interface Lookup {
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  GuardedResolver(TargetGuard guard, Lookup lookup) {
    this.guard = guard;
    this.lookup = lookup;
    this.lookups =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING),
            Thread.ofPlatform().daemon().name("hook-lookup-", 0).factory());
    this.lookups.allowCoreThreadTimeOut(true);
  }

  /** The first few addresses, if every one of them may be dialled. */
  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    InetAddress[] all = lookUp(host);
    if (all.length == 0) {
      throw new UnknownHostException(host);
    }
    for (InetAddress address : all) {
      var objection = guard.objection(address);
      if (objection.isPresent()) {
        throw new RefusedTargetException(objection.get());
      }
    }
    return Arrays.copyOf(all, Math.min(all.length, MOST_ADDRESSES));
  }

  @Override
  public String resolveCanonicalHostname(String host) {
    return host;
  }

  @Override
  public void close() {
    lookups.shutdownNow();
  }

  private InetAddress[] lookUp(String host) throws UnknownHostException {
    Future<InetAddress[]> found;
    try {
      found = lookups.submit(() -> lookup.addresses(host));
    } catch (RejectedExecutionException e) {
      throw new UnknownHostException("too many look-ups are waiting");
    }
    try {
      return found.get(SubscriptionStrategy.LONGEST_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      found.cancel(true);
      throw new UnknownHostException(host);
    } catch (InterruptedException e) {
      found.cancel(true);
      Thread.currentThread().interrupt();
      throw new UnknownHostException(host);
    }
  }
}
