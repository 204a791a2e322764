package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.config.SubjectRef;
import ai.a5c.krate.api.rbac.PolicyRule;
import ai.a5c.krate.api.rbac.RbacGroup;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Client;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps Roles and RoleBindings as another object says: that object is what people write, and these
 * are what is decided by. May be used from many threads at once.
 */
public final class Projection {
  private final Client client;

  /** Writes as the subject of the client, which needs {@link #grants}. */
  public Projection(Client client) {
    this.client = client;
  }

  /** What the subject of a projection must be allowed. */
  public static List<Grants.Rule> grants() {
    Set<String> roles = Set.of("get", "create", "update", "delete", "escalate");
    Set<String> bindings = Set.of("get", "create", "update", "delete");
    return List.of(
        new Grants.Rule(roles, ForgeKinds.ROLE.resource(), ""),
        new Grants.Rule(bindings, ForgeKinds.ROLE_BINDING.resource(), ""),
        Grants.Rule.of(ForgeKinds.ROLE.resource(), "bind"),
        Grants.Rule.of(ForgeKinds.CLUSTER_ROLE.resource(), "bind"));
  }

  /** A Role of these rules, and its binding to the subjects. */
  public void role(
      String namespace, String name, List<PolicyRule> rules, List<JsonValue> subjects) {
    JsonArray written = JsonTree.array(rules.stream().map(RecordCodec::write).toList());
    // Whom it does not name any more must not hold the new rules for a moment.
    client
        .get(ForgeKinds.ROLE_BINDING, namespace, name)
        .filter(binding -> !isOf(binding, subjects))
        .ifPresent(binding -> client.delete(ForgeKinds.ROLE_BINDING, binding));
    put(ForgeKinds.ROLE, object(ForgeKinds.ROLE, namespace, name).with(written, "rules"));
    bind(namespace, name, "Role", name, subjects);
  }

  /** A binding of a ClusterRole to the subjects; none at all if there are no subjects. */
  public void clusterRole(String namespace, String name, String role, List<JsonValue> subjects) {
    if (subjects.isEmpty()) {
      remove(ForgeKinds.ROLE_BINDING, namespace, name);
    } else {
      bind(namespace, name, "ClusterRole", role, subjects);
    }
  }

  /** Takes both away: first what gives the role, then the role. */
  public void remove(String namespace, String name) {
    remove(ForgeKinds.ROLE_BINDING, namespace, name);
    remove(ForgeKinds.ROLE, namespace, name);
  }

  /**
   * The subject as RBAC names it.
   *
   * @param namespace of the object that names it
   */
  public static JsonValue subject(SubjectRef ref, String namespace) {
    return switch (ref.kind()) {
      case USER -> subject("User", ref.name());
      case GROUP -> subject("Group", ref.name());
      case SERVICE_ACCOUNT ->
          Json.object()
              .add("kind", "ServiceAccount")
              .add("name", ref.name())
              .add("namespace", ref.namespace().isEmpty() ? namespace : ref.namespace())
              .build();
    };
  }

  /** A user or group as RBAC names it. */
  public static JsonObject subject(String kind, String name) {
    return Json.object()
        .add("kind", kind)
        .add("apiGroup", RbacGroup.NAME)
        .add("name", name)
        .build();
  }

  private void bind(
      String namespace, String name, String kind, String role, List<JsonValue> subjects) {
    JsonObject ref =
        Json.object().add("apiGroup", RbacGroup.NAME).add("kind", kind).add("name", role).build();
    Optional<ApiObject> found = client.get(ForgeKinds.ROLE_BINDING, namespace, name);
    if (found.isPresent() && !found.get().at("roleRef").equals(Optional.of(ref))) {
      // What a binding gives cannot be changed.
      client.delete(ForgeKinds.ROLE_BINDING, found.get());
    }
    put(
        ForgeKinds.ROLE_BINDING,
        object(ForgeKinds.ROLE_BINDING, namespace, name)
            .with(JsonTree.array(subjects), "subjects")
            .with(ref, "roleRef"));
  }

  private static boolean isOf(ApiObject binding, List<JsonValue> subjects) {
    return binding.at("subjects").equals(Optional.of(JsonTree.array(subjects)));
  }

  private void put(Kind kind, ApiObject wanted) {
    Optional<ApiObject> found = client.get(kind, wanted.namespace(), wanted.name());
    if (found.isEmpty()) {
      client.create(kind, wanted);
      return;
    }
    client.update(
        kind,
        wanted.namespace(),
        wanted.name(),
        current -> {
          ApiObject changed = current.withLabel(Marks.MANAGED_BY, Marks.MANAGER);
          for (String member : List.of("rules", "subjects", "roleRef")) {
            changed = changed.with(wanted.json().get(member), member);
          }
          return changed;
        });
  }

  private void remove(Kind kind, String namespace, String name) {
    client
        .get(kind, namespace, name)
        .filter(found -> Marks.MANAGER.equals(found.labels().get(Marks.MANAGED_BY)))
        .ifPresent(found -> client.delete(kind, found));
  }

  private static ApiObject object(Kind kind, String namespace, String name) {
    return new ApiObject(
        Json.object()
            .add("apiVersion", kind.apiVersion())
            .add("kind", kind.name())
            .add(
                "metadata",
                Json.object()
                    .add("name", name)
                    .add("namespace", namespace)
                    .add("labels", Json.object().add(Marks.MANAGED_BY, Marks.MANAGER)))
            .build());
  }
}
