package ai.a5c.krate.core.runner;

import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Client;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads objects for many who want the same ones. A read begins after everybody has asked for it who
 * gets its answer: nobody is told what was so before he asked. May be used from many threads at
 * once.
 */
@SuppressWarnings("ReferenceEquality") // A read is itself and no other.
final class SharedReads {
  private final Client client;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Which, Pair> pairs = new HashMap<>();

  private record Which(Kind kind, String namespace, String name) {}

  /** The read that is under way, and the one after it, which can be joined. */
  private static final class Pair {
    private CompletableFuture<Optional<ApiObject>> now;
    private @Nullable CompletableFuture<Optional<ApiObject>> next;

    Pair(CompletableFuture<Optional<ApiObject>> now) {
      this.now = now;
    }
  }

  SharedReads(Client client) {
    this.client = client;
  }

  /** The object as it is stored now, if there is one; throws what {@link Client#get} throws. */
  Optional<ApiObject> get(Kind kind, String namespace, String name) {
    var which = new Which(kind, namespace, name);
    var mine = new CompletableFuture<Optional<ApiObject>>();
    @Nullable CompletableFuture<Optional<ApiObject>> before = null;
    @Nullable CompletableFuture<Optional<ApiObject>> joined = null;
    lock.lock();
    try {
      Pair pair = pairs.get(which);
      if (pair == null) {
        pairs.put(which, new Pair(mine));
      } else if (pair.next == null) {
        pair.next = mine;
        before = pair.now;
      } else {
        joined = pair.next;
      }
    } finally {
      lock.unlock();
    }
    if (joined != null) {
      return outcome(joined);
    }
    if (before != null) {
      boolean unused = before.handle((any, failure) -> true).join();
      begin(which, mine);
    }
    read(which, mine);
    return outcome(mine);
  }

  /** From now on nobody joins it. */
  private void begin(Which which, CompletableFuture<Optional<ApiObject>> mine) {
    lock.lock();
    try {
      Pair pair = pairs.get(which);
      if (pair != null && pair.next == mine) {
        pair.now = mine;
        pair.next = null;
      }
    } finally {
      lock.unlock();
    }
  }

  private void read(Which which, CompletableFuture<Optional<ApiObject>> mine) {
    try {
      mine.complete(client.get(which.kind(), which.namespace(), which.name()));
    } catch (RuntimeException | Error e) {
      mine.completeExceptionally(e);
    } finally {
      lock.lock();
      try {
        Pair pair = pairs.get(which);
        if (pair != null && pair.now == mine && pair.next == null) {
          pairs.remove(which);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private static Optional<ApiObject> outcome(CompletableFuture<Optional<ApiObject>> read) {
    try {
      return read.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }
}
