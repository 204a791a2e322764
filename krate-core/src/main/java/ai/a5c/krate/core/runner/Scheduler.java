package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.config.TrustTier;
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
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides, from what the board says, which jobs wait for what, who is next, and how many runners
 * there are: a function of levels, looked at anew at every change. Writes nothing itself; what it
 * decided is checked once more by who writes.
 */
final class Scheduler implements Seat.Owner, AutoCloseable {
  /** Why a job is Blocked; nobody but the owner of the pipeline can change that. */
  static final String TIER_MISMATCH = "TierMismatch";

  private static final Logger LOG = System.getLogger(Scheduler.class.getName());
  private static final long TICK = Duration.ofSeconds(1).toNanos();
  private static final long AGAIN = Duration.ofSeconds(1).toNanos();
  private static final long TROUBLE = Duration.ofSeconds(5).toNanos();
  private static final long AFFINITY_SECONDS = 30;
  private static final int WRITES = 32;

  /** The reasons for which this room blocks jobs, and lets them go again. */
  private static final Set<String> OURS =
      Set.of(
          "NoPool",
          "PoolGone",
          "RepositoryNotTaken",
          "NoExecutor",
          "HostCannotIsolate",
          TIER_MISMATCH);

  private final Board board;
  private final Claiming claiming;
  private final Quotas quotas;
  private final Optional<Host> host;
  private final LongSupplier nanos;
  private final InstantSource clock;
  private final Thread thread;
  private final Semaphore writes = new Semaphore(WRITES);
  private final AtomicLong numbers = new AtomicLong();

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Seat> seats = new HashMap<>();
  private final Map<ObjectName, Crew> crews = new HashMap<>();
  private final Turns turns = new Turns();

  /** Jobs whose next write is under way. */
  private final Set<ObjectName> busy = new HashSet<>();

  /** Jobs that are left alone until then. */
  private final Map<ObjectName, Long> later = new HashMap<>();

  private volatile boolean closed;

  /** The servers that lived when last looked. */
  private volatile Set<String> living = Set.of();

  /**
   * What this server runs jobs with.
   *
   * @param server its name in leases
   * @param run of this process
   */
  record Host(Seat.Tools tools, String server, String run) {}

  /** Why a job cannot run. */
  private record Obstacle(String reason, String message) {}

  Scheduler(
      Board board,
      Claiming claiming,
      Quotas quotas,
      Optional<Host> host,
      InstantSource clock,
      LongSupplier nanos) {
    this.board = board;
    this.claiming = claiming;
    this.quotas = quotas;
    this.host = host;
    this.clock = clock;
    this.nanos = nanos;
    this.thread = Thread.ofVirtual().name("runner-scheduler").unstarted(this::work);
  }

  void start() {
    thread.start();
  }

  private void work() {
    long seen = -1;
    while (!closed) {
      try {
        Board.View view = board.await(seen, TICK);
        seen = view.version();
        if (view.complete()) {
          plan(view);
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        if (!closed) {
          LOG.log(Level.ERROR, "jobs were not scheduled, and are the next time", e);
        }
      }
    }
  }

  /** One look at everything. */
  private void plan(Board.View view) {
    var asked = new HashMap<TrustTier, Optional<String>>();
    List<Seat> doubtful = new ArrayList<>();
    lock.lock();
    try {
      if (closed) {
        return;
      }
      for (String pipeline : view.ended()) {
        Seat seat = seats.get(pipeline);
        if (seat != null) {
          doubtful.add(seat);
        }
      }
      later.keySet().retainAll(view.jobs().keySet());
      var load = Load.of(view.jobs().values());
      List<JobEntry> waiting = new ArrayList<>();
      for (JobEntry job : view.jobs().values()) {
        if (isLeftAlone(job)) {
          continue;
        }
        if (job.phase() == Job.Phase.QUEUED) {
          Optional<Obstacle> obstacle = obstacle(job, view, asked);
          if (obstacle.isPresent()) {
            write(job, () -> block(job, obstacle.get()));
          } else {
            waiting.add(job);
          }
        } else if (job.phase() == Job.Phase.BLOCKED && OURS.contains(job.blocked())) {
          look(job, obstacle(job, view, asked));
        }
      }
      seatsGoOn(load, waiting);
      for (Board.PoolEntry pool : view.pools().values()) {
        if (!pool.terminating()) {
          staff(pool, view, load, waiting, asked);
        }
      }
      crews.keySet().stream()
          .filter(name -> !view.pools().containsKey(name) || view.pools().get(name).terminating())
          .toList()
          .forEach(this::dismiss);
    } finally {
      lock.unlock();
    }
    doubtful.forEach(Scheduler::checkSoon);
  }

  private static void checkSoon(Seat seat) {
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

  private boolean isLeftAlone(JobEntry job) {
    if (busy.contains(job.name())) {
      return true;
    }
    Long until = later.get(job.name());
    if (until != null && nanos.getAsLong() - until < 0) {
      return true;
    }
    later.remove(job.name());
    return false;
  }

  private void look(JobEntry job, Optional<Obstacle> obstacle) {
    if (obstacle.isEmpty()) {
      if (!job.blocked().equals(TIER_MISMATCH)) {
        write(job, () -> claiming.unblock(job));
      }
    } else if (!obstacle.get().reason().equals(job.blocked())) {
      write(job, () -> block(job, obstacle.get()));
    }
  }

  private void block(JobEntry job, Obstacle obstacle) {
    claiming.block(job, obstacle.reason(), obstacle.message());
  }

  private Optional<Obstacle> obstacle(
      JobEntry job, Board.View view, Map<TrustTier, Optional<String>> asked) {
    if (job.pool().isEmpty()) {
      return Optional.of(new Obstacle("NoPool", "no RunnerPool takes it"));
    }
    Board.PoolEntry pool = view.pools().get(new ObjectName(job.name().namespace(), job.pool()));
    if (pool == null || pool.terminating()) {
      return Optional.of(
          new Obstacle(
              "PoolGone",
              "the RunnerPool "
                  + job.pool()
                  + (pool == null ? " does not exist" : " is being deleted")));
    }
    if (!pool.spec().takes(job.repository())) {
      return Optional.of(
          new Obstacle(
              "RepositoryNotTaken",
              "the RunnerPool " + job.pool() + " takes no jobs of " + job.repository()));
    }
    return hostObstacle(pool.spec().trustTier(), asked)
        .map(why -> new Obstacle(host.isEmpty() ? "NoExecutor" : "HostCannotIsolate", why));
  }

  private Optional<String> hostObstacle(TrustTier tier, Map<TrustTier, Optional<String>> asked) {
    return asked.computeIfAbsent(tier, this::obstacle);
  }

  /** Why this server can run no jobs of the tier, if so. */
  Optional<String> obstacle(TrustTier tier) {
    return host.isEmpty()
        ? Optional.of("this server has no module that runs jobs")
        : host.get().tools().executor().obstacle(tier);
  }

  /** Pipelines that have a runner go on with it; those that have nothing left give it back. */
  private void seatsGoOn(Load load, List<JobEntry> waiting) {
    for (Seat seat : List.copyOf(seats.values())) {
      if (!seat.isFree()) {
        continue;
      }
      Optional<JobEntry> next =
          waiting.stream()
              .filter(job -> job.pipeline().equals(seat.pipeline()))
              .filter(job -> seat.pool().equals(poolOf(job)))
              .min(Comparator.comparingInt(JobEntry::index));
      if (next.isPresent()) {
        if (!isAtQuota(next.get(), load) && seat.give(next.get())) {
          busy.add(next.get().name());
          load.begins(next.get());
        }
      } else if (!load.goesOn(seat.pipeline())) {
        seat.leave();
      }
    }
  }

  private boolean isAtQuota(JobEntry job, Load load) {
    return load.running(job.name().namespace()) >= quotas.concurrent(job.name().namespace());
  }

  private static ObjectName poolOf(JobEntry job) {
    return new ObjectName(job.name().namespace(), job.pool());
  }

  /** Gives a pool the runners that it needs, and as many as it may have. */
  private void staff(
      Board.PoolEntry pool,
      Board.View view,
      Load load,
      List<JobEntry> waiting,
      Map<TrustTier, Optional<String>> asked) {
    if (host.isEmpty() || hostObstacle(pool.spec().trustTier(), asked).isPresent()) {
      dismiss(pool.name());
      return;
    }
    Crew crew = crews.computeIfAbsent(pool.name(), any -> new Crew());
    end(crew.dead());
    long now = nanos.getAsLong();
    List<JobEntry> candidates = candidates(pool, load, waiting);
    while (!candidates.isEmpty()) {
      candidates.removeIf(job -> isAtQuota(job, load));
      boolean free = crew.ready() > 0;
      if (!free && (used(pool, view, crew) >= pool.spec().maxReplicas() || !crew.mayStart(now))) {
        break;
      }
      Optional<JobEntry> next = turns.next(candidates);
      if (next.isEmpty()) {
        break;
      }
      candidates.remove(next.get());
      seat(pool, crew, next.get());
      load.begins(next.get());
    }
    int wanted =
        Math.max(
            0,
            Math.min(
                pool.spec().warm(),
                pool.spec().maxReplicas() - used(pool, view, crew) + crew.size()));
    end(crew.surplus(pool.terms(), wanted));
    for (int missing = wanted - crew.size(); missing > 0 && crew.mayStart(now); missing--) {
      warm(pool, crew);
    }
  }

  /** The first waiting job of each pipeline that has no runner anywhere. */
  private List<JobEntry> candidates(Board.PoolEntry pool, Load load, List<JobEntry> waiting) {
    Map<String, JobEntry> first = new HashMap<>();
    for (JobEntry job : waiting) {
      if (poolOf(job).equals(pool.name())
          && !busy.contains(job.name())
          && !seats.containsKey(job.pipeline())
          && !load.runs(job.pipeline())
          && !isElsewhere(job)) {
        first.merge(job.pipeline(), job, (a, b) -> a.index() <= b.index() ? a : b);
      }
    }
    return new ArrayList<>(first.values());
  }

  /** For a while the server that has the workspace may go on with the pipeline. */
  private boolean isElsewhere(JobEntry job) {
    Optional<String> last = board.lastServer(job.pipeline());
    return host.isPresent()
        && last.isPresent()
        && !last.get().equals(host.get().server())
        && living.contains(last.get())
        && Duration.between(job.queued(), clock.instant()).toSeconds() < AFFINITY_SECONDS;
  }

  /** How many runners of the pool there are: of this server, and with a job on others. */
  private int used(Board.PoolEntry pool, Board.View view, Crew crew) {
    long mine = seats.values().stream().filter(seat -> seat.pool().equals(pool.name())).count();
    long others =
        view.jobs().values().stream()
            .filter(job -> job.phase() == Job.Phase.RUNNING && poolOf(job).equals(pool.name()))
            .filter(job -> !seats.containsKey(job.pipeline()))
            .count();
    return Math.toIntExact(mine + others + crew.size());
  }

  private void seat(Board.PoolEntry pool, Crew crew, JobEntry job) {
    Host here = host.orElseThrow();
    Optional<Crew.Idle> idle = crew.take();
    Crew.@Nullable Idle ready = idle.filter(one -> one.terms().equals(pool.terms())).orElse(null);
    if (idle.isPresent() && ready == null) {
      end(List.of(idle.get()));
    }
    String name = ready == null ? name(here) : ready.name();
    Seat seat =
        new Seat(here.tools(), pool, name, ready == null ? null : ready.runner(), job, this);
    seats.put(job.pipeline(), seat);
    busy.add(job.name());
    seat.start();
  }

  private String name(Host here) {
    return new RunnerName(here.server(), here.run(), numbers.incrementAndGet()).toString();
  }

  private void warm(Board.PoolEntry pool, Crew crew) {
    Host here = host.orElseThrow();
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
      if (closed || crews.get(pool.name()) != crew) {
        end(crew.surplus(pool.terms(), 0));
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

  private void dismiss(ObjectName pool) {
    Crew crew = crews.remove(pool);
    if (crew != null) {
      end(crew.takeAll());
    }
  }

  private static void end(List<Crew.Idle> idle) {
    for (Crew.Idle one : idle) {
      var unused = Thread.ofVirtual().name("end-" + one.name()).start(() -> one.runner().close());
    }
  }

  /** Does something for a job in the background, and looks at it again afterwards. */
  private void write(JobEntry job, Runnable task) {
    if (!writes.tryAcquire()) {
      return;
    }
    busy.add(job.name());
    var unused =
        Thread.ofVirtual()
            .name("job-" + job.name().name())
            .start(
                () -> {
                  boolean done = false;
                  try {
                    task.run();
                    done = true;
                  } catch (RuntimeException e) {
                    LOG.log(Level.WARNING, "the job " + job.name() + " is looked at again", e);
                  } finally {
                    writes.release();
                    release(job.name(), done ? 0 : AGAIN);
                  }
                });
  }

  /** Gives up what runs on servers that died; asks who lives after it has seen what runs. */
  void giveUpLost(Board.View view, Set<String> alive) {
    living = Set.copyOf(alive);
    for (JobEntry job : view.jobs().values()) {
      if (job.phase() == Job.Phase.RUNNING) {
        fate(job, alive).ifPresent(why -> lose(job, why));
      }
    }
  }

  private void lose(JobEntry job, String why) {
    lock.lock();
    try {
      if (!isLeftAlone(job)) {
        write(job, () -> claiming.lose(job, why));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Why nobody runs the job any more, if so. */
  private Optional<String> fate(JobEntry job, Set<String> alive) {
    Optional<RunnerName> runner = RunnerName.parse(job.runner());
    if (runner.isEmpty()) {
      return Optional.of("no server has it");
    }
    if (host.isEmpty() || !runner.get().server().equals(host.get().server())) {
      return alive.contains(runner.get().server())
          ? Optional.empty()
          : Optional.of("its server died");
    }
    if (!runner.get().run().equals(host.get().run())) {
      return Optional.of("its server was started anew");
    }
    lock.lock();
    try {
      Seat seat = seats.get(job.pipeline());
      return seat != null && seat.name().equals(job.runner())
          ? Optional.empty()
          : Optional.of("its runner has ended");
    } finally {
      lock.unlock();
    }
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
    boolean alive = host.isEmpty() || host.get().tools().membership().holds();
    for (Seat seat : all) {
      if (alive) {
        checkSoon(seat);
      } else {
        seat.close();
      }
    }
  }

  /** Of what pool how many runners there are. */
  record Staff(int runners, int ready, String trouble, List<Long> waits) {}

  Staff staff(ObjectName pool) {
    lock.lock();
    try {
      int seated =
          Math.toIntExact(seats.values().stream().filter(s -> s.pool().equals(pool)).count());
      Crew crew = crews.get(pool);
      return crew == null
          ? new Staff(seated, 0, "", List.of())
          : new Staff(seated + crew.size(), crew.ready(), crew.trouble(), crew.waits());
    } finally {
      lock.unlock();
    }
  }

  /** The pipelines that have a runner here, by uid. */
  Set<String> seated() {
    lock.lock();
    try {
      return Set.copyOf(seats.keySet());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void claimed(Claiming.Claim claim) {
    Instant queued = claim.queued();
    lock.lock();
    try {
      busy.remove(claim.name());
      Crew crew = crews.get(new ObjectName(claim.name().namespace(), claim.job().spec().pool()));
      if (crew != null) {
        crew.works();
        if (queued != null) {
          // The time of queueing has lost its fraction of a second.
          long millis = Duration.between(queued, clock.instant()).toMillis();
          crew.waited(Math.max(0, (millis + 999) / 1000 - 1));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void later(JobEntry job, String why) {
    LOG.log(Level.DEBUG, "the job {0} waits: {1}", job.name(), why);
    release(job.name(), AGAIN);
  }

  @Override
  public void notStarted(Seat seat, String why) {
    LOG.log(Level.WARNING, "a runner did not start: {0}", why);
    lock.lock();
    try {
      Crew crew = crews.get(seat.pool());
      if (crew != null) {
        crew.trouble(why, nanos.getAsLong() + TROUBLE);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void done(JobEntry job) {
    release(job.name(), 0);
  }

  @Override
  public void ended(Seat seat, Collection<JobEntry> left) {
    lock.lock();
    try {
      seats.remove(seat.pipeline(), seat);
      left.forEach(job -> busy.remove(job.name()));
    } finally {
      lock.unlock();
    }
    board.wake();
  }

  private void release(ObjectName job, long after) {
    lock.lock();
    try {
      busy.remove(job);
      if (after > 0) {
        later.put(job, nanos.getAsLong() + after);
      }
    } finally {
      lock.unlock();
    }
    board.wake();
  }

  /** Ends every runner; what runs is given up, and can begin again elsewhere. */
  @Override
  public void close() {
    List<Seat> all;
    lock.lock();
    try {
      closed = true;
      all = List.copyOf(seats.values());
      List.copyOf(crews.keySet()).forEach(this::dismiss);
    } finally {
      lock.unlock();
    }
    thread.interrupt();
    all.forEach(Seat::close);
    try {
      for (Seat seat : all) {
        seat.join();
      }
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What runs, and what is still to come, as one look goes on. */
  private static final class Load {
    private final Map<String, Long> running = new HashMap<>();
    private final Set<String> runs = new HashSet<>();
    private final Set<String> goesOn = new HashSet<>();

    static Load of(Collection<JobEntry> jobs) {
      Load load = new Load();
      for (JobEntry job : jobs) {
        if (job.phase() == Job.Phase.RUNNING) {
          load.begins(job);
        }
        if (job.phase() != Job.Phase.BLOCKED) {
          load.goesOn.add(job.pipeline());
        }
      }
      return load;
    }

    void begins(JobEntry job) {
      running.merge(job.name().namespace(), 1L, Long::sum);
      runs.add(job.pipeline());
    }

    long running(String namespace) {
      return running.getOrDefault(namespace, 0L);
    }

    boolean runs(String pipeline) {
      return runs.contains(pipeline);
    }

    boolean goesOn(String pipeline) {
      return goesOn.contains(pipeline);
    }
  }
}
