package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.StoredObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds repositories by their uid, by which alone the log knows them. Remembers names and never
 * believes them; reads all of them when one is new. One thread's.
 */
final class RepositoryNames {
  private static final int MOST = 10_000;
  private static final int PAGE = 500;

  private final Objects objects;
  private final Map<Uid, ObjectName> names =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Uid, ObjectName> eldest) {
          return size() > MOST;
        }
      };

  RepositoryNames(Objects objects) {
    this.objects = objects;
  }

  /** The repository, unless it is gone or going away. */
  Optional<ApiObject> find(Uid repository) {
    Optional<ApiObject> known = known(repository);
    if (known.isPresent()) {
      return known;
    }
    ListRequest.Place after = null;
    Listing page;
    do {
      page = objects.list(ForgeKinds.REPOSITORY, null, after, PAGE, null);
      for (StoredObject stored : page.objects()) {
        after = new ListRequest.Place(stored.key().namespace(), stored.key().name());
        ApiObject found = objects.read(ForgeKinds.REPOSITORY, stored);
        names.put(found.uid(), new ObjectName(found.namespace(), found.name()));
        if (found.uid().equals(repository)) {
          return Optional.of(found).filter(r -> !r.isTerminating());
        }
      }
    } while (page.more());
    return Optional.empty();
  }

  private Optional<ApiObject> known(Uid repository) {
    ObjectName name = names.get(repository);
    return name == null
        ? Optional.empty()
        : objects
            .get(ForgeKinds.REPOSITORY, name.namespace(), name.name())
            .filter(found -> found.uid().equals(repository) && !found.isTerminating());
  }
}
