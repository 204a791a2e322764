package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.apiserver.request.Together;
import ai.a5c.krate.apiserver.request.Written;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Lets callers who know nothing of one another write together. Each hands in one write, and waits
 * for what becomes of it or is told. A write that finds nobody at work is made at once, or a little
 * later if so wished; what is handed in for the same kind and namespace meanwhile is made together,
 * by the next transaction.
 *
 * <p>What becomes of a write is what would have become of it alone: if one of them is refused, the
 * others are tried without it. Writes of one object are made in the order in which they were handed
 * in.
 */
public final class SharedWrites implements AutoCloseable {
  /** The most writes that wait at once. */
  public static final int MOST_WAITING = 4_096;

  private static final Logger LOG = System.getLogger(SharedWrites.class.getName());
  private static final int MOST_WORKERS = 16;
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final String name;
  private final Client client;
  private final Duration linger;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition idle = lock.newCondition();

  /** Signalled when who lingers may have enough. */
  private final Condition more = lock.newCondition();

  /** Nobody's queue is empty. */
  private final Map<Group, Deque<SharedWrite>> queues = new HashMap<>();

  /** The groups with a queue that nobody works for, in the order in which it is their turn. */
  private final SequencedSet<Group> ready = new LinkedHashSet<>();

  private final Set<Group> busy = new HashSet<>();
  private int waiting;
  private int workers;
  private boolean closed;

  /** What can be written together. */
  private record Group(Kind kind, String namespace, boolean status) {}

  /** Who is told what became of a write that nobody waits for. */
  @FunctionalInterface
  public interface Told {
    /**
     * It was written or it failed. Called once, by the thread that goes on to write for others: it
     * must not be held up.
     *
     * @param failure what the caller would have got thrown; null if it was written
     */
    void done(@Nullable RuntimeException failure);
  }

  /**
   * Writes by a client, as many together as may be and none later than it can be.
   *
   * @param name of its threads
   */
  public SharedWrites(String name, Client client) {
    this(name, client, Duration.ZERO);
  }

  /**
   * Writes by a client.
   *
   * @param name of its threads
   * @param linger how long fewer than {@link Client#MOST_TOGETHER} wait for more to come
   */
  public SharedWrites(String name, Client client, Duration linger) {
    this.name = name;
    this.client = client;
    this.linger = linger;
  }

  /**
   * Creates an object in the namespace that it names, with the status that it has already.
   *
   * @throws ApiException if it is refused, or too many wait
   * @throws InterruptedException if the caller is interrupted; the object may be created all the
   *     same, if that had begun
   */
  public Written create(Kind kind, ApiObject object) throws InterruptedException {
    return write(
        new Group(kind, object.namespace(), false),
        new SharedWrite(object.name(), object, any -> any, failure -> {}));
  }

  /**
   * Creates an object as {@link #create(Kind, ApiObject)} does, and does not wait for that.
   *
   * @throws ApiException if too many wait; then nobody is told anything
   */
  public void create(Kind kind, ApiObject object, Told told) {
    add(
        new Group(kind, object.namespace(), false),
        new SharedWrite(object.name(), object, any -> any, told));
  }

  /**
   * Changes an object's status as it is by then.
   *
   * @param change called again if it was changed meanwhile
   * @throws ApiException if it is refused, or too many wait
   * @throws InterruptedException if the caller is interrupted; the status may be changed all the
   *     same, if that had begun
   */
  public Written updateStatus(
      Kind kind, String namespace, String name, UnaryOperator<ApiObject> change)
      throws InterruptedException {
    return write(
        new Group(kind, namespace, true), new SharedWrite(name, null, change, failure -> {}));
  }

  /**
   * Changes an object's status as {@link #updateStatus(Kind, String, String, UnaryOperator)} does,
   * and does not wait for that.
   *
   * @throws ApiException if too many wait; then nobody is told anything
   */
  public void updateStatus(
      Kind kind, String namespace, String name, UnaryOperator<ApiObject> change, Told told) {
    add(new Group(kind, namespace, true), new SharedWrite(name, null, change, told));
  }

  /** How many writes wait that nobody has begun. */
  int waiting() {
    lock.lock();
    try {
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more, and waits until everything that was handed in is done. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      more.signalAll();
      while (workers > 0) {
        idle.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  private Written write(Group group, SharedWrite entry) throws InterruptedException {
    add(group, entry);
    try {
      entry.await();
    } catch (InterruptedException e) {
      withdraw(group, entry);
      throw e;
    }
    return entry.outcome();
  }

  private void add(Group group, SharedWrite entry) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException(name + " is closed");
      }
      if (waiting >= MOST_WAITING) {
        throw new ApiException(
            new Problem.TooManyRequests("too many writes wait: " + waiting, RETRY));
      }
      waiting++;
      Deque<SharedWrite> queue = queues.computeIfAbsent(group, any -> new ArrayDeque<>());
      queue.add(entry);
      if (!busy.contains(group) && ready.add(group)) {
        if (workers < MOST_WORKERS) {
          workers++;
          Thread.ofVirtual().name(name).start(this::work);
        }
      }
      if (queue.size() == Client.MOST_TOGETHER) {
        more.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes back what nobody has begun to write. */
  private void withdraw(Group group, SharedWrite entry) {
    lock.lock();
    try {
      Deque<SharedWrite> queue = queues.get(group);
      if (queue != null && queue.remove(entry)) {
        waiting--;
        if (queue.isEmpty()) {
          queues.remove(group);
          ready.remove(group);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    while (true) {
      Group group;
      List<SharedWrite> batch;
      lock.lock();
      try {
        if (ready.isEmpty()) {
          workers--;
          idle.signalAll();
          return;
        }
        group = ready.removeFirst();
        busy.add(group);
        lingerFor(group);
        batch = take(group);
      } finally {
        lock.unlock();
      }
      try {
        write(group, batch);
      } catch (Error e) {
        LOG.log(Level.ERROR, name + " could not write", e);
        batch.forEach(entry -> entry.fail(new IllegalStateException(name + " failed", e)));
      }
      lock.lock();
      try {
        busy.remove(group);
        if (queues.containsKey(group)) {
          ready.add(group);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /** Lets more come, unless there are enough. */
  private void lingerFor(Group group) {
    try {
      long left = linger.toNanos();
      while (left > 0 && !closed && waiting(group) < Client.MOST_TOGETHER) {
        left = more.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int waiting(Group group) {
    Deque<SharedWrite> queue = queues.get(group);
    return queue == null ? 0 : queue.size();
  }

  /** As many as may be written together, no two of one object. */
  private List<SharedWrite> take(Group group) {
    Deque<SharedWrite> queue = queues.getOrDefault(group, new ArrayDeque<>());
    List<SharedWrite> batch = new ArrayList<>();
    Set<String> names = new HashSet<>();
    Iterator<SharedWrite> next = queue.iterator();
    while (next.hasNext() && batch.size() < Client.MOST_TOGETHER) {
      SharedWrite entry = next.next();
      if (entry.name().isEmpty() || names.add(entry.name())) {
        batch.add(entry);
        next.remove();
      }
    }
    waiting -= batch.size();
    if (queue.isEmpty()) {
      queues.remove(group);
    }
    return batch;
  }

  /** Lets every one of them know what became of it. */
  private void write(Group group, List<SharedWrite> batch) {
    if (batch.isEmpty()) {
      return; // It was withdrawn.
    }
    Together together;
    try {
      together = together(group, batch);
    } catch (StoreUnavailableException | OutcomeUnknownException e) {
      // The same would be true of each.
      batch.forEach(entry -> entry.fail(e));
      return;
    } catch (RuntimeException e) {
      if (batch.size() == 1) {
        batch.getFirst().fail(e);
      } else {
        halves(group, batch);
      }
      return;
    }
    switch (together) {
      case Together.Done(List<Written> written) -> {
        for (int i = 0; i < batch.size(); i++) {
          batch.get(i).complete(written.get(i));
        }
      }
      case Together.Refused(int index, Problem problem) -> {
        List<SharedWrite> rest = new ArrayList<>(batch);
        if (batch.size() == 1 || index != Together.NONE) {
          rest.remove(Math.max(index, 0)).fail(new ApiException(problem));
        }
        if (rest.size() == 1) {
          write(group, rest);
        } else if (!rest.isEmpty()) {
          // Where one is refused others may be, and each half finds out about its own.
          halves(group, rest);
        }
      }
    }
  }

  private void halves(Group group, List<SharedWrite> batch) {
    int half = batch.size() / 2;
    write(group, batch.subList(0, half));
    write(group, batch.subList(half, batch.size()));
  }

  private Together together(Group group, List<SharedWrite> batch) {
    if (group.status()) {
      return client.updateStatuses(
          group.kind(),
          group.namespace(),
          batch.stream().map(e -> new Client.StatusChange(e.name(), e.change())).toList());
    }
    List<ApiObject> objects = new ArrayList<>();
    for (SharedWrite entry : batch) {
      if (entry.object() != null) {
        objects.add(entry.object());
      }
    }
    return client.createAll(group.kind(), objects);
  }
}
