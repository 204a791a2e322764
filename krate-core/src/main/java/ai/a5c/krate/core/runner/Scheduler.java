package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.controller.ObjectName;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Follows the board, and looks again whenever something has changed on it: which jobs cannot run,
 * which can, and which were lost with their runner. Whom a job is given to the {@link Staffing}
 * decides. Writes nothing itself; what was decided is checked once more by who writes.
 */
final class Scheduler implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Scheduler.class.getName());
  private static final long TICK = Duration.ofSeconds(1).toNanos();

  /** What changes meanwhile comes together in one look, and does not wait long for it. */
  private static final long BETWEEN = Duration.ofMillis(1).toNanos();

  /** After a long look it may be more: so many times what the look took. */
  private static final int REST = 9;

  private static final long MOST_BETWEEN = Duration.ofMillis(20).toNanos();

  private final Board board;
  private final Claiming claiming;
  private final Optional<Host> host;
  private final Obstacles obstacles;
  private final Attention attention;
  private final Staffing staffing;
  private final LongSupplier nanos;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Ledger ledger;
  private List<String> living = List.of();
  private volatile boolean closed;

  /**
   * What this server runs jobs with.
   *
   * @param server its name in leases
   * @param run of this process
   */
  record Host(Seat.Tools tools, String server, String run) {
    /** What the names of its runners begin with. */
    String runners() {
      return RunnerName.prefix(server, run);
    }
  }

  Scheduler(
      Board board,
      Claiming claiming,
      Quotas quotas,
      Optional<Host> host,
      InstantSource clock,
      LongSupplier nanos) {
    this.board = board;
    this.claiming = claiming;
    this.host = host;
    this.nanos = nanos;
    this.obstacles = new Obstacles(host.map(here -> here.tools().executor()));
    this.ledger = new Ledger(host.map(Host::runners).orElse(""));
    this.attention = new Attention(lock, nanos, board::wake);
    this.staffing =
        new Staffing(
            lock, new Staffing.Parts(board, ledger, attention, quotas, host, clock, nanos));
    this.thread = Thread.ofVirtual().name("runner-scheduler").unstarted(this::work);
  }

  void start() {
    thread.start();
  }

  private void work() {
    long seen = -1;
    while (!closed) {
      try {
        Board.News news = board.await(seen, TICK);
        seen = news.version();
        long begun = nanos.getAsLong();
        look(news);
        long took = nanos.getAsLong() - begun;
        TimeUnit.NANOSECONDS.sleep(Math.clamp(REST * took, BETWEEN, MOST_BETWEEN));
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        if (!closed) {
          LOG.log(Level.ERROR, "jobs were not scheduled, and are the next time", e);
        }
      }
    }
  }

  private void look(Board.News news) {
    List<Seat> doubtful;
    lock.lock();
    try {
      for (ObjectName gone : news.gone()) {
        ledger.remove(gone);
        attention.forget(gone);
      }
      news.jobs().forEach(ledger::put);
      if (closed || !news.complete()) {
        return;
      }
      doubtful = staffing.seats(news.ended());
      Obstacles.Look now = obstacles.look(news.pools());
      block(now);
      unblock(now);
      staffing.look(news.pools(), now);
    } finally {
      lock.unlock();
    }
    doubtful.forEach(Staffing::checkSoon);
  }

  /** Says of what waits in vain why. */
  private void block(Obstacles.Look now) {
    ledger
        .waiting()
        .forEach(
            (pool, repositories) -> {
              for (Ledger.Waiting waiting : repositories.values()) {
                now.of(pool, waiting.repository())
                    .ifPresent(why -> waiting.all().forEach(job -> block(job, why)));
              }
            });
  }

  private void unblock(Obstacles.Look now) {
    for (JobEntry job : ledger.blocked()) {
      if (Obstacles.isOurs(job)) {
        Optional<Obstacles.Obstacle> obstacle = now.of(job);
        if (obstacle.isPresent()) {
          if (!obstacle.get().reason().equals(job.blocked())) {
            block(job, obstacle.get());
          }
        } else if (!job.blocked().equals(Obstacles.TIER_MISMATCH)) {
          attention.write(job, () -> claiming.unblock(job));
        }
      }
    }
  }

  private void block(JobEntry job, Obstacles.Obstacle why) {
    attention.write(job, () -> claiming.block(job, why));
  }

  /** Why this server can run no jobs of the tier, if so. */
  Optional<String> obstacle(TrustTier tier) {
    return obstacles.ofHost(tier);
  }

  /** Gives up what runs on servers that died; asks who lives after it has seen what runs. */
  void giveUpLost(Board.View view, Set<String> alive) {
    List<String> now = alive.stream().sorted().toList();
    lock.lock();
    try {
      if (!now.equals(living)) {
        living = now;
        staffing.share(now);
      }
    } finally {
      lock.unlock();
    }
    for (JobEntry job : view.jobs()) {
      if (job.phase() == Job.Phase.RUNNING) {
        fate(job, alive).ifPresent(why -> attention.write(job, () -> claiming.lose(job, why)));
      }
    }
  }

  /** Why nobody runs the job any more, if so. */
  private Optional<String> fate(JobEntry job, Set<String> alive) {
    if (host.isPresent() && job.runner().startsWith(host.get().runners())) {
      return staffing.has(job) ? Optional.empty() : Optional.of("its runner has ended");
    }
    Optional<String> server = RunnerName.parse(job.runner()).map(RunnerName::server);
    if (server.isEmpty()) {
      return Optional.of("no server has it");
    }
    if (server.equals(host.map(Host::server))) {
      return Optional.of("its server was started anew");
    }
    return alive.contains(server.get()) ? Optional.empty() : Optional.of("its server died");
  }

  /** The runners of this server. */
  Staffing staffing() {
    return staffing;
  }

  /** Ends every runner; what runs is given up, and can begin again elsewhere. */
  @Override
  public void close() {
    closed = true;
    attention.close();
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    staffing.close();
  }
}
