package ai.a5c.krate.core.permission;

import ai.a5c.krate.api.Subject;
import ai.a5c.krate.api.config.RepositoryPermission.Permission;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.controller.Reconciler;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Projection;
import ai.a5c.krate.core.forge.RepositoryRules;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.Key;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Lets everybody read what is Public, and everybody who is authenticated what is Internal. */
final class VisibilityReconciler implements Reconciler {
  static final String SUBJECT = Grants.PREFIX + "visibility";

  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final Client client;
  private final Projection projection;
  private final Set<ObjectName> visible = ConcurrentHashMap.newKeySet();

  VisibilityReconciler(Client client) {
    this.client = client;
    this.projection = new Projection(client);
  }

  static List<Grants.Rule> grants() {
    List<Grants.Rule> rules = new ArrayList<>(Projection.grants());
    rules.add(Grants.Rule.of(ForgeKinds.REPOSITORY.resource(), "get"));
    rules.add(Grants.Rule.of(ForgeKinds.CLUSTER_ROLE.resource(), "get"));
    return rules;
  }

  @Override
  public String name() {
    return "visibility";
  }

  @Override
  public Kind kind() {
    return ForgeKinds.REPOSITORY;
  }

  /** Its own changes, those of what was made of it, and of the role that readers have. */
  @Override
  public List<ObjectName> affected(Change change) {
    if (!(change instanceof Change.ObjectChanged changed)) {
      return List.of();
    }
    Key<?> key = changed.object().key();
    if (key.resource().equals(kind().resource())) {
      return List.of(new ObjectName(key.namespace(), key.name()));
    }
    if (key.resource().equals(ForgeKinds.ROLE.resource())
        || key.resource().equals(ForgeKinds.ROLE_BINDING.resource())) {
      return PermissionNames.repository(key.name()).stream()
          .map(name -> new ObjectName(key.namespace(), name))
          .toList();
    }
    boolean readers =
        key.resource().equals(ForgeKinds.CLUSTER_ROLE.resource())
            && key.name().equals(PermissionNames.role(Permission.READ));
    return readers ? List.copyOf(visible) : List.of();
  }

  @Override
  public Optional<Duration> reconcile(ObjectName name) {
    Optional<ApiObject> found = client.get(kind(), name.namespace(), name.name());
    List<JsonValue> readers =
        found
            .filter(repository -> !repository.isTerminating())
            .map(repository -> readers(repository.text("spec", "visibility")))
            .orElse(List.of());
    String role = PermissionNames.visible(name.name());
    if (readers.isEmpty()) {
      visible.remove(name);
      projection.remove(name.namespace(), role);
      return Optional.empty();
    }
    visible.add(name);
    Optional<ApiObject> whole =
        client.get(ForgeKinds.CLUSTER_ROLE, "", PermissionNames.role(Permission.READ));
    if (whole.isEmpty()) {
      projection.remove(name.namespace(), role);
      return Optional.of(AGAIN);
    }
    projection.role(
        name.namespace(),
        role,
        new RepositoryRules(name.name(), Map.of()).narrow(PermissionNames.rules(whole.get())),
        readers);
    return Optional.empty();
  }

  private static List<JsonValue> readers(String visibility) {
    return switch (visibility) {
      case "Public" ->
          List.of(
              Projection.subject("Group", Subject.AUTHENTICATED),
              Projection.subject("Group", "system:unauthenticated"));
      case "Internal" -> List.of(Projection.subject("Group", Subject.AUTHENTICATED));
      default -> List.of();
    };
  }
}
