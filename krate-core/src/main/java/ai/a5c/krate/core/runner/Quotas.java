package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.config.Organization;
import ai.a5c.krate.api.config.RunnerPool;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Marks;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The bounds of jobs, as organizations and pools say them. A changed bound holds within a second;
 * what is counted against it is exact. May be used from many threads at once.
 */
final class Quotas {
  private static final long FRESH = Duration.ofSeconds(1).toNanos();
  private static final int MOST = 10_000;

  private final Objects objects;
  private final LongSupplier nanos;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  private record Known(long value, long since) {}

  Quotas(Objects objects, LongSupplier nanos) {
    this.objects = objects;
    this.nanos = nanos;
  }

  /** How many jobs of the organization of a namespace may run at once. */
  long concurrent(String namespace) {
    return known(
        "concurrent/" + namespace, () -> bound(namespace, Organization.Quotas::concurrentJobs));
  }

  /** How many may wait at once. */
  long queued(String namespace) {
    return known("queued/" + namespace, () -> bound(namespace, Organization.Quotas::queuedJobs));
  }

  /** How many jobs of a pool may run at once, on whatever server. */
  long pool(String namespace, String name) {
    return known(
        "pool/" + namespace + "/" + name,
        () ->
            objects
                .get(ForgeKinds.RUNNER_POOL, namespace, name)
                .map(pool -> RecordCodec.read(RunnerPool.class, pool.json()).spec().maxReplicas())
                .map(Integer::longValue)
                .orElse(Long.MAX_VALUE));
  }

  private long known(String key, Supplier<Long> reading) {
    long now = nanos.getAsLong();
    Known read = known.get(key);
    if (read == null || now - read.since() > FRESH) {
      if (known.size() > MOST) {
        known.clear();
      }
      read = new Known(reading.get(), now);
      known.put(key, read);
    }
    return read.value();
  }

  private interface Which {
    @Nullable Integer of(Organization.Quotas quotas);
  }

  private long bound(String namespace, Which which) {
    return organization(namespace)
        .map(Organization.Spec::quotas)
        .map(which::of)
        .map(Integer::longValue)
        .orElse(Long.MAX_VALUE);
  }

  private Optional<Organization.Spec> organization(String namespace) {
    return objects
        .get(ForgeKinds.NAMESPACE, "", namespace)
        .map(found -> found.labels().getOrDefault(Marks.ORGANIZATION, ""))
        .flatMap(name -> objects.get(ForgeKinds.ORGANIZATION, "", name))
        .map(found -> RecordCodec.read(Organization.class, found.json()).spec());
  }
}
