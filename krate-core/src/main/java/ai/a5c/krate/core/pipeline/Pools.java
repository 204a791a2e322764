package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.config.RunnerPool;
import ai.a5c.krate.api.config.TrustTier;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.StoredObject;
import java.util.Optional;

/** Which pool takes the jobs of a pipeline. May be used from many threads at once. */
final class Pools {
  private static final int PAGE = 500;

  private final Objects objects;

  Pools(Objects objects) {
    this.objects = objects;
  }

  /** The pool of a name, unless it is missing or going away. */
  Optional<RunnerPool.Spec> find(String namespace, String name) {
    return objects
        .get(ForgeKinds.RUNNER_POOL, namespace, name)
        .filter(pool -> !pool.isTerminating())
        .map(Pools::spec);
  }

  /** The first, by name, of the tier that takes jobs of the repository. */
  Optional<String> first(String namespace, String repository, TrustTier tier) {
    ListRequest.Place after = null;
    Listing page;
    do {
      page = objects.list(ForgeKinds.RUNNER_POOL, namespace, after, PAGE, null);
      for (StoredObject stored : page.objects()) {
        after = new ListRequest.Place(stored.key().namespace(), stored.key().name());
        ApiObject pool = objects.read(ForgeKinds.RUNNER_POOL, stored);
        RunnerPool.Spec spec = spec(pool);
        if (!pool.isTerminating() && spec.trustTier() == tier && spec.takes(repository)) {
          return Optional.of(pool.name());
        }
      }
    } while (page.more());
    return Optional.empty();
  }

  private static RunnerPool.Spec spec(ApiObject pool) {
    return RecordCodec.read(RunnerPool.class, pool.json()).spec();
  }
}
