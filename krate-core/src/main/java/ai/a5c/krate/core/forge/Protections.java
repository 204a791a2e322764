package ai.a5c.krate.core.forge;

import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Step;
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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The BranchProtections that bear on a branch, always as they are now.
 *
 * <p>Every change of what a BranchProtection asks counts {@linkplain #counter a counter} of its
 * namespace in its own transaction. Asking reads that counter, and the objects only if it has moved
 * since they were compiled: so what was written before, on whichever replica, is honoured, at the
 * price of one row. If it cannot be read the asking fails, and with it what was to be decided. May
 * be used from many threads at once.
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

  /** The counter that every change of what a BranchProtection of the namespace asks moves. */
  public static String counter(String namespace) {
    return "protections/" + namespace;
  }

  /** Where the counter of the namespace is: what is asked after this is not older. */
  public long version(String namespace) {
    return objects.configuration().counter(counter(namespace));
  }

  /** What is asked now of changes to a branch. */
  public Protection of(ApiObject repository, String branch) {
    return of(repository).apply(branch);
  }

  /** What is asked now of changes to each branch of a repository; read once for all of them. */
  public Function<String, Protection> of(ApiObject repository) {
    return read(repository)::of;
  }

  /**
   * Reads what is asked of changes to a repository's branches, for somebody who wants to commit by
   * it.
   */
  public Reading read(ApiObject repository) {
    Compiled compiled = compiled(repository.namespace());
    return new Reading(
        compiled.rules().stream().filter(rule -> rule.isAbout(repository.name())).toList(),
        new Step.RequireCount(counter(repository.namespace()), compiled.version()));
  }

  /** What was asked of changes to a repository's branches when it was read. */
  public static final class Reading {
    private final List<ProtectionRule> rules;
    private final Step.RequireCount still;

    private Reading(List<ProtectionRule> rules, Step.RequireCount still) {
      this.rules = rules;
      this.still = still;
    }

    /** What was asked of changes to a branch. */
    public Protection of(String branch) {
      return Protection.of(
          branch, rules.stream().filter(rule -> rule.isAboutBranch(branch)).toList());
    }

    /** Lets a transaction depend on nothing else being asked when it is committed. */
    public Step.RequireCount still() {
      return still;
    }
  }

  /** How many BranchProtections a namespace has. */
  public int count(String namespace) {
    return compiled(namespace).rules().size();
  }

  /**
   * What a change bears on, if it is one of what a BranchProtection asks: everything that it
   * matched before, and everything that it matches now.
   */
  public Optional<Concern> concern(Change change) {
    if (!(change instanceof Change.ObjectChanged changed)
        || !changed.object().key().resource().equals(ForgeKinds.BRANCH_PROTECTION.resource())) {
      return Optional.empty();
    }
    ProtectionRule now = read(changed.object());
    StoredObject previous = changed.previous();
    if (previous == null || changed.type() == Change.Type.DELETED) {
      return Optional.of(new Concern(changed.object().key().namespace(), List.of(now)));
    }
    ProtectionRule before = read(previous);
    return before.spec().equals(now.spec())
        ? Optional.empty()
        : Optional.of(new Concern(changed.object().key().namespace(), List.of(before, now)));
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
      return rules.stream()
          .anyMatch(rule -> rule.isAbout(repository) && rule.isAboutBranch(branch));
    }
  }

  private Compiled compiled(String namespace) {
    long version = version(namespace);
    Compiled known = known(namespace);
    if (known != null && known.version() == version) {
      return known;
    }
    // Read after the counter, so never older than it says.
    Compiled compiled = new Compiled(version, load(namespace));
    lock.lock();
    try {
      byNamespace.merge(namespace, compiled, (a, b) -> a.version() > b.version() ? a : b);
    } finally {
      lock.unlock();
    }
    return compiled;
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
