package ai.a5c.krate.core.forge;

import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.StoredObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The BranchProtections that bear on a branch, always as they are now.
 *
 * <p>Every write of a BranchProtection counts {@linkplain #counter a counter} of its namespace in
 * its own transaction. Asking reads that counter, and the objects only if it has moved since they
 * were compiled: so what was written before, on whichever replica, is honoured, at the price of one
 * row. If it cannot be read the asking fails, and with it what was to be decided. May be used from
 * many threads at once.
 */
public final class Protections {
  /** The most BranchProtections that a namespace may have. */
  public static final int MOST = 1_000;

  private static final int NAMESPACES = 1_024;
  private static final int PAGE = 500;

  private final Objects objects;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Compiled> byNamespace =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Compiled> eldest) {
          return size() > NAMESPACES;
        }
      };

  /** What a namespace had when its counter was at least here. */
  private record Compiled(long version, List<ProtectionRule> rules) {}

  public Protections(Objects objects) {
    this.objects = objects;
  }

  /** The counter that every write of a BranchProtection of the namespace moves. */
  public static String counter(String namespace) {
    return "protections/" + namespace;
  }

  /** What is asked of changes to a branch. */
  public Protection of(ApiObject repository, String branch) {
    return Protection.of(
        branch,
        rules(repository.namespace()).stream()
            .filter(rule -> rule.matches(repository.name(), branch))
            .toList());
  }

  /** How many BranchProtections a namespace has. */
  public int count(String namespace) {
    return rules(namespace).size();
  }

  /**
   * What a change bears on, if it is one of a BranchProtection: everything that it matched before,
   * and everything that it matches now.
   */
  public Optional<Concern> concern(Change change) {
    if (!(change instanceof Change.ObjectChanged changed)
        || !changed.object().key().resource().equals(ForgeKinds.BRANCH_PROTECTION.resource())) {
      return Optional.empty();
    }
    List<ProtectionRule> rules = new ArrayList<>();
    rules.add(read(changed.object()));
    StoredObject previous = changed.previous();
    if (previous != null) {
      rules.add(read(previous));
    }
    return Optional.of(new Concern(changed.object().key().namespace(), rules));
  }

  /** The branches that the change of a BranchProtection bears on. */
  public static final class Concern {
    private final String namespace;
    private final List<ProtectionRule> rules;

    private Concern(String namespace, List<ProtectionRule> rules) {
      this.namespace = namespace;
      this.rules = List.copyOf(rules);
    }

    /** The namespace in which it is. */
    public String namespace() {
      return namespace;
    }

    /** Whether it bears on this branch of the repository of that name. */
    public boolean isAbout(String repository, String branch) {
      return rules.stream().anyMatch(rule -> rule.matches(repository, branch));
    }
  }

  private List<ProtectionRule> rules(String namespace) {
    long version = objects.configuration().counter(counter(namespace));
    Compiled known = known(namespace);
    if (known != null && known.version() == version) {
      return known.rules();
    }
    // Read after the counter, so never older than it says.
    Compiled compiled = new Compiled(version, load(namespace));
    lock.lock();
    try {
      byNamespace.merge(namespace, compiled, (a, b) -> a.version() > b.version() ? a : b);
    } finally {
      lock.unlock();
    }
    return compiled.rules();
  }

  private @Nullable Compiled known(String namespace) {
    lock.lock();
    try {
      return byNamespace.get(namespace);
    } finally {
      lock.unlock();
    }
  }

  private List<ProtectionRule> load(String namespace) {
    List<ProtectionRule> rules = new ArrayList<>();
    ListRequest.Place after = null;
    Listing page;
    do {
      page = objects.list(ForgeKinds.BRANCH_PROTECTION, namespace, after, PAGE, null);
      for (StoredObject stored : page.objects()) {
        rules.add(read(stored));
        after = new ListRequest.Place(stored.key().namespace(), stored.key().name());
      }
    } while (page.more());
    return List.copyOf(rules);
  }

  private ProtectionRule read(StoredObject stored) {
    return ProtectionRule.of(objects.read(ForgeKinds.BRANCH_PROTECTION, stored));
  }
}
