package ai.a5c.krate.core.access;

import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.rbac.ClusterRole;
import ai.a5c.krate.apiserver.authz.rbac.RbacIndex;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.kind.SchemaValidation;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.core.forge.Escalation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Roles and cluster roles: nobody writes a rule into one that he does not hold. */
final class RoleStrategy implements Strategy {
  private static final List<String> UPKEEP =
      List.of(
          "finalizers",
          "ownerReferences",
          "managedFields",
          "resourceVersion",
          "generation",
          "deletionTimestamp",
          "deletionGracePeriodSeconds");

  private final Escalation escalation;
  private final RbacIndex index;

  RoleStrategy(Escalation escalation, RbacIndex index) {
    this.escalation = escalation;
    this.index = index;
  }

  @Override
  public List<Claim> claims(WriteContext context, @Nullable ApiObject old, ApiObject object) {
    // What has not the form of a role is refused for that, before it is stored.
    if (isUpkeep(old, object) || !errors(context.kind(), object).isEmpty()) {
      return List.of();
    }
    ClusterRole role = role(object);
    escalation.checkRole(
        context,
        old == null ? "" : old.name(),
        object.name(),
        role.rules(),
        isAggregated(object) || (old != null && isAggregated(old)));
    return List.of();
  }

  @Override
  public List<FieldError> validate(
      WriteContext context, @Nullable ApiObject old, ApiObject object) {
    return errors(context.kind(), object);
  }

  @Override
  public void written(ApiObject object) {
    index.written(object.revision());
  }

  /** Whether nothing but what garbage collection writes differs. */
  static boolean isUpkeep(@Nullable ApiObject old, ApiObject object) {
    return old != null && substance(old).equals(substance(object));
  }

  private static ApiObject substance(ApiObject object) {
    ApiObject substance = object;
    for (String member : UPKEEP) {
      substance = substance.with(null, "metadata", member);
    }
    return substance;
  }

  private static boolean isAggregated(ApiObject object) {
    return object.at("aggregationRule").isPresent();
  }

  /** A Role is a ClusterRole without aggregation. */
  private static ClusterRole role(ApiObject object) {
    return RecordCodec.read(ClusterRole.class, object.json());
  }

  private static List<FieldError> errors(Kind kind, ApiObject object) {
    List<FieldError> malformed = SchemaValidation.errors(kind, object.json());
    if (!malformed.isEmpty()) {
      return malformed;
    }
    ClusterRole role = role(object);
    RbacForm form = new RbacForm().rules(role.rules(), kind.namespaced());
    return isAggregated(object) ? form.aggregation(role.aggregationRule()).errors() : form.errors();
  }
}
