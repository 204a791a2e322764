package ai.a5c.krate.apiserver.policy;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Keeps the book of policies by the change log: reads everything once, then every change. */
final class PolicyFollower implements AutoCloseable {
  private static final Logger LOG = System.getLogger(PolicyFollower.class.getName());
  private static final int PAGE = 500;
  private static final long PATIENCE = TimeUnit.MINUTES.toNanos(1);
  private static final long PAUSE_MILLIS = 200;
  private static final long START_SECONDS = 10;

  private final PolicyBook book;
  private final Objects objects;
  private final WatchHub hub;
  private final CountDownLatch complete = new CountDownLatch(1);
  private final Thread thread;
  private volatile boolean closed;

  /** Starts, and waits a moment for everything to be read; later it is if the store is away. */
  PolicyFollower(PolicyBook book, Objects objects, WatchHub hub) {
    this.book = book;
    this.objects = objects;
    this.hub = hub;
    this.thread = Thread.ofVirtual().name("policies").unstarted(this::run);
    thread.start();
    try {
      if (!complete.await(START_SECONDS, TimeUnit.SECONDS)) {
        LOG.log(Level.WARNING, "the policies are not read yet; what they may be about is refused");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!closed) {
      try (WatchHub.Cursor cursor = hub.from(hub.reached())) {
        readAll();
        complete.countDown();
        while (!closed) {
          for (Change change : cursor.next(PATIENCE)) {
            apply(change);
          }
          book.seen(cursor.seen());
        }
      } catch (WatchClosedException | InterruptedException e) {
        return;
      } catch (CompactedException e) {
        LOG.log(Level.WARNING, "the policies fell behind the history and are read anew");
      } catch (StoreUnavailableException e) {
        LOG.log(Level.WARNING, "the policies wait for the store");
        pause();
      } catch (RuntimeException e) {
        if (!closed) {
          LOG.log(Level.ERROR, "the policies cannot follow the log and are read anew", e);
          pause();
        }
      }
    }
  }

  private void apply(Change change) {
    if (change instanceof Change.ObjectChanged changed) {
      for (Kind kind : book.kinds()) {
        if (changed.object().key().resource().equals(kind.resource())) {
          book.changed(
              kind, objects.read(kind, changed.object()), changed.type() == Change.Type.DELETED);
        }
      }
    }
  }

  private void readAll() {
    // Both lists as of one revision: what is not in them at it does not exist.
    Listing first = objects.list(book.kinds().getFirst(), null, null, PAGE, null);
    Revision at = first.at();
    List<List<ApiObject>> all = new ArrayList<>();
    for (Kind kind : book.kinds()) {
      all.add(list(kind, at));
    }
    book.listed(all.getFirst(), all.getLast(), at);
  }

  private List<ApiObject> list(Kind kind, Revision at) {
    List<ApiObject> list = new ArrayList<>();
    ListRequest.Place after = null;
    Listing page;
    do {
      page = objects.list(kind, null, after, PAGE, at);
      for (StoredObject stored : page.objects()) {
        list.add(objects.read(kind, stored));
        after = new ListRequest.Place(stored.key().namespace(), stored.key().name());
      }
    } while (page.more());
    return list;
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
