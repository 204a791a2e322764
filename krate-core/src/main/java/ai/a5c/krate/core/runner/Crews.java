package ai.a5c.krate.core.runner;

import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.spi.executor.ExecutorFailedException;
import ai.a5c.krate.spi.executor.Runner;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The runners of this server that no pipeline has, of all pools: starts them and ends them in the
 * background. Guarded by the lock of the {@link Scheduler}, which it takes itself where nobody has
 * it.
 */
final class Crews {
  private static final Logger LOG = System.getLogger(Crews.class.getName());
  private static final long TROUBLE = Duration.ofSeconds(5).toNanos();

  private final ReentrantLock lock;
  private final Board board;
  private final Optional<Scheduler.Host> host;
  private final LongSupplier nanos;
  private final Map<ObjectName, Crew> crews = new HashMap<>();
  private final AtomicLong numbers = new AtomicLong();
  private boolean closed;

  Crews(ReentrantLock lock, Board board, Optional<Scheduler.Host> host, LongSupplier nanos) {
    this.lock = lock;
    this.board = board;
    this.host = host;
    this.nanos = nanos;
  }

  /** The crew of a pool; null if it never had one. */
  @Nullable Crew find(ObjectName pool) {
    return crews.get(pool);
  }

  /** The crew of a pool that can have runners here, without those that died. */
  Crew call(ObjectName pool) {
    Crew crew = crews.computeIfAbsent(pool, any -> new Crew());
    crew.call();
    end(crew.dead());
    return crew;
  }

  /** Ends the runners of a pool that cannot have any here. */
  void dismiss(ObjectName pool) {
    Crew crew = crews.get(pool);
    if (crew != null) {
      end(crew.dismiss());
    }
  }

  /** Ends the runners of pools that are deleted, and forgets those that are gone. */
  void keep(Map<ObjectName, PoolEntry> pools) {
    for (ObjectName name : List.copyOf(crews.keySet())) {
      PoolEntry pool = pools.get(name);
      if (pool == null || pool.terminating()) {
        dismiss(name);
      }
      if (pool == null) {
        crews.remove(name);
      }
    }
  }

  /** Takes a runner that is ready for the pool as it is now, and ends it if it is of no use. */
  Crew.@Nullable Idle take(PoolEntry pool, Crew crew) {
    Optional<Crew.Idle> idle = crew.take();
    if (idle.isPresent() && !idle.get().terms().equals(pool.terms())) {
      end(List.of(idle.get()));
      return null;
    }
    return idle.orElse(null);
  }

  /** Starts and ends runners, so that as many as wanted are ready. */
  void keepReady(PoolEntry pool, Crew crew, int wanted) {
    end(crew.surplus(pool.terms(), wanted));
    long now = nanos.getAsLong();
    for (int missing = wanted - crew.size(); missing > 0 && crew.mayStart(now); missing--) {
      start(pool, crew);
    }
  }

  /** A name that no other runner has or had. */
  String name() {
    Scheduler.Host here = host.orElseThrow();
    return new RunnerName(here.server(), here.run(), numbers.incrementAndGet()).toString();
  }

  /** Notes that runners of the pool do not start, and lets some time pass. */
  void trouble(ObjectName pool, String why) {
    Crew crew = crews.get(pool);
    if (crew != null) {
      crew.trouble(why, nanos.getAsLong() + TROUBLE);
    }
  }

  private void start(PoolEntry pool, Crew crew) {
    Scheduler.Host here = host.orElseThrow();
    String name = name();
    crew.starts();
    var unused =
        Thread.ofVirtual()
            .name(name)
            .start(
                () -> {
                  try {
                    started(
                        pool,
                        crew,
                        name,
                        here.tools().executor().start(name, Pools.terms(pool.spec())));
                  } catch (ExecutorFailedException e) {
                    failed(crew, String.valueOf(e.getMessage()));
                  } catch (InterruptedException | RuntimeException e) {
                    failed(crew, "a runner did not start: " + e);
                  }
                });
  }

  private void started(PoolEntry pool, Crew crew, String name, Runner runner) {
    lock.lock();
    try {
      crew.started(new Crew.Idle(runner, name, pool.terms()));
      if (closed || crew.isDismissed()) {
        end(crew.dismiss());
      }
    } finally {
      lock.unlock();
    }
    board.wake();
  }

  private void failed(Crew crew, String why) {
    LOG.log(Level.WARNING, "a runner did not start: {0}", why);
    lock.lock();
    try {
      crew.failed(why, nanos.getAsLong() + TROUBLE);
    } finally {
      lock.unlock();
    }
  }

  private static void end(List<Crew.Idle> idle) {
    for (Crew.Idle one : idle) {
      var unused = Thread.ofVirtual().name("end-" + one.name()).start(() -> one.runner().close());
    }
  }

  /** Ends all of them, those included that are being started. */
  void close() {
    closed = true;
    crews.values().forEach(crew -> end(crew.dismiss()));
  }
}
