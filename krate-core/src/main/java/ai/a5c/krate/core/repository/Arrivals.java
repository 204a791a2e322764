package ai.a5c.krate.core.repository;

import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.core.forge.Repositories;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets whoever made a fork wait a moment until it has what it begins with. May be used from many
 * threads at once.
 */
final class Arrivals {
  /** Whoever waits longer is answered, and finds the fork not ready yet. */
  private static final Duration LONGEST = Duration.ofSeconds(2);

  private final Repositories repositories;
  private final Map<Uid, CountDownLatch> awaited = new ConcurrentHashMap<>();

  Arrivals(Repositories repositories) {
    this.repositories = repositories;
  }

  /** Returns once the fork has arrived, or the wait has been long enough. */
  void await(ApiObject repository) {
    if (!Repositories.isFork(repository)) {
      return;
    }
    Uid uid = repository.uid();
    CountDownLatch latch = awaited.computeIfAbsent(uid, u -> new CountDownLatch(1));
    try {
      // After the latch is there, so that an arrival is seen here or counts it down.
      if (repositories.awaitsCopy(repository)) {
        boolean unused = latch.await(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      awaited.remove(uid, latch);
    }
  }

  /** Says that a fork has what it begins with. */
  void arrived(Uid fork) {
    CountDownLatch latch = awaited.get(fork);
    if (latch != null) {
      latch.countDown();
    }
  }
}
