package ai.a5c.krate.apiserver.controller;

import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.watch.WatchClosedException;
import ai.a5c.krate.apiserver.watch.WatchHub;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.CompactedException;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import ai.a5c.krate.spi.storage.StoredObject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Runs a reconciler: follows the log, keeps a queue of names, tries again with growing pauses. */
public final class Controller implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Controller.class.getName());
  private static final int PAGE = 500;
  private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(30);
  private static final long PATIENCE = TimeUnit.MINUTES.toNanos(1);

  private final Reconciler reconciler;
  private final Objects objects;
  private final WorkQueue queue;
  private final Map<ObjectName, Long> pauses = new ConcurrentHashMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closed;

  /**
   * Starts it.
   *
   * @param hubs the change logs to follow
   * @param workers how many names are looked at at once
   * @param nanos a ticker
   */
  public Controller(
      Reconciler reconciler,
      Objects objects,
      List<WatchHub> hubs,
      int workers,
      LongSupplier nanos) {
    this.reconciler = reconciler;
    this.objects = objects;
    this.queue = new WorkQueue(nanos);
    for (WatchHub hub : hubs) {
      threads.add(Thread.ofVirtual().name(reconciler.name() + "-watch").start(() -> follow(hub)));
    }
    for (int i = 0; i < workers; i++) {
      threads.add(Thread.ofVirtual().name(reconciler.name() + "-" + i).start(this::work));
    }
  }

  /** Ends it and waits for its threads. */
  @Override
  public void close() {
    closed = true;
    queue.close();
    threads.forEach(Thread::interrupt);
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow(WatchHub hub) {
    while (!closed) {
      try (WatchHub.Cursor cursor = hub.from(hub.reached())) {
        addAll();
        while (!closed) {
          for (Change change : cursor.next(PATIENCE)) {
            reconciler.affected(change).forEach(name -> queue.add(name, 0));
          }
        }
      } catch (WatchClosedException | InterruptedException e) {
        return;
      } catch (CompactedException e) {
        LOG.log(Level.WARNING, "{0} fell behind the history and starts over", reconciler.name());
      } catch (StoreUnavailableException e) {
        LOG.log(Level.WARNING, "{0} waits for the store", reconciler.name());
        pause();
      } catch (RuntimeException e) {
        if (!closed) {
          LOG.log(Level.ERROR, reconciler.name() + " cannot follow the log and starts over", e);
          pause();
        }
      }
    }
  }

  private void addAll() {
    ListRequest.Place after = null;
    Listing page;
    do {
      page = objects.list(reconciler.kind(), null, after, PAGE, null);
      for (StoredObject object : page.objects()) {
        queue.add(new ObjectName(object.key().namespace(), object.key().name()), 0);
        after = new ListRequest.Place(object.key().namespace(), object.key().name());
      }
    } while (page.more());
  }

  private void work() {
    while (!closed) {
      try {
        ObjectName name = queue.take();
        try {
          reconcile(name);
        } finally {
          queue.done(name);
        }
      } catch (InterruptedException | IllegalStateException e) {
        // Only closing interrupts a worker that waits, and only closing closes the queue.
        return;
      }
    }
  }

  private void reconcile(ObjectName name) {
    try {
      reconciler.reconcile(name).map(Duration::toNanos).ifPresent(delay -> queue.add(name, delay));
      pauses.remove(name);
    } catch (RuntimeException | InterruptedException e) {
      if (closed) {
        return;
      }
      long pause =
          pauses.merge(name, FIRST_PAUSE, (known, first) -> Math.min(known * 2, LONGEST_PAUSE));
      Level level = pause >= TimeUnit.SECONDS.toNanos(1) ? Level.WARNING : Level.DEBUG;
      LOG.log(level, reconciler.name() + " could not reconcile " + name + " and tries again", e);
      queue.add(name, pause);
    }
  }

  private static void pause() {
    try {
      TimeUnit.SECONDS.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
