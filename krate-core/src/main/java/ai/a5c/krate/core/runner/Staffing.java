package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.spi.executor.ExecutorFailedException;
import ai.a5c.krate.spi.executor.Runner;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The runners of this server: how many each pool has, and which job each of them gets. May be used
 * from many threads at once; looks are the scheduler's.
 */
final class Staffing implements Seat.Owner {
  private static final Logger LOG = System.getLogger(Staffing.class.getName());
  private static final long TROUBLE = Duration.ofSeconds(5).toNanos();

  /** So many jobs are given to runners that have not claimed them yet: as many as go together. */
  private static final int CLAIMS = 256;

  private final ReentrantLock lock;
  private final Parts parts;
  private final Turns turns = new Turns();
  private final AtomicLong numbers = new AtomicLong();

  /** By the uid of the pipeline. */
  private final Map<String, Seat> seats = new HashMap<>();

  private final Map<ObjectName, Integer> seated = new HashMap<>();
  private final Set<Seat> free = new LinkedHashSet<>();
  private final Map<ObjectName, Crew> crews = new HashMap<>();

  /** The jobs that were given to a runner and are not claimed yet. */
  private final Set<ObjectName> given = new HashSet<>();

  private Shares shares;
  private boolean closed;

  /** What it stands on. */
  record Parts(
      Board board,
      Ledger ledger,
      Attention attention,
      Quotas quotas,
      Optional<Scheduler.Host> host,
      InstantSource clock,
      LongSupplier nanos) {}

  /**
   * @param lock the scheduler's
   */
  Staffing(ReentrantLock lock, Parts parts) {
    this.lock = lock;
    this.parts = parts;
    this.shares = shares(List.of());
  }

  /** Which servers there are from now on. */
  void share(List<String> living) {
    lock.lock();
    try {
      shares = shares(living);
      parts.ledger().share(shares::isOwn);
    } finally {
      lock.unlock();
    }
  }

  private Shares shares(List<String> living) {
    String here = parts.host().map(Scheduler.Host::server).orElse("");
    return new Shares(living, here, parts.board()::lastServer, parts.clock());
  }

  /** One look at all pools. */
  void look(Map<ObjectName, Board.PoolEntry> pools, Obstacles.Look obstacles) {
    Map<String, Integer> load = new HashMap<>();
    for (ObjectName name : given) {
      JobEntry job = parts.ledger().get(name);
      if (job != null && job.phase() != Job.Phase.RUNNING) {
        load.merge(name.namespace(), 1, Integer::sum);
      }
    }
    goOn(load, obstacles);
    for (Board.PoolEntry pool : pools.values()) {
      if (!pool.terminating()) {
        staff(pool, load, obstacles);
      }
    }
    for (ObjectName name : List.copyOf(crews.keySet())) {
      Board.PoolEntry pool = pools.get(name);
      if (pool == null) {
        end(crews.remove(name).dismiss());
      } else if (pool.terminating()) {
        end(crews.get(name).dismiss());
      }
    }
  }

  /** Pipelines that have a runner go on with it; those that have nothing left give it back. */
  private void goOn(Map<String, Integer> load, Obstacles.Look obstacles) {
    for (Seat seat : List.copyOf(free)) {
      if (!seat.isFree()) {
        free.remove(seat);
        continue;
      }
      Optional<JobEntry> next =
          parts
              .ledger()
              .first(
                  seat.pipeline(),
                  job ->
                      job.poolName().equals(seat.pool())
                          && parts.attention().isFree(job)
                          && obstacles.of(job).isEmpty());
      if (next.isPresent()) {
        if (!isAtQuota(next.get().name().namespace(), load) && seat.give(next.get())) {
          free.remove(seat);
          gave(next.get(), load);
        }
      } else if (!parts.ledger().goesOn(seat.pipeline())) {
        free.remove(seat);
        seat.leave();
      }
    }
  }

  private void gave(JobEntry job, Map<String, Integer> load) {
    parts.attention().take(job);
    given.add(job.name());
    load.merge(job.name().namespace(), 1, Integer::sum);
  }

  private boolean isAtQuota(String namespace, Map<String, Integer> load) {
    return parts.ledger().running(namespace) + load.getOrDefault(namespace, 0)
        >= parts.quotas().concurrent(namespace);
  }

  /** Gives a pool the runners that it needs, and as many as it may have. */
  private void staff(Board.PoolEntry pool, Map<String, Integer> load, Obstacles.Look obstacles) {
    Crew crew = crews.computeIfAbsent(pool.name(), any -> new Crew());
    if (parts.host().isEmpty() || obstacles.ofHost(pool.spec().trustTier()).isPresent()) {
      end(crew.dismiss());
      return;
    }
    crew.call();
    end(crew.dead());
    long now = parts.nanos().getAsLong();
    int room = pool.spec().maxReplicas() - elsewhere(pool) - seatsOf(pool.name()) - crew.size();
    List<Shares.Queue> queues = queues(pool, obstacles);
    while (!queues.isEmpty() && given.size() < CLAIMS) {
      boolean ready = crew.ready() > 0;
      if (!ready && (room <= 0 || !crew.mayStart(now))) {
        break;
      }
      if (isAtQuota(pool.name().namespace(), load)) {
        break;
      }
      JobEntry next = turns.next(queues.stream().map(Shares.Queue::head).toList()).orElseThrow();
      queues.removeIf(queue -> next.equals(queue.head()) && !queue.advance());
      seat(pool, crew, next);
      gave(next, load);
      room -= ready ? 0 : 1;
    }
    int wanted = Math.max(0, Math.min(pool.spec().warm(), room + crew.size()));
    end(crew.surplus(pool.terms(), wanted));
    for (int missing = wanted - crew.size(); missing > 0 && crew.mayStart(now); missing--) {
      warm(pool, crew);
    }
  }

  /** What may be given to a new runner of the pool, by repository. */
  private List<Shares.Queue> queues(Board.PoolEntry pool, Obstacles.Look obstacles) {
    List<Shares.Queue> queues = new ArrayList<>();
    for (Ledger.Lane lane : parts.ledger().lanes(pool.name())) {
      if (obstacles.of(pool.name(), lane.repository()).isEmpty()) {
        Shares.Queue queue = shares.queue(lane, this::isNext);
        if (queue.head() != null) {
          queues.add(queue);
        }
      }
    }
    return queues;
  }

  /** Whether the job is the first waiting one of a pipeline that has no runner anywhere. */
  private boolean isNext(JobEntry job) {
    return !seats.containsKey(job.pipeline())
        && parts.attention().isFree(job)
        && !parts.ledger().runs(job.pipeline())
        && parts
            .ledger()
            .first(job.pipeline(), other -> other.poolName().equals(job.poolName()))
            .filter(job::equals)
            .isPresent();
  }

  /** How many runners of the pool others have with a job. */
  private int elsewhere(Board.PoolEntry pool) {
    return Math.toIntExact(
        parts.ledger().running(pool.name()).stream()
            .filter(job -> !seats.containsKey(job.pipeline()))
            .count());
  }

  private int seatsOf(ObjectName pool) {
    return seated.getOrDefault(pool, 0);
  }

  private void seat(Board.PoolEntry pool, Crew crew, JobEntry job) {
    Scheduler.Host here = parts.host().orElseThrow();
    Optional<Crew.Idle> idle = crew.take();
    Crew.@Nullable Idle ready = idle.filter(one -> one.terms().equals(pool.terms())).orElse(null);
    if (idle.isPresent() && ready == null) {
      end(List.of(idle.get()));
    }
    String name = ready == null ? name(here) : ready.name();
    Seat seat =
        new Seat(here.tools(), pool, name, ready == null ? null : ready.runner(), job, this);
    seats.put(job.pipeline(), seat);
    seated.merge(pool.name(), 1, Integer::sum);
    seat.start();
  }

  private String name(Scheduler.Host here) {
    return new RunnerName(here.server(), here.run(), numbers.incrementAndGet()).toString();
  }

  private void warm(Board.PoolEntry pool, Crew crew) {
    Scheduler.Host here = parts.host().orElseThrow();
    String name = name(here);
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

  private void started(Board.PoolEntry pool, Crew crew, String name, Runner runner) {
    lock.lock();
    try {
      crew.started(new Crew.Idle(runner, name, pool.terms()));
      if (closed || crew.isDismissed()) {
        end(crew.dismiss());
      }
    } finally {
      lock.unlock();
    }
    parts.board().wake();
  }

  private void failed(Crew crew, String why) {
    LOG.log(Level.WARNING, "a runner did not start: {0}", why);
    lock.lock();
    try {
      crew.failed(why, parts.nanos().getAsLong() + TROUBLE);
    } finally {
      lock.unlock();
    }
  }

  private static void end(List<Crew.Idle> idle) {
    for (Crew.Idle one : idle) {
      var unused = Thread.ofVirtual().name("end-" + one.name()).start(() -> one.runner().close());
    }
  }

  /** Those that have these pipelines, by uid. */
  List<Seat> seats(Set<String> pipelines) {
    List<Seat> found = new ArrayList<>();
    for (String pipeline : pipelines) {
      Seat seat = seats.get(pipeline);
      if (seat != null) {
        found.add(seat);
      }
    }
    return found;
  }

  /** Looks whether what runs is still wanted. */
  void check() {
    List<Seat> all;
    lock.lock();
    try {
      all = List.copyOf(seats.values());
    } finally {
      lock.unlock();
    }
    boolean alive =
        parts.host().isEmpty() || parts.host().get().tools().membership().holds();
    for (Seat seat : all) {
      if (alive) {
        checkSoon(seat);
      } else {
        seat.close();
      }
    }
  }

  static void checkSoon(Seat seat) {
    var unused =
        Thread.ofVirtual()
            .name("check-" + seat.name())
            .start(
                () -> {
                  try {
                    seat.check();
                  } catch (RuntimeException e) {
                    LOG.log(Level.DEBUG, "a runner is checked the next time", e);
                  }
                });
  }

  /** Of what pool how many runners there are. */
  record Staff(int runners, int ready, String trouble, List<Long> waits) {}

  Staff staff(ObjectName pool) {
    lock.lock();
    try {
      Crew crew = crews.get(pool);
      return crew == null
          ? new Staff(seatsOf(pool), 0, "", List.of())
          : new Staff(seatsOf(pool) + crew.size(), crew.ready(), crew.trouble(), crew.waits());
    } finally {
      lock.unlock();
    }
  }

  /** The pipelines that have a runner here, by uid. */
  Set<String> pipelines() {
    lock.lock();
    try {
      return Set.copyOf(seats.keySet());
    } finally {
      lock.unlock();
    }
  }

  /** Whether the runner that has the job lives here. */
  boolean has(JobEntry job) {
    lock.lock();
    try {
      Seat seat = seats.get(job.pipeline());
      return seat != null && seat.name().equals(job.runner());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void claimed(Claiming.Claim claim) {
    Instant queued = claim.queued();
    lock.lock();
    try {
      settled(claim.name());
      Crew crew = crews.get(new ObjectName(claim.name().namespace(), claim.job().spec().pool()));
      if (crew != null) {
        crew.works();
        if (queued != null) {
          // The time of queueing has lost its fraction of a second.
          long millis = Duration.between(queued, parts.clock().instant()).toMillis();
          crew.waited(Math.max(0, (millis + 999) / 1000 - 1));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void settled(ObjectName job) {
    parts.attention().release(job);
    if (given.size() >= CLAIMS) {
      parts.board().wake();
    }
    given.remove(job);
  }

  @Override
  public void later(JobEntry job, String why) {
    LOG.log(Level.DEBUG, "the job {0} waits: {1}", job.name(), why);
    lock.lock();
    try {
      settled(job.name());
      parts.attention().postpone(job.name());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void notStarted(Seat seat, String why) {
    LOG.log(Level.WARNING, "a runner did not start: {0}", why);
    lock.lock();
    try {
      Crew crew = crews.get(seat.pool());
      if (crew != null) {
        crew.trouble(why, parts.nanos().getAsLong() + TROUBLE);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void done(Seat seat, JobEntry job) {
    lock.lock();
    try {
      settled(job.name());
      free.add(seat);
    } finally {
      lock.unlock();
    }
    parts.board().wake();
  }

  @Override
  public void ended(Seat seat, Collection<JobEntry> left) {
    lock.lock();
    try {
      if (seats.remove(seat.pipeline(), seat)) {
        seated.computeIfPresent(seat.pool(), (any, n) -> n == 1 ? null : n - 1);
      }
      free.remove(seat);
      left.forEach(job -> settled(job.name()));
    } finally {
      lock.unlock();
    }
    parts.board().wake();
  }

  /** Ends every runner. */
  void close() {
    List<Seat> all;
    lock.lock();
    try {
      closed = true;
      all = List.copyOf(seats.values());
      crews.values().forEach(crew -> end(crew.dismiss()));
    } finally {
      lock.unlock();
    }
    all.forEach(Seat::close);
    try {
      for (Seat seat : all) {
        seat.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
