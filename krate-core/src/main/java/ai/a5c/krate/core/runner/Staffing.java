package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.spi.executor.Runner;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The runners of this server: how many each pool has, and which job each of them gets. May be used
 * from many threads at once; looks are the scheduler's.
 */
final class Staffing implements Seat.Owner {
  private static final Logger LOG = System.getLogger(Staffing.class.getName());

  /** So many jobs are given to runners that have not claimed them yet: as many as go together. */
  private static final int CLAIMS = 256;

  /** So many runners are asked at once whether what they run is still wanted. */
  private static final int CHECKS = 100;

  private final ReentrantLock lock;
  private final Parts parts;
  private final Turns turns = new Turns();

  /** By the uid of the pipeline. */
  private final Map<String, Seat> seats = new HashMap<>();

  private final Map<ObjectName, Integer> seated = new HashMap<>();
  private final Set<Seat> free = new LinkedHashSet<>();

  /** Those whose turn is to come that somebody looks whether what they run is still wanted. */
  private final Queue<Seat> unchecked = new ArrayDeque<>();

  private final Crews crews;

  /** The jobs that were given to a runner and are not claimed yet. */
  private final Set<ObjectName> given = new HashSet<>();

  private Shares shares;

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
    this.crews = new Crews(lock, parts.board(), parts.host(), parts.nanos());
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
  void look(Map<ObjectName, PoolEntry> pools, Obstacles.Look obstacles) {
    Map<String, Integer> load = new HashMap<>();
    for (ObjectName name : given) {
      JobEntry job = parts.ledger().get(name);
      if (job != null && job.phase() != Job.Phase.RUNNING) {
        load.merge(name.namespace(), 1, Integer::sum);
      }
    }
    goOn(load, obstacles);
    List<Vacancies> vacancies = new ArrayList<>();
    for (PoolEntry pool : pools.values()) {
      if (!pool.terminating()) {
        vacancies(pool, obstacles).ifPresent(vacancies::add);
      }
    }
    seat(vacancies, load);
    for (Vacancies one : vacancies) {
      int wanted = Math.max(0, Math.min(one.pool.spec().warm(), one.room + one.crew.size()));
      crews.keepReady(one.pool, one.crew, wanted);
    }
    crews.keep(pools);
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
        >= parts.quotas().roughlyConcurrent(namespace);
  }

  /** What a pool can take, as one look goes on. */
  private static final class Vacancies {
    private final PoolEntry pool;
    private final Crew crew;
    private final List<Shares.Queue> queues;

    /** How many runners more it may have. */
    private int room;

    Vacancies(PoolEntry pool, Crew crew, List<Shares.Queue> queues, int room) {
      this.pool = pool;
      this.crew = crew;
      this.queues = queues;
      this.room = room;
    }

    String namespace() {
      return pool.name().namespace();
    }

    boolean isOpen(long now) {
      return crew.ready() > 0 || (room > 0 && crew.mayStart(now));
    }
  }

  /** Nothing if none of its runners can live here. */
  private Optional<Vacancies> vacancies(PoolEntry pool, Obstacles.Look obstacles) {
    if (parts.host().isEmpty() || obstacles.ofHost(pool.spec().trustTier()).isPresent()) {
      crews.dismiss(pool.name());
      return Optional.empty();
    }
    Crew crew = crews.call(pool.name());
    int room =
        pool.spec().maxReplicas()
            - parts.ledger().elsewhere(pool.name())
            - seatsOf(pool.name())
            - crew.size();
    return Optional.of(new Vacancies(pool, crew, queues(pool, obstacles), room));
  }

  /** Gives jobs to runners, by turns among all that wait, until no pool can take another one. */
  private void seat(List<Vacancies> vacancies, Map<String, Integer> load) {
    long now = parts.nanos().getAsLong();
    List<Head> heads = new ArrayList<>();
    for (Vacancies one : vacancies) {
      if (one.isOpen(now) && !isAtQuota(one.namespace(), load)) {
        one.queues.forEach(queue -> heads.add(new Head(queue, one)));
      }
    }
    while (given.size() < CLAIMS) {
      Optional<Head> next = turns.next(heads, Head::job);
      if (next.isEmpty()) {
        return;
      }
      JobEntry job = next.get().job();
      Vacancies chosen = next.get().of();
      if (!next.get().queue().advance()) {
        heads.remove(next.get());
      }
      chosen.room -= chosen.crew.ready() > 0 ? 0 : 1;
      seat(chosen.pool, chosen.crew, job);
      gave(job, load);
      if (!chosen.isOpen(now)) {
        heads.removeIf(head -> head.of().equals(chosen));
      }
      if (isAtQuota(chosen.namespace(), load)) {
        heads.removeIf(head -> head.of().namespace().equals(chosen.namespace()));
      }
    }
  }

  /** A queue that is not empty. */
  private record Head(Shares.Queue queue, Vacancies of) {
    JobEntry job() {
      return Objects.requireNonNull(queue.head());
    }
  }

  /** What may be given to a new runner of the pool, by repository. */
  private List<Shares.Queue> queues(PoolEntry pool, Obstacles.Look obstacles) {
    List<Shares.Queue> queues = new ArrayList<>();
    for (Ledger.Waiting waiting : parts.ledger().waiting(pool.name())) {
      if (obstacles.of(pool.name(), waiting.repository()).isEmpty()) {
        Shares.Queue queue = shares.queue(waiting, this::isNext);
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

  private int seatsOf(ObjectName pool) {
    return seated.getOrDefault(pool, 0);
  }

  private void seat(PoolEntry pool, Crew crew, JobEntry job) {
    Crew.@Nullable Idle ready = crews.take(pool, crew);
    String name = ready == null ? crews.name() : ready.name();
    @Nullable Runner warm = ready == null ? null : ready.runner();
    Seat seat = new Seat(parts.host().orElseThrow().tools(), pool, name, warm, job, this);
    seats.put(job.pipeline(), seat);
    seated.merge(pool.name(), 1, Integer::sum);
    seat.start();
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

  /** Looks whether what runs is still wanted, of some runners at a time, of all in turn. */
  void check() {
    List<Seat> some;
    boolean alive = parts.host().isEmpty() || parts.host().get().tools().membership().holds();
    lock.lock();
    try {
      if (unchecked.isEmpty()) {
        unchecked.addAll(seats.values());
      }
      some = new ArrayList<>(alive ? List.of() : seats.values());
      while (alive && some.size() < CHECKS && !unchecked.isEmpty()) {
        some.add(unchecked.remove());
      }
    } finally {
      lock.unlock();
    }
    some.forEach(alive ? Staffing::checkSoon : Seat::close);
  }

  static void checkSoon(Seat seat) {
    var unused =
        Thread.ofVirtual()
            .name("check-" + seat.name())
            .start(
                () -> {
                  try {
                    seat.check();
                  } catch (InterruptedException | RuntimeException e) {
                    LOG.log(Level.DEBUG, "a runner is checked the next time", e);
                  }
                });
  }

  /** Of what pool how many runners there are. */
  record Staff(int runners, int ready, String trouble, List<Long> waits) {}

  Staff staff(ObjectName pool) {
    lock.lock();
    try {
      Crew crew = crews.find(pool);
      return crew == null
          ? new Staff(seatsOf(pool), 0, "", List.of())
          : new Staff(seatsOf(pool) + crew.size(), crew.ready(), crew.trouble(), crew.waits());
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
      Crew crew = crews.find(new ObjectName(claim.name().namespace(), claim.job().spec().pool()));
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
      crews.trouble(seat.pool(), why);
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
      all = List.copyOf(seats.values());
      crews.close();
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
