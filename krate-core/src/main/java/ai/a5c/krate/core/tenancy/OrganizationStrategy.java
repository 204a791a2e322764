package ai.a5c.krate.core.tenancy;

import ai.a5c.krate.api.config.Organization;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.kind.SchemaValidation;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import ai.a5c.krate.core.forge.Escalation;
import ai.a5c.krate.core.forge.Marks;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Organizations own a namespace each, and wait for their repositories before they go. */
final class OrganizationStrategy implements Strategy {
  private static final int LONGEST_NAME = 53;
  private static final String PREFIX = "krate-org-";
  private static final Set<String> RESERVED = Set.of("default", Marks.SYSTEM_NAMESPACE);

  private final Escalation escalation;

  OrganizationStrategy(Escalation escalation) {
    this.escalation = escalation;
  }

  /** Nobody gives in the organization's namespace what he could not give there himself. */
  @Override
  public List<Claim> claims(WriteContext context, @Nullable ApiObject old, ApiObject object) {
    boolean gives = !context.onStatus() && (old == null || !given(old).equals(given(object)));
    if (gives && SchemaValidation.errors(context.kind(), object.json()).isEmpty()) {
      var spec = RecordCodec.read(Organization.class, object.json()).spec();
      for (String role : OrganizationAccess.roles(spec)) {
        escalation.checkGrant(
            context, object.name(), object.text("spec", "namespace"), role, rules -> rules);
      }
    }
    return List.of();
  }

  private static List<Optional<JsonValue>> given(ApiObject object) {
    return List.of(
        object.at("spec", "namespace"), object.at("spec", "owners"), object.at("spec", "grants"));
  }

  @Override
  public ApiObject prepareCreate(WriteContext context, ApiObject object) {
    ApiObject owned = object;
    if (object.text("spec", "namespace").isEmpty() && !object.name().isEmpty()) {
      owned = object.withText(PREFIX + object.name(), "spec", "namespace");
    }
    return owned.withFinalizer(Marks.FINALIZER);
  }

  /** An update that does not speak of the namespace keeps it: the server filled it in. */
  @Override
  public ApiObject prepareUpdate(WriteContext context, ApiObject old, ApiObject object) {
    return object.text("spec", "namespace").isEmpty()
        ? object.withText(old.text("spec", "namespace"), "spec", "namespace")
        : object;
  }

  @Override
  public List<FieldError> validate(
      WriteContext context, @Nullable ApiObject old, ApiObject object) {
    List<FieldError> errors = new ArrayList<>();
    if (object.name().isEmpty()) {
      errors.add(
          FieldError.required("metadata.name", "an organization is called by a name of its own"));
    } else if (object.name().length() > LONGEST_NAME || object.name().contains(".")) {
      errors.add(
          FieldError.invalid(
              "metadata.name",
              object.name(),
              "must be a DNS label of no more than " + LONGEST_NAME + " characters"));
    }
    String namespace = object.text("spec", "namespace");
    if (namespace.startsWith("kube-") || RESERVED.contains(namespace)) {
      errors.add(FieldError.invalid("spec.namespace", namespace, "this namespace is reserved"));
    }
    return errors;
  }
}
