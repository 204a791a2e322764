package ai.a5c.krate.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/** Clients that do the same thing again and again, each on a virtual thread of its own. */
final class Load {
  /** One operation. */
  @FunctionalInterface
  interface Work {
    /**
     * Does it once.
     *
     * @param client which client does it, from 0
     * @param number how many this client did before
     */
    void once(int client, long number) throws Exception;
  }

  private final int clients;
  private final long intervalNanos;
  private final long beginNanos;
  private final long endNanos;
  private final Work work;

  private Load(int clients, long intervalNanos, Duration warmUp, Duration measure, Work work) {
    this.clients = clients;
    this.intervalNanos = intervalNanos;
    this.beginNanos = System.nanoTime() + warmUp.toNanos();
    this.endNanos = beginNanos + measure.toNanos();
    this.work = work;
  }

  /**
   * Every client begins the next operation when the one before is done. The sample holds those that
   * ended within the measured time.
   *
   * @throws BenchmarkFailedException if an operation fails
   */
  static Sample closed(int clients, Duration warmUp, Duration measure, Work work)
      throws InterruptedException {
    return new Load(clients, 0, warmUp, measure, work).run();
  }

  /** All clients together begin this many operations a second, late ones as soon as they can. */
  static Sample paced(int clients, int perSecond, Duration warmUp, Duration measure, Work work)
      throws InterruptedException {
    long interval = clients * 1_000_000_000L / perSecond;
    return new Load(clients, interval, warmUp, measure, work).run();
  }

  /** Does each number below the count once, or as many as the time allows; gives how many. */
  static int upTo(int count, int clients, Duration most, Work work) throws InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    return fanOut(
            clients,
            client -> {
              int done = 0;
              for (int i = client; i < count && System.nanoTime() - end < 0; i += clients) {
                work.once(client, i);
                done++;
              }
              return done;
            })
        .stream()
        .mapToInt(Integer::intValue)
        .sum();
  }

  /** Something that one client does, with a result. */
  @FunctionalInterface
  interface Part<T> {
    T run(int client) throws Exception;
  }

  /** Runs the part of every client at once, and waits for all of them. */
  static <T> List<T> fanOut(int clients, Part<T> part) throws InterruptedException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var futures = new ArrayList<Future<T>>();
      for (int i = 0; i < clients; i++) {
        int client = i;
        futures.add(threads.submit(() -> part.run(client)));
      }
      var results = new ArrayList<T>();
      try {
        for (Future<T> future : futures) {
          results.add(future.get());
        }
      } catch (ExecutionException e) {
        threads.shutdownNow();
        Throwable cause = e.getCause() == null ? e : e.getCause();
        throw new BenchmarkFailedException("a client failed: " + cause, cause);
      }
      return results;
    }
  }

  private Sample run() throws InterruptedException {
    List<LongStream> latencies = fanOut(clients, this::client);
    LongStream all = latencies.stream().flatMapToLong(one -> one);
    return Sample.of(all, endNanos - beginNanos);
  }

  private LongStream client(int client) throws Exception {
    LongStream.Builder latencies = LongStream.builder();
    long next = System.nanoTime() + intervalNanos * client / clients;
    for (long number = 0; System.nanoTime() - endNanos < 0; number++) {
      while (intervalNanos > 0 && System.nanoTime() - next < 0) {
        LockSupport.parkNanos(next - System.nanoTime());
      }
      next += intervalNanos;
      long begun = System.nanoTime();
      work.once(client, number);
      long done = System.nanoTime();
      if (done - beginNanos >= 0 && done - endNanos <= 0) {
        latencies.add(done - begun);
      }
    }
    return latencies.build();
  }
}
