package ai.a5c.krate.core.protection;

import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.controller.Reconciler;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.core.forge.Conditions;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.spi.storage.Change;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Says of each BranchProtection whether the repositories that it names are there: a wrong name
 * would protect nothing, and nobody would notice.
 */
final class ProtectionReconciler implements Reconciler {
  static final String SUBJECT = Grants.PREFIX + "protections";

  private final Client client;
  private final InstantSource clock;

  /** The protections that name a repository, there or not. */
  private final Map<ObjectName, Set<ObjectName>> naming = new ConcurrentHashMap<>();

  ProtectionReconciler(Client client, InstantSource clock) {
    this.client = client;
    this.clock = clock;
  }

  static List<Grants.Rule> grants() {
    return List.of(
        Grants.Rule.of(ForgeKinds.BRANCH_PROTECTION.resource(), "get"),
        Grants.Rule.ofStatus(ForgeKinds.BRANCH_PROTECTION.resource()),
        Grants.Rule.of(ForgeKinds.REPOSITORY.resource(), "get"));
  }

  @Override
  public String name() {
    return "protections";
  }

  @Override
  public Kind kind() {
    return ForgeKinds.BRANCH_PROTECTION;
  }

  /** Its own changes, and the coming and going of the repositories that it names. */
  @Override
  public List<ObjectName> affected(Change change) {
    if (!(change instanceof Change.ObjectChanged changed)) {
      return List.of();
    }
    var name = new ObjectName(changed.object().key().namespace(), changed.object().key().name());
    if (changed.object().key().resource().equals(kind().resource())) {
      return List.of(name);
    }
    return changed.object().key().resource().equals(ForgeKinds.REPOSITORY.resource())
            && changed.type() != Change.Type.UPDATED
        ? List.copyOf(naming.getOrDefault(name, Set.of()))
        : List.of();
  }

  @Override
  public Optional<Duration> reconcile(ObjectName name) {
    Optional<ApiObject> found = client.get(kind(), name.namespace(), name.name());
    Set<String> named = new TreeSet<>();
    found.ifPresent(o -> named.addAll(JsonTree.textsAt(o.json(), "spec", "repositories")));
    named.remove("*");
    remember(name, named);
    Set<String> missing = new TreeSet<>();
    for (String repository : named) {
      if (client.get(ForgeKinds.REPOSITORY, name.namespace(), repository).isEmpty()) {
        missing.add(repository);
      }
    }
    if (found.isPresent()) {
      client.updateStatus(
          kind(),
          name.namespace(),
          name.name(),
          current ->
              current.generation() == found.get().generation() ? on(current, missing) : current);
    }
    return Optional.empty();
  }

  /** Before looking for the repositories, so that none comes or goes unnoticed in between. */
  private void remember(ObjectName protection, Set<String> named) {
    for (ObjectName repository : naming.keySet()) {
      if (repository.namespace().equals(protection.namespace())
          && !named.contains(repository.name())) {
        naming.computeIfPresent(repository, (r, names) -> without(names, protection));
      }
    }
    for (String repository : named) {
      naming.merge(
          new ObjectName(protection.namespace(), repository),
          Set.of(protection),
          ProtectionReconciler::both);
    }
  }

  private static Set<ObjectName> both(Set<ObjectName> some, Set<ObjectName> others) {
    Set<ObjectName> all = new HashSet<>(some);
    all.addAll(others);
    return Set.copyOf(all);
  }

  private static @Nullable Set<ObjectName> without(Set<ObjectName> names, ObjectName name) {
    Set<ObjectName> rest = new HashSet<>(names);
    rest.remove(name);
    return rest.isEmpty() ? null : Set.copyOf(rest);
  }

  private ApiObject on(ApiObject protection, Set<String> missing) {
    return Conditions.set(
        protection,
        "Ready",
        missing.isEmpty(),
        missing.isEmpty() ? "InForce" : "RepositoryMissing",
        missing.isEmpty() ? "" : "there is no repository " + String.join(", ", missing),
        clock.instant());
  }
}
