package ai.a5c.krate.core.access;

import ai.a5c.krate.api.core.LabelSelector;
import ai.a5c.krate.api.rbac.ClusterRole;
import ai.a5c.krate.api.rbac.PolicyRule;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.controller.ObjectName;
import ai.a5c.krate.apiserver.controller.Reconciler;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.request.Client;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.Listing;
import ai.a5c.krate.spi.storage.StoredObject;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Gathers into aggregated cluster roles the rules of the roles that they select by labels. */
final class AggregationReconciler implements Reconciler {
  static final String SUBJECT = Grants.PREFIX + "role-aggregation";

  private static final int PAGE = 500;

  /** Any change of a cluster role may concern any aggregated one; no role is called so. */
  private static final ObjectName ALL = new ObjectName("", "");

  private final Objects objects;
  private final Client client;

  AggregationReconciler(Objects objects, Client client) {
    this.objects = objects;
    this.client = client;
  }

  static List<Grants.Rule> grants() {
    return List.of(Grants.Rule.of(ForgeKinds.CLUSTER_ROLE.resource(), "get", "update", "escalate"));
  }

  @Override
  public String name() {
    return "role-aggregation";
  }

  @Override
  public Kind kind() {
    return ForgeKinds.CLUSTER_ROLE;
  }

  @Override
  public List<ObjectName> affected(Change change) {
    return change instanceof Change.ObjectChanged changed
            && changed.object().key().resource().equals(kind().resource())
        ? List.of(ALL)
        : List.of();
  }

  /** Of single names, which come at the start, only the aggregated ones are worth a look. */
  @Override
  public Optional<Duration> reconcile(ObjectName name) {
    if (!name.equals(ALL)) {
      boolean aggregated =
          objects
              .get(kind(), "", name.name())
              .filter(AggregationReconciler::aggregates)
              .isPresent();
      if (!aggregated) {
        return Optional.empty();
      }
    }
    List<ApiObject> roles = roles();
    for (ApiObject role : roles) {
      if (aggregates(role) && !role.isTerminating()) {
        gather(role, roles);
      }
    }
    return Optional.empty();
  }

  private void gather(ApiObject role, List<ApiObject> roles) {
    Set<PolicyRule> wanted = new LinkedHashSet<>();
    for (LabelSelector selector : read(role).aggregationRule().clusterRoleSelectors()) {
      for (ApiObject other : roles) {
        if (!other.name().equals(role.name()) && matches(selector, other.labels())) {
          wanted.addAll(read(other).rules());
        }
      }
    }
    if (wanted.equals(new HashSet<>(read(role).rules()))) {
      return;
    }
    JsonArray rules = array(wanted);
    var unused =
        client.update(
            kind(),
            "",
            role.name(),
            current -> aggregates(current) ? current.with(rules, "rules") : current);
  }

  private List<ApiObject> roles() {
    List<ApiObject> roles = new ArrayList<>();
    ListRequest.Place after = null;
    Listing page;
    do {
      page = objects.list(kind(), null, after, PAGE, null);
      for (StoredObject stored : page.objects()) {
        roles.add(objects.read(kind(), stored));
        after = new ListRequest.Place(stored.key().namespace(), stored.key().name());
      }
    } while (page.more());
    return roles;
  }

  private static boolean aggregates(ApiObject role) {
    return role.at("aggregationRule").isPresent();
  }

  private static ClusterRole read(ApiObject role) {
    return RecordCodec.read(ClusterRole.class, role.json());
  }

  private static JsonArray array(Set<PolicyRule> rules) {
    JsonArrayBuilder array = Json.array();
    rules.forEach(rule -> array.add(RecordCodec.write(rule)));
    return array.build();
  }

  private static boolean matches(LabelSelector selector, Map<String, String> labels) {
    return selector.matchLabels().entrySet().stream()
            .allMatch(e -> e.getValue().equals(labels.get(e.getKey())))
        && selector.matchExpressions().stream().allMatch(r -> meets(r, labels.get(r.key())));
  }

  private static boolean meets(LabelSelector.Requirement requirement, @Nullable String value) {
    return switch (requirement.operator()) {
      case "In" -> value != null && requirement.values().contains(value);
      case "NotIn" -> value == null || !requirement.values().contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      default -> false;
    };
  }
}
