package ai.a5c.krate.core.runner;

import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Client;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads objects for many who want some at the same time. Who finds nobody at work is served at
 * once; what is asked for of the same kind and namespace meanwhile is read together, next. A read
 * begins after everybody has asked who gets its answer: nobody is told what was so before he asked.
 * May be used from many threads at once.
 */
final class SharedReads {
  private final Reader reader;
  private final ReentrantLock lock = new ReentrantLock();

  /** The reads that have not begun, where somebody is at work. */
  private final Map<Place, Deque<Read>> queues = new HashMap<>();

  private record Place(Kind kind, String namespace) {}

  /** The reading of some objects together. */
  private static final class Read {
    private final Set<String> names = new LinkedHashSet<>();
    private final CompletableFuture<Map<String, ApiObject>> found = new CompletableFuture<>();
  }

  /** What was asked for, once it is read. */
  interface Asked {
    /**
     * The object as it was stored after it was asked for, if there was one; throws what its reading
     * threw.
     */
    Optional<ApiObject> get() throws InterruptedException;
  }

  /** What reads; {@link Client#getAll} does. */
  interface Reader {
    List<ApiObject> getAll(Kind kind, String namespace, List<String> names);
  }

  SharedReads(Reader reader) {
    this.reader = reader;
  }

  /** Asks for an object, and does not wait for it. */
  Asked ask(Kind kind, String namespace, String name) {
    if (name.isEmpty()) {
      return Optional::empty;
    }
    var place = new Place(kind, namespace);
    Read read;
    lock.lock();
    try {
      Deque<Read> queue = queues.get(place);
      if (queue == null) {
        queue = new ArrayDeque<>();
        queues.put(place, queue);
        Thread.ofVirtual().name("runner-reads").start(() -> work(place));
      }
      read = queue.peekLast();
      if (read == null
          || (read.names.size() == Client.MOST_TOGETHER && !read.names.contains(name))) {
        read = new Read();
        queue.add(read);
      }
      read.names.add(name);
    } finally {
      lock.unlock();
    }
    CompletableFuture<Map<String, ApiObject>> found = read.found;
    return () -> Optional.ofNullable(outcome(found).get(name));
  }

  private void work(Place place) {
    for (Read read = next(place); read != null; read = next(place)) {
      try {
        Map<String, ApiObject> found = new HashMap<>();
        reader
            .getAll(place.kind(), place.namespace(), List.copyOf(read.names))
            .forEach(object -> found.put(object.name(), object));
        read.found.complete(found);
      } catch (RuntimeException | Error e) {
        read.found.completeExceptionally(e);
      }
    }
  }

  /** From now on nobody joins it. */
  private @Nullable Read next(Place place) {
    lock.lock();
    try {
      Deque<Read> queue = queues.getOrDefault(place, new ArrayDeque<>());
      if (queue.isEmpty()) {
        queues.remove(place);
      }
      return queue.poll();
    } finally {
      lock.unlock();
    }
  }

  private static Map<String, ApiObject> outcome(CompletableFuture<Map<String, ApiObject>> found)
      throws InterruptedException {
    try {
      return found.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("nothing was read", e);
    }
  }
}
