package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.request.Hubs;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.StoredObject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a few kinds, decoded and kept current by the log: as they were at {@link #upTo},
 * or later. While they are not known yet, or are more than it may keep, it asks the store instead,
 * so its answers are always true. May be asked by many threads at once.
 */
public final class Memory implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Memory.class.getName());
  private static final int PAGE = 500;
  private static final Comparator<ObjectName> ORDER =
      Comparator.comparing(ObjectName::namespace).thenComparing(ObjectName::name);

  private final String name;
  private final Objects objects;
  private final Map<GroupResource, Kind> kinds = new HashMap<>();
  private final int most;
  private final LogFollower follower;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private Known known = new Known();
  private Revision upTo = Revision.ZERO;
  private boolean closed;

  /**
   * The objects of all the kinds, and whether they are complete. Guarded by the lock once shared.
   */
  private final class Known {
    private final Map<Kind, TreeMap<ObjectName, ApiObject>> byKind = new HashMap<>();
    private int size;
    private boolean complete;

    void put(Kind kind, ApiObject object) {
      ObjectName at = new ObjectName(object.namespace(), object.name());
      if (of(kind).put(at, object) == null) {
        size++;
      }
      if (size > most) {
        LOG.log(
            Level.WARNING, "{0}: more than {1} objects; the store is asked for them", name, most);
        byKind.clear();
        complete = false;
      }
    }

    void remove(Kind kind, ObjectName at) {
      if (of(kind).remove(at) != null) {
        size--;
      }
    }

    boolean overflowed() {
      return size > most;
    }

    NavigableMap<ObjectName, ApiObject> of(Kind kind) {
      return byKind.computeIfAbsent(kind, any -> new TreeMap<>(ORDER));
    }
  }

  /**
   * A memory that has not begun.
   *
   * @param name of its thread
   * @param wanted kinds that are not sealed
   * @param most how many objects it keeps at most
   */
  public Memory(String name, Hubs hubs, Objects objects, Collection<Kind> wanted, int most) {
    this.name = name;
    this.objects = objects;
    this.most = most;
    for (Kind kind : wanted) {
      if (kind.sealed()) {
        throw new IllegalArgumentException("a sealed kind is not kept decoded: " + kind.name());
      }
      kinds.put(kind.resource(), kind);
    }
    this.follower =
        new LogFollower(name, wanted.stream().map(hubs::of).distinct().toList(), new Following());
  }

  /** Begins to follow the log; once. */
  public void start() {
    follower.start();
  }

  /** Every change up to here is in its answers. */
  public Revision upTo() {
    lock.lock();
    try {
      return upTo;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until every change up to the revision is in its answers.
   *
   * @return whether that was so in time, and before it was closed
   */
  public boolean awaitUpTo(Revision revision, Duration patience) throws InterruptedException {
    lock.lock();
    try {
      long left = patience.toNanos();
      while (revision.isAfter(upTo) && !closed && left > 0) {
        left = moved.awaitNanos(left);
      }
      return !revision.isAfter(upTo);
    } finally {
      lock.unlock();
    }
  }

  /** The object of that name, if there is one. */
  public Optional<ApiObject> get(Kind kind, String namespace, String name) {
    require(kind);
    lock.lock();
    try {
      if (known.complete) {
        return Optional.ofNullable(known.of(kind).get(new ObjectName(namespace, name)));
      }
    } finally {
      lock.unlock();
    }
    return objects.get(kind, namespace, name);
  }

  /**
   * Gives every object of the kind, in the order of names.
   *
   * @param namespace null for all
   */
  public void each(Kind kind, @Nullable String namespace, Consumer<ApiObject> taker) {
    require(kind);
    List<ApiObject> found = new ArrayList<>();
    boolean complete;
    lock.lock();
    try {
      complete = known.complete;
      if (complete) {
        Map<ObjectName, ApiObject> all = known.of(kind);
        if (namespace == null) {
          found.addAll(all.values());
        } else {
          for (ApiObject object : known.of(kind).tailMap(new ObjectName(namespace, "")).values()) {
            if (!object.namespace().equals(namespace)) {
              break;
            }
            found.add(object);
          }
        }
      }
    } finally {
      lock.unlock();
    }
    if (complete) {
      found.forEach(taker);
    } else {
      Revision unused = list(kind, namespace, null, taker);
    }
  }

  /** Ends the following and waits for it. */
  @Override
  public void close() {
    follower.close();
    lock.lock();
    try {
      closed = true;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void require(Kind kind) {
    if (!kind.equals(kinds.get(kind.resource()))) {
      throw new IllegalArgumentException("not a kind of this memory: " + kind.name());
    }
  }

  private Revision list(
      Kind kind, @Nullable String namespace, @Nullable Revision at, Consumer<ApiObject> taker) {
    ListRequest.Place after = null;
    Revision snapshot = at;
    while (true) {
      Listing page = objects.list(kind, namespace, after, PAGE, snapshot);
      snapshot = page.at();
      for (StoredObject stored : page.objects()) {
        taker.accept(objects.read(kind, stored));
        after = new ListRequest.Place(stored.key().namespace(), stored.key().name());
      }
      if (!page.more()) {
        return snapshot;
      }
    }
  }

  private final class Following implements LogFollower.Reader {
    @Override
    public Revision begin() {
      Known fresh = new Known();
      Revision at = null;
      for (Kind kind : kinds.values()) {
        at =
            list(
                kind,
                null,
                at,
                object -> {
                  if (!fresh.overflowed()) {
                    fresh.put(kind, object);
                  }
                });
      }
      fresh.complete = !fresh.overflowed();
      Revision begun = at == null ? Revision.ZERO : at;
      settle(fresh, begun);
      return begun;
    }

    @Override
    public void read(List<Change> changes, Revision reached) {
      lock.lock();
      try {
        for (Change change : changes) {
          if (known.complete && change instanceof Change.ObjectChanged changed) {
            apply(changed);
          }
        }
      } finally {
        lock.unlock();
      }
      settle(known, reached);
    }

    private void apply(Change.ObjectChanged change) {
      Kind kind = kinds.get(change.object().key().resource());
      if (kind == null) {
        return;
      }
      if (change.type() == Change.Type.DELETED) {
        known.remove(
            kind, new ObjectName(change.object().key().namespace(), change.object().key().name()));
      } else {
        known.put(kind, objects.read(kind, change.object()));
      }
    }

    private void settle(Known now, Revision reached) {
      lock.lock();
      try {
        known = now;
        upTo = reached;
        moved.signalAll();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void lost(Revision floor) {
      LOG.log(
          Level.WARNING, "{0}: history is gone up to {1}; it reads everything anew", name, floor);
    }
  }
}
