package ai.a5c.krate.benchmarks;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** When each event's commit was answered, and when each watcher had read it. */
final class EventTimes {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final long begunNanos = System.nanoTime();
  private final int watchers;
  private final int capacity;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicLongArray sent;
  private final AtomicLongArray answered;
  private final AtomicLongArray seen;

  EventTimes(int capacity, int watchers) {
    this.capacity = capacity;
    this.watchers = watchers;
    this.sent = new AtomicLongArray(capacity);
    this.answered = new AtomicLongArray(capacity);
    this.seen = new AtomicLongArray(capacity * watchers);
  }

  /** Room for all events of this rate and time, and some. */
  static int capacity(int perSecond, Duration time) {
    return (int) (2L * perSecond * (time.toMillis() + 1000) / 1000);
  }

  /** The number of a new event, whose request is sent now. */
  int next() {
    int event = next.getAndIncrement();
    if (event >= capacity) {
      throw new BenchmarkFailedException("more events than were planned");
    }
    sent.set(event, now());
    return event;
  }

  void answered(int event) {
    answered.set(event, now());
  }

  /** The first time counts: a later event of the same object is another one. */
  void seen(int watcher, int event) {
    int place = event * watchers + watcher;
    if (seen.get(place) == 0) {
      seen.set(place, now());
    }
  }

  private long now() {
    return Math.max(1, System.nanoTime() - begunNanos);
  }

  /**
   * How long after the answer each event came: 0 for one that came before its answer.
   *
   * @param warmUp events answered within this time since the beginning do not count
   * @throws BenchmarkFailedException if a watcher missed one
   */
  Sample sinceAnswer(Duration warmUp) {
    return sample(warmUp, answered);
  }

  /** How long after its request was sent each event came, otherwise as since the answer. */
  Sample sinceRequest(Duration warmUp) {
    return sample(warmUp, sent);
  }

  /** What both say, in words. */
  String text(Duration warmUp) {
    return "answer to event **%s**; request to event %s"
        .formatted(sinceAnswer(warmUp).latencies(), sinceRequest(warmUp).latencies());
  }

  private Sample sample(Duration warmUp, AtomicLongArray since) {
    awaitAll();
    int events = Math.min(next.get(), capacity);
    LongStream latencies =
        IntStream.range(0, events)
            .filter(event -> answered.get(event) > warmUp.toNanos())
            .boxed()
            .flatMapToLong(event -> latencies(event, since));
    return Sample.of(latencies, Math.max(1, now() - warmUp.toNanos()));
  }

  /** A watcher may still be reading when the last commit is answered. */
  private void awaitAll() {
    int events = Math.min(next.get(), capacity);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (missing(events) > 0) {
      if (System.nanoTime() - end > 0) {
        throw new BenchmarkFailedException(missing(events) + " events did not reach a watcher");
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private LongStream latencies(int event, AtomicLongArray since) {
    return IntStream.range(0, watchers)
        .mapToLong(w -> Math.max(0, seen.get(event * watchers + w) - since.get(event)));
  }

  private long missing(int events) {
    return IntStream.range(0, events * watchers).filter(i -> seen.get(i) == 0).count();
  }
}
