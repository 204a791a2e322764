package ai.a5c.krate.core.access;

import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.rbac.RbacGroup;
import ai.a5c.krate.api.rbac.RoleBinding;
import ai.a5c.krate.apiserver.authz.rbac.RbacIndex;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.kind.SchemaValidation;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.core.forge.Escalation;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bindings and cluster bindings: nobody gives a role with a rule that he does not hold. */
final class BindingStrategy implements Strategy {
  private final Escalation escalation;
  private final RbacIndex index;

  BindingStrategy(Escalation escalation, RbacIndex index) {
    this.escalation = escalation;
    this.index = index;
  }

  @Override
  public ApiObject prepareCreate(WriteContext context, ApiObject object) {
    return completed(object);
  }

  @Override
  public ApiObject prepareUpdate(WriteContext context, ApiObject old, ApiObject object) {
    return completed(object);
  }

  @Override
  public List<Claim> claims(WriteContext context, @Nullable ApiObject old, ApiObject object) {
    // What has not the form of a binding is refused for that, before it is stored.
    if (!RoleStrategy.isUpkeep(old, object) && errors(context.kind(), object).isEmpty()) {
      escalation.checkBinding(context, object.name(), binding(object).roleRef());
    }
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

  /** Users and groups are of the group of roles unless the binding says another. */
  private static ApiObject completed(ApiObject object) {
    if (!(object.json().get("subjects") instanceof JsonArray subjects)) {
      return object;
    }
    var completed = Json.array();
    for (JsonValue subject : subjects) {
      completed.add(subject instanceof JsonObject members ? completed(members) : subject);
    }
    return object.with(completed.build(), "subjects");
  }

  private static JsonObject completed(JsonObject subject) {
    String kind = new ApiObject(subject).text("kind");
    boolean grouped = kind.equals("User") || kind.equals("Group");
    return grouped && new ApiObject(subject).text("apiGroup").isEmpty()
        ? Json.object(subject).add("apiGroup", RbacGroup.NAME).build()
        : subject;
  }

  /** A ClusterRoleBinding has the members of a RoleBinding. */
  private static RoleBinding binding(ApiObject object) {
    return RecordCodec.read(RoleBinding.class, object.json());
  }

  private static List<FieldError> errors(Kind kind, ApiObject object) {
    List<FieldError> malformed = SchemaValidation.errors(kind, object.json());
    if (!malformed.isEmpty()) {
      return malformed;
    }
    RoleBinding binding = binding(object);
    return new RbacForm()
        .reference(binding.roleRef(), kind.namespaced())
        .subjects(binding.subjects(), kind.namespaced())
        .errors();
  }
}
