package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.request.Hubs;
import ai.a5c.krate.apiserver.watch.WatchClosedException;
import ai.a5c.krate.apiserver.watch.WatchHub;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.CompactedException;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import ai.a5c.krate.spi.storage.StoredObject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The pools, and the Jobs that have not ended, as the log tells them: a little late, never out of
 * order. What it says is a reason to look, and never to write: whoever writes reads first. May be
 * used from many threads at once.
 */
final class Board implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Board.class.getName());
  private static final int PAGE = 500;
  private static final int MOST_SERVERS = 10_000;
  private static final long PATIENCE = TimeUnit.MINUTES.toNanos(1);

  private final Objects objects;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();

  private final Map<ObjectName, JobEntry> jobs = new HashMap<>();
  private final Map<ObjectName, PoolEntry> pools = new HashMap<>();

  /** The jobs that are not as they were at the last look. */
  private final Set<ObjectName> news = new HashSet<>();

  /** Pipelines that somebody ended, or that were deleted, since the last look; by uid. */
  private final Set<String> ended = new HashSet<>();

  /** The server whose runner a pipeline had last, by the pipeline's uid. */
  private final Map<String, String> servers =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > MOST_SERVERS;
        }
      };

  /** How often something changed. */
  private long version;

  /** How many of the logs have been read to their present end at least once. */
  private int filled;

  /**
   * The board at one moment.
   *
   * @param complete whether all that was stored before the start is on it
   */
  record View(boolean complete, List<JobEntry> jobs, Map<ObjectName, PoolEntry> pools) {}

  /**
   * What is not as it was at the last look.
   *
   * @param complete whether all that was stored before the start is on the board
   * @param jobs those that changed and have not ended
   * @param gone those that have ended or are deleted
   * @param pools all of them
   * @param ended the pipelines that somebody ended, by uid
   */
  record News(
      long version,
      boolean complete,
      List<JobEntry> jobs,
      List<ObjectName> gone,
      Map<ObjectName, PoolEntry> pools,
      Set<String> ended) {}

  Board(Objects objects, Hubs hubs) {
    this.objects = objects;
    follow("board-jobs", hubs.records(), ForgeKinds.JOB);
    follow("board-pools", hubs.configuration(), ForgeKinds.RUNNER_POOL);
  }

  /** Waits until the board is not as it was, or the time is over, and says what is new on it. */
  News await(long seen, long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (version == seen && left > 0) {
        left = changed.awaitNanos(left);
      }
      List<JobEntry> different = new ArrayList<>();
      List<ObjectName> gone = new ArrayList<>();
      for (ObjectName name : news) {
        JobEntry job = jobs.get(name);
        if (job == null) {
          gone.add(name);
        } else {
          different.add(job);
        }
      }
      var said =
          new News(version, filled >= 2, different, gone, Map.copyOf(pools), Set.copyOf(ended));
      news.clear();
      ended.clear();
      return said;
    } finally {
      lock.unlock();
    }
  }

  /** Wakes who waits, for a reason that is not on the board. */
  void wake() {
    lock.lock();
    try {
      version++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The server whose runner a pipeline had last, if any is known. */
  Optional<String> lastServer(String pipeline) {
    lock.lock();
    try {
      return Optional.ofNullable(servers.get(pipeline));
    } finally {
      lock.unlock();
    }
  }

  /** The board as it is now, for who looks at it now and then. */
  View now() {
    lock.lock();
    try {
      return new View(filled >= 2, List.copyOf(jobs.values()), Map.copyOf(pools));
    } finally {
      lock.unlock();
    }
  }

  /** What there is to know of a pool that was read; read anew only if the board has another one. */
  PoolEntry pool(ApiObject object) {
    PoolEntry known;
    lock.lock();
    try {
      known = pools.get(new ObjectName(object.namespace(), object.name()));
    } finally {
      lock.unlock();
    }
    return known != null && known.revision().equals(object.revision())
        ? known
        : PoolEntry.of(object);
  }

  /** Puts down what somebody has just written, so that nobody acts on what was before. */
  void learn(ApiObject job) {
    lock.lock();
    try {
      putJob(job);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    threads.forEach(Thread::interrupt);
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow(String name, WatchHub hub, Kind kind) {
    threads.add(Thread.ofVirtual().name(name).start(() -> follow(hub, kind)));
  }

  private void follow(WatchHub hub, Kind kind) {
    boolean first = true;
    while (closed.getCount() > 0) {
      try (WatchHub.Cursor cursor = hub.from(hub.reached())) {
        fill(kind);
        if (first) {
          first = false;
          filled();
        }
        while (closed.getCount() > 0) {
          apply(cursor.next(PATIENCE));
        }
      } catch (WatchClosedException | InterruptedException e) {
        return;
      } catch (CompactedException e) {
        LOG.log(Level.WARNING, "the board of jobs fell behind the history and starts over");
      } catch (StoreUnavailableException e) {
        LOG.log(Level.WARNING, "the board of jobs waits for the store");
        pause();
      } catch (RuntimeException e) {
        if (closed.getCount() > 0) {
          LOG.log(Level.ERROR, "the board of jobs cannot follow the log and starts over", e);
          pause();
        }
      }
    }
  }

  private void pause() {
    try {
      var unused = closed.await(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void filled() {
    lock.lock();
    try {
      filled++;
      version++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Everything that is stored now; what is not any more is taken off. */
  private void fill(Kind kind) {
    Set<ObjectName> found = new HashSet<>();
    ListRequest.Place after = null;
    Revision at = Revision.ZERO;
    Listing page;
    do {
      page = objects.list(kind, null, after, PAGE, null);
      at = page.at();
      lock.lock();
      try {
        for (StoredObject stored : page.objects()) {
          found.add(name(stored));
          after = new ListRequest.Place(stored.key().namespace(), stored.key().name());
          put(kind, stored);
        }
      } finally {
        lock.unlock();
      }
    } while (page.more());
    lock.lock();
    try {
      Revision upTo = at;
      if (kind.equals(ForgeKinds.JOB)) {
        for (JobEntry job : List.copyOf(jobs.values())) {
          if (!found.contains(job.name()) && !job.revision().isAfter(upTo)) {
            jobs.remove(job.name());
            news.add(job.name());
          }
        }
      } else {
        pools.values().removeIf(p -> !found.contains(p.name()) && !p.revision().isAfter(upTo));
      }
    } finally {
      lock.unlock();
    }
  }

  private void apply(List<Change> changes) {
    lock.lock();
    try {
      for (Change change : changes) {
        if (change instanceof Change.ObjectChanged object) {
          apply(object);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void apply(Change.ObjectChanged change) {
    var resource = change.object().key().resource();
    boolean deleted = change.type() == Change.Type.DELETED;
    if (resource.equals(ForgeKinds.JOB.resource())) {
      if (deleted) {
        removeJob(name(change.object()));
      } else {
        put(ForgeKinds.JOB, change.object());
      }
    } else if (resource.equals(ForgeKinds.RUNNER_POOL.resource())) {
      if (deleted) {
        pools.remove(name(change.object()));
        touched();
      } else {
        put(ForgeKinds.RUNNER_POOL, change.object());
      }
    } else if (resource.equals(ForgeKinds.PIPELINE.resource())) {
      ApiObject pipeline = objects.read(ForgeKinds.PIPELINE, change.object());
      if (deleted || pipeline.isTerminating() || pipeline.isTrue("spec", "canceled")) {
        ended.add(pipeline.uid().toString());
        touched();
      }
    }
  }

  private static ObjectName name(StoredObject stored) {
    return new ObjectName(stored.key().namespace(), stored.key().name());
  }

  private void removeJob(ObjectName name) {
    JobEntry known = jobs.remove(name);
    if (known != null) {
      news.add(name);
      ended.add(known.pipeline());
    }
    touched();
  }

  /** Reads nothing that is known already, as what this server has written itself. */
  private void put(Kind kind, StoredObject stored) {
    if (kind.equals(ForgeKinds.RUNNER_POOL)) {
      PoolEntry known = pools.get(name(stored));
      if (known == null || stored.revision().isAfter(known.revision())) {
        pools.put(name(stored), PoolEntry.of(objects.read(kind, stored)));
        touched();
      }
    } else {
      JobEntry known = jobs.get(name(stored));
      if (known == null || stored.revision().isAfter(known.revision())) {
        putJob(objects.read(kind, stored));
      }
    }
  }

  private void putJob(ApiObject object) {
    var name = new ObjectName(object.namespace(), object.name());
    JobEntry known = jobs.get(name);
    if (known != null && !object.revision().isAfter(known.revision())) {
      return;
    }
    JobEntry entry = JobEntry.of(object);
    RunnerName.parse(entry.runner())
        .ifPresent(runner -> servers.put(entry.pipeline(), runner.server()));
    if (entry.phase().isFinished()) {
      if (jobs.remove(name) != null) {
        news.add(name);
        touched();
      }
      return;
    }
    jobs.put(name, entry);
    news.add(name);
    if (entry.phase() != Job.Phase.PENDING || known != null) {
      touched();
    }
  }

  private void touched() {
    version++;
    changed.signalAll();
  }
}
