package ai.a5c.krate.core.access;

import ai.a5c.krate.api.problem.ApiException;
import ai.a5c.krate.api.rbac.ClusterRole;
import ai.a5c.krate.api.rbac.ClusterRoleBinding;
import ai.a5c.krate.api.rbac.PolicyRule;
import ai.a5c.krate.api.rbac.RbacGroup;
import ai.a5c.krate.api.rbac.RoleRef;
import ai.a5c.krate.api.rbac.RoleSubject;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.authz.rbac.Coverage;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.apiserver.request.Written;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.spi.storage.OutcomeUnknownException;
import ai.a5c.krate.spi.storage.StoreUnavailableException;
import jakarta.json.JsonObject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Sees to it, once at each start, that the default roles and bindings are there: what is missing is
 * created, and a role that lost a rule or a binding that lost a subject gets it back. What was
 * added to them stays, and what is annotated with {@code
 * rbac.authorization.kubernetes.io/autoupdate: "false"} is left as it is.
 */
final class DefaultRoles {
  static final String SUBJECT = Grants.PREFIX + "default-roles";

  private static final Logger LOG = System.getLogger(DefaultRoles.class.getName());
  private static final String AUTOUPDATE = "rbac.authorization.kubernetes.io/autoupdate";
  private static final String BOOTSTRAPPING = "kubernetes.io/bootstrapping";
  private static final String DEFAULTS = "rbac-defaults";

  private final Client client;
  private final RoleCatalogue catalogue;

  DefaultRoles(Client client, RoleCatalogue catalogue) {
    this.client = client;
    this.catalogue = catalogue;
  }

  static List<Grants.Rule> grants() {
    return List.of(
        Grants.Rule.of(
            ForgeKinds.CLUSTER_ROLE.resource(), "get", "create", "update", "escalate", "bind"),
        Grants.Rule.of(
            ForgeKinds.CLUSTER_ROLE_BINDING.resource(), "get", "create", "update", "delete"));
  }

  /** Does it now; if the store cannot be reached, again and again until it is done or closed. */
  AutoCloseable start() {
    if (isDone()) {
      return () -> {};
    }
    Thread thread = Thread.ofVirtual().name("default-roles").start(this::retry);
    return () -> {
      thread.interrupt();
      thread.join();
    };
  }

  private void retry() {
    do {
      try {
        TimeUnit.SECONDS.sleep(1);
      } catch (InterruptedException e) {
        return;
      }
    } while (!isDone() && !Thread.currentThread().isInterrupted());
  }

  private boolean isDone() {
    try {
      catalogue.roles().forEach((name, rules) -> attempt(name, () -> role(name, rules)));
      catalogue
          .bindings()
          .forEach((role, groups) -> attempt(role, () -> binding(role, role, groups)));
      catalogue.groups().forEach((group, role) -> attempt(group, () -> group(group, role)));
      return true;
    } catch (StoreUnavailableException | OutcomeUnknownException e) {
      LOG.log(Level.WARNING, "the default roles cannot be written yet: {0}", e.getMessage());
      return false;
    }
  }

  /** One that cannot be looked after does not keep the others from it. */
  private static void attempt(String name, Runnable work) {
    try {
      work.run();
    } catch (ApiException e) {
      LOG.log(Level.WARNING, "{0} stays as it is: {1}", name, e.problem());
    }
  }

  private void role(String name, List<PolicyRule> rules) {
    Kind kind = ForgeKinds.CLUSTER_ROLE;
    ClusterRole role = new ClusterRole(rules, new ClusterRole.AggregationRule(List.of()));
    Optional<ApiObject> found = client.get(kind, "", name);
    if (found.isEmpty()) {
      create(kind, name, RecordCodec.write(role));
    } else if (isOurs(found.get()) && !missing(found.get(), rules).isEmpty()) {
      Written unused =
          client.update(
              kind, "", name, current -> isOurs(current) ? withRules(current, rules) : current);
    }
  }

  private static List<PolicyRule> missing(ApiObject role, List<PolicyRule> rules) {
    return Coverage.missing(RecordCodec.read(ClusterRole.class, role.json()).rules(), rules);
  }

  private static ApiObject withRules(ApiObject role, List<PolicyRule> rules) {
    var all = Json.array();
    RecordCodec.read(ClusterRole.class, role.json())
        .rules()
        .forEach(rule -> all.add(RecordCodec.write(rule)));
    missing(role, rules).forEach(rule -> all.add(RecordCodec.write(rule)));
    return role.with(all.build(), "rules");
  }

  private void group(String group, String role) {
    if (catalogue.grouped()) {
      binding(group, role, List.of(group));
      return;
    }
    Kind kind = ForgeKinds.CLUSTER_ROLE_BINDING;
    client
        .get(kind, "", group)
        .filter(DefaultRoles::isOurs)
        .ifPresent(
            binding -> {
              Written unused = client.delete(kind, binding);
            });
  }

  private void binding(String name, String role, List<String> groups) {
    Kind kind = ForgeKinds.CLUSTER_ROLE_BINDING;
    Optional<ApiObject> found = client.get(kind, "", name);
    if (found.isEmpty()) {
      create(kind, name, RecordCodec.write(binding(role, groups)));
    } else if (isOurs(found.get()) && !withGroups(found.get(), groups).equals(found.get())) {
      Written unused =
          client.update(
              kind, "", name, current -> isOurs(current) ? withGroups(current, groups) : current);
    }
  }

  private static ClusterRoleBinding binding(String role, List<String> groups) {
    return new ClusterRoleBinding(
        groups.stream().map(DefaultRoles::subject).toList(),
        new RoleRef(RbacGroup.NAME, ForgeKinds.CLUSTER_ROLE.name(), role));
  }

  private static RoleSubject subject(String name) {
    return new RoleSubject("Group", RbacGroup.NAME, name, "");
  }

  private static ApiObject withGroups(ApiObject binding, List<String> groups) {
    List<RoleSubject> subjects =
        new ArrayList<>(RecordCodec.read(ClusterRoleBinding.class, binding.json()).subjects());
    var all = Json.array();
    groups.stream()
        .map(DefaultRoles::subject)
        .filter(subject -> !subjects.contains(subject))
        .forEach(subjects::add);
    subjects.forEach(subject -> all.add(RecordCodec.write(subject)));
    return binding.with(all.build(), "subjects");
  }

  /** Whether the server looks after it: it made it, and nobody has asked it not to. */
  private static boolean isOurs(ApiObject object) {
    return DEFAULTS.equals(object.labels().get(BOOTSTRAPPING))
        && !object.text("metadata", "annotations", AUTOUPDATE).equals("false");
  }

  private void create(Kind kind, String name, JsonObject content) {
    JsonObject object =
        Json.object(content)
            .add("apiVersion", kind.apiVersion())
            .add("kind", kind.name())
            .add(
                "metadata",
                Json.object()
                    .add("name", name)
                    .add("labels", Json.object().add(BOOTSTRAPPING, DEFAULTS))
                    .add("annotations", Json.object().add(AUTOUPDATE, "true")))
            .build();
    // Another server that starts, too, may be first.
    Optional<Written> unused = client.createIfAbsent(kind, new ApiObject(object));
  }
}
