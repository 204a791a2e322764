package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.apiserver.request.Environment;
import ai.a5c.krate.spi.blob.BlobStore;
import ai.a5c.krate.spi.executor.ExecutorFailedException;
import ai.a5c.krate.spi.executor.Runner;
import ai.a5c.krate.spi.executor.StepExecutor;
import ai.a5c.krate.spi.git.GitBackend;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One pipeline on one runner, which has no other before or after it: takes its jobs one after the
 * other, until nothing is left for a while. Runs on a thread of its own; any thread may give it
 * jobs, cancel and close.
 */
final class Seat {
  private static final Logger LOG = System.getLogger(Seat.class.getName());
  private static final Duration IDLE = Duration.ofSeconds(20);
  private static final Duration AGAIN = Duration.ofMillis(500);

  private final Tools tools;
  private final String pipeline;
  private final PoolEntry pool;
  private final String name;
  private final @Nullable Runner warm;
  private final Owner owner;
  private final BlockingQueue<JobEntry> given = new ArrayBlockingQueue<>(1);
  private final AtomicBoolean free = new AtomicBoolean();
  private final Thread thread;

  private volatile @Nullable Runner runner;
  private volatile @Nullable Attempt current;

  /** Whether somebody asked, while a job was claimed, to look whether it is wanted. */
  private volatile boolean doubted;

  /** Whether it ever had a job; of its own thread alone. */
  private boolean used;

  /** What it was given last. */
  private volatile @Nullable JobEntry taken;

  private volatile boolean closing;
  private volatile boolean over;

  /** What a seat works with. */
  record Tools(
      StepExecutor executor,
      Claiming claiming,
      Client client,
      GitBackend git,
      Workspaces workspaces,
      BlobStore blobs,
      Membership membership,
      Environment environment) {}

  /** Who is told what becomes of a seat; must not block. */
  interface Owner {
    /** The job was claimed. */
    void claimed(Claiming.Claim claim);

    /** The job cannot be had now. */
    void later(JobEntry job, String why);

    /** The runner did not start. */
    void notStarted(Seat seat, String why);

    /** Nothing is left to do for the job, and the seat can take another one. */
    void done(Seat seat, JobEntry job);

    /**
     * The seat has ended, with its runner.
     *
     * @param left jobs that were given to it and that it did not take
     */
    void ended(Seat seat, Collection<JobEntry> left);
  }

  /**
   * Begins with a job.
   *
   * @param warm a runner that was started already for this pool; null to start one
   */
  Seat(
      Tools tools,
      PoolEntry pool,
      String name,
      @Nullable Runner warm,
      JobEntry first,
      Owner owner) {
    this.tools = tools;
    this.pipeline = first.pipeline();
    this.pool = pool;
    this.name = name;
    this.warm = warm;
    this.owner = owner;
    given.add(first);
    this.thread = Thread.ofVirtual().name(name).unstarted(this::work);
  }

  void start() {
    thread.start();
  }

  String pipeline() {
    return pipeline;
  }

  ObjectName pool() {
    return pool.name();
  }

  String name() {
    return name;
  }

  boolean isFree() {
    return free.get() && !over;
  }

  /** Gives it another job, if it is free. */
  boolean give(JobEntry job) {
    return !over && free.compareAndSet(true, false) && given.offer(job);
  }

  /**
   * Looks whether what runs is still wanted, and ends it if not. Asks the store: called again and
   * again, so that nothing that was missed stays so.
   */
  void check() throws InterruptedException {
    doubted = true;
    Attempt attempt = current;
    if (attempt != null) {
      attempt.check();
    }
  }

  /** Lets it go once it has nothing to do. */
  void leave() {
    if (free.compareAndSet(true, false)) {
      over = true;
      thread.interrupt();
    }
  }

  /** Ends what runs, as lost, and the runner. */
  void close() {
    closing = true;
    over = true;
    Runner running = runner;
    if (running != null) {
      running.close();
    }
    thread.interrupt();
  }

  /** Waits until it has ended. */
  void join() throws InterruptedException {
    thread.join();
  }

  private void work() {
    try {
      Runner mine = warm;
      if (mine == null) {
        mine = tools.executor().start(name, Pools.terms(pool.spec()));
      }
      runner = mine;
      try {
        if (!closing) {
          work(mine);
        }
      } finally {
        over = true;
        mine.close();
      }
    } catch (ExecutorFailedException e) {
      over = true;
      owner.notStarted(this, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      LOG.log(Level.DEBUG, "{0} was let go", name);
    } catch (RuntimeException e) {
      LOG.log(closing ? Level.DEBUG : Level.ERROR, "the runner " + name + " ended", e);
    } finally {
      over = true;
      List<JobEntry> left = new ArrayList<>();
      JobEntry last = taken;
      if (last != null) {
        left.add(last);
      }
      given.drainTo(left);
      owner.ended(this, left);
    }
  }

  private void work(Runner mine) throws InterruptedException {
    try (var workplace =
        new Workplace(pipeline, mine, tools.workspaces(), tools.git(), tools.client())) {
      work(mine, workplace);
    }
  }

  private void work(Runner mine, Workplace workplace) throws InterruptedException {
    JobEntry next = given.poll();
    while (next != null && !over) {
      taken = next;
      if (!run(next, mine, workplace)) {
        return;
      }
      free.set(true);
      owner.done(this, next);
      next = given.poll(IDLE.toNanos(), TimeUnit.NANOSECONDS);
      if (next == null && !free.compareAndSet(true, false)) {
        next = given.poll(1, TimeUnit.SECONDS);
      }
    }
  }

  /** Whether the runner can take another one. */
  private boolean run(JobEntry job, Runner mine, Workplace workplace) throws InterruptedException {
    if (!tools.membership().holds()) {
      owner.later(job, "this server has no lease");
      return false;
    }
    Claiming.Outcome outcome;
    doubted = false;
    try {
      outcome = tools.claiming().claim(job, pool.terms(), name);
    } catch (StoreUnavailableException | OutcomeUnknownException e) {
      owner.later(job, String.valueOf(e.getMessage()));
      return false;
    }
    return switch (outcome) {
      // What has run nothing yet can begin with another pipeline only as another runner.
      case Claiming.Outcome.Gone gone -> used;
      case Claiming.Outcome.StaleRunner stale -> false;
      case Claiming.Outcome.Later later -> {
        owner.later(job, later.why());
        yield false;
      }
      case Claiming.Outcome.Claimed(var claim) -> {
        var attempt = new Attempt(tools, claim, mine, workplace, () -> closing);
        current = attempt;
        used = true;
        owner.claimed(claim);
        try {
          if (doubted) {
            attempt.check();
          }
          JobStatus.End end = attempt.run();
          // What is not its own any more begins again, and not on what this attempt left.
          yield finish(claim, end) && end.result() != Job.Result.LOST && !closing;
        } finally {
          current = null;
        }
      }
    };
  }

  /**
   * As long as the attempt is this runner's, for what the store is away.
   *
   * @return whether it was written
   */
  private boolean finish(Claiming.Claim claim, JobStatus.End end) throws InterruptedException {
    while (true) {
      try {
        boolean mine = tools.claiming().finish(claim.object(), name, claim.attempt(), end);
        if (!mine) {
          LOG.log(Level.INFO, "{0} is not of the runner {1} any more", claim.object(), name);
        }
        return mine;
      } catch (ApiException e) {
        if (!(e.problem() instanceof Problem.TooManyRequests)) {
          throw e;
        }
        TimeUnit.NANOSECONDS.sleep(AGAIN.toNanos());
      } catch (StoreUnavailableException | OutcomeUnknownException e) {
        if (closing || !tools.membership().holds()) {
          LOG.log(
              Level.WARNING, "the end of {0} was not written: {1}", claim.object(), e.getMessage());
          return false;
        }
        TimeUnit.NANOSECONDS.sleep(AGAIN.toNanos());
      }
    }
  }
}
