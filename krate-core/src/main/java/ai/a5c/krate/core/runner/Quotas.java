package ai.a5c.krate.core.runner;

import ai.a5c.krate.api.config.Organization;
import ai.a5c.krate.api.config.RunnerPool;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Marks;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The bounds of jobs, as organizations and pools say them. A changed bound holds within a second;
 * what is counted against it is exact. May be used from many threads at once.
 */
final class Quotas {
  private static final Logger LOG = System.getLogger(Quotas.class.getName());
  private static final long FRESH = Duration.ofSeconds(1).toNanos();

  /** From this age on it is read again before somebody has to wait for it. */
  private static final long AHEAD = FRESH / 2;

  /** So old may be what decides nothing. */
  private static final long GUESS = Duration.ofSeconds(10).toNanos();

  private static final int MOST = 10_000;

  private final Objects objects;
  private final LongSupplier nanos;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  /** What is read ahead just now. */
  private final Set<String> ahead = ConcurrentHashMap.newKeySet();

  private record Known(long value, long since) {}

  /** One bound, and how it is found out. */
  private record Bound(String key, Supplier<Long> reading) {}

  Quotas(Objects objects, LongSupplier nanos) {
    this.objects = objects;
    this.nanos = nanos;
  }

  /** How many jobs of the organization of a namespace may run at once. */
  long concurrent(String namespace) {
    return known(ofOrganization(namespace), FRESH);
  }

  /** About as many, as it was some seconds ago. */
  long roughlyConcurrent(String namespace) {
    readAhead(ofOrganization(namespace));
    return known(ofOrganization(namespace), GUESS);
  }

  /** How many may wait at once. */
  long queued(String namespace) {
    return known(
        new Bound("queued/" + namespace, () -> bound(namespace, Organization.Quotas::queuedJobs)),
        FRESH);
  }

  /** How many jobs of a pool may run at once, on whatever server. */
  long pool(String namespace, String name) {
    return known(ofPool(namespace, name), FRESH);
  }

  /** Says that somebody claims a job, and will ask for its bounds in a moment. */
  void expect(String namespace, String pool) {
    readAhead(ofOrganization(namespace));
    readAhead(ofPool(namespace, pool));
  }

  private Bound ofOrganization(String namespace) {
    return new Bound(
        "concurrent/" + namespace, () -> bound(namespace, Organization.Quotas::concurrentJobs));
  }

  private Bound ofPool(String namespace, String name) {
    return new Bound(
        "pool/" + namespace + "/" + name,
        () ->
            objects
                .get(ForgeKinds.RUNNER_POOL, namespace, name)
                .map(pool -> RecordCodec.read(RunnerPool.class, pool.json()).spec().maxReplicas())
                .map(Integer::longValue)
                .orElse(Long.MAX_VALUE));
  }

  private long known(Bound bound, long age) {
    Known read = known.get(bound.key());
    return read == null || nanos.getAsLong() - read.since() > age ? read(bound) : read.value();
  }

  private long read(Bound bound) {
    long since = nanos.getAsLong();
    var read = new Known(bound.reading().get(), since);
    if (known.size() > MOST) {
      known.clear();
    }
    known.put(bound.key(), read);
    return read.value();
  }

  private void readAhead(Bound bound) {
    Known read = known.get(bound.key());
    if ((read == null || nanos.getAsLong() - read.since() > AHEAD) && ahead.add(bound.key())) {
      Thread.ofVirtual().name("runner-quotas").start(() -> readSoon(bound));
    }
  }

  private void readSoon(Bound bound) {
    try {
      long unused = read(bound);
    } catch (StoreUnavailableException e) {
      LOG.log(Level.DEBUG, "a bound is read by who needs it", e);
    } finally {
      ahead.remove(bound.key());
    }
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
