package ai.a5c.krate.core.permission;

import ai.a5c.krate.api.config.RepositoryPermission;
import ai.a5c.krate.api.config.RepositoryPermission.Permission;
import ai.a5c.krate.api.rbac.PolicyRule;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.controller.Reconciler;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.core.forge.Conditions;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Marks;
import ai.a5c.krate.core.forge.Projection;
import ai.a5c.krate.core.forge.Repositories;
import ai.a5c.krate.core.forge.RepositoryRules;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.Key;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps the Role and the RoleBinding of each RepositoryPermission, until it ends. */
final class PermissionReconciler implements Reconciler {
  static final String SUBJECT = Grants.PREFIX + "permissions";

  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofDays(1);

  private final Client client;
  private final Projection projection;
  private final Repositories repositories;
  private final OwnedConfiguration owned;
  private final InstantSource clock;
  private final Set<ObjectName> known = ConcurrentHashMap.newKeySet();

  PermissionReconciler(
      Client client, Repositories repositories, OwnedConfiguration owned, InstantSource clock) {
    this.client = client;
    this.projection = new Projection(client);
    this.repositories = repositories;
    this.owned = owned;
    this.clock = clock;
  }

  static List<Grants.Rule> grants() {
    List<Grants.Rule> rules = new ArrayList<>(Projection.grants());
    rules.add(Grants.Rule.of(ForgeKinds.REPOSITORY_PERMISSION.resource(), "get", "update"));
    rules.add(Grants.Rule.ofStatus(ForgeKinds.REPOSITORY_PERMISSION.resource()));
    rules.add(Grants.Rule.of(ForgeKinds.CLUSTER_ROLE.resource(), "get"));
    rules.add(Grants.Rule.of(ForgeKinds.REPOSITORY.resource(), "maintain"));
    return rules;
  }

  @Override
  public String name() {
    return "permissions";
  }

  @Override
  public Kind kind() {
    return ForgeKinds.REPOSITORY_PERMISSION;
  }

  /**
   * Its own changes; and those of what its rules are made of: its repository, the configuration
   * that speaks of it, the roles, and what was made of it, in case somebody else changes that.
   */
  @Override
  public List<ObjectName> affected(Change change) {
    if (!(change instanceof Change.ObjectChanged changed)) {
      return List.of();
    }
    Key<?> key = changed.object().key();
    if (key.resource().equals(kind().resource())) {
      List<ObjectName> names = new ArrayList<>(of(key.namespace()));
      names.add(new ObjectName(key.namespace(), key.name()));
      return names;
    }
    if (key.resource().equals(ForgeKinds.ROLE.resource())
        || key.resource().equals(ForgeKinds.ROLE_BINDING.resource())) {
      return PermissionNames.permission(key.name()).stream()
          .map(name -> new ObjectName(key.namespace(), name))
          .toList();
    }
    if (key.resource().equals(ForgeKinds.CLUSTER_ROLE.resource())) {
      return PermissionNames.isRole(key.name()) ? List.copyOf(known) : List.of();
    }
    boolean bears =
        key.resource().equals(ForgeKinds.REPOSITORY.resource()) || owned.isOf(key.resource());
    return bears ? of(key.namespace()) : List.of();
  }

  private List<ObjectName> of(String namespace) {
    return known.stream().filter(name -> name.namespace().equals(namespace)).toList();
  }

  @Override
  public Optional<Duration> reconcile(ObjectName name) {
    Optional<ApiObject> found = client.get(kind(), name.namespace(), name.name());
    String role = PermissionNames.projected(name.name());
    if (found.isEmpty()) {
      // Somebody may have taken the finalizer away.
      projection.remove(name.namespace(), role);
      known.remove(name);
      return Optional.empty();
    }
    ApiObject permission = found.get();
    if (permission.isTerminating()) {
      projection.remove(name.namespace(), role);
      known.remove(name);
      release(permission);
      return Optional.empty();
    }
    known.add(name);
    RepositoryPermission.Spec spec = spec(permission);
    Instant end = spec.expirationTime();
    if (end != null && !end.isAfter(clock.instant())) {
      projection.remove(name.namespace(), role);
      say(permission, false, "Expired", "it ended at " + end);
      return Optional.empty();
    }
    if (repositories.find(name.namespace(), spec.repository()).isEmpty()) {
      projection.remove(name.namespace(), role);
      say(permission, false, "RepositoryMissing", "there is no repository " + spec.repository());
      return Optional.empty();
    }
    Optional<ApiObject> whole =
        client.get(ForgeKinds.CLUSTER_ROLE, "", PermissionNames.role(spec.permission()));
    if (whole.isEmpty()) {
      projection.remove(name.namespace(), role);
      say(
          permission,
          false,
          "RoleMissing",
          PermissionNames.role(spec.permission()) + " is missing");
      return Optional.of(AGAIN);
    }
    projection.role(
        name.namespace(),
        role,
        rules(name.namespace(), spec, whole.get()),
        List.of(Projection.subject(spec.subject(), name.namespace())));
    say(permission, true, "Projected", "");
    return Optional.ofNullable(end).map(this::until);
  }

  /** Looks again within a day: a wall clock may be set, and no end is too far. */
  private Duration until(Instant end) {
    Instant now = clock.instant();
    if (!end.isAfter(now)) {
      return Duration.ZERO;
    }
    return end.isAfter(now.plus(LONGEST_WAIT)) ? LONGEST_WAIT : Duration.between(now, end);
  }

  private List<PolicyRule> rules(String namespace, RepositoryPermission.Spec spec, ApiObject role) {
    boolean owns = Set.of(Permission.MAINTAIN, Permission.ADMIN).contains(spec.permission());
    Map<Kind, List<String>> names = owns ? owned.of(namespace, spec.repository()) : Map.of();
    return new RepositoryRules(spec.repository(), names).narrow(PermissionNames.rules(role));
  }

  private void say(ApiObject permission, boolean projected, String reason, String message) {
    client.updateStatus(
        kind(),
        permission.namespace(),
        permission.name(),
        current ->
            Conditions.set(current, "Projected", projected, reason, message, clock.instant()));
  }

  private void release(ApiObject permission) {
    if (permission.finalizers().contains(Marks.FINALIZER)) {
      client.update(
          kind(),
          permission.namespace(),
          permission.name(),
          current -> current.withoutFinalizer(Marks.FINALIZER));
    }
  }

  private static RepositoryPermission.Spec spec(ApiObject permission) {
    return RecordCodec.read(RepositoryPermission.class, permission.json()).spec();
  }
}
