package ai.a5c.krate.apiserver.policy;

import ai.a5c.krate.api.admission.MatchResources;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicy.ParamKind;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicyBinding;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicyBinding.ParamRef;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicyBinding.ValidationAction;
import ai.a5c.krate.api.core.LabelSelector;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.apiserver.kind.DnsNames;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.Kinds;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bindings as Kubernetes has them; the policy that one names may come later. */
final class BindingStrategy implements Strategy {
  private final Objects objects;
  private final Kind policies;
  private final Kinds kinds;

  BindingStrategy(Objects objects, Kind policies, Kinds kinds) {
    this.objects = objects;
    this.policies = policies;
    this.kinds = kinds;
  }

  /** Who binds a policy to parameters makes the server read them for everybody. */
  @Override
  public List<Claim> claims(WriteContext context, @Nullable ApiObject old, ApiObject object) {
    if (object.at("spec", "paramRef").isEmpty() || isSame(old, object)) {
      return List.of();
    }
    String name = object.text("spec", "paramRef", "name");
    return objects
        .get(policies, "", object.text("spec", "policyName"))
        .flatMap(
            policy ->
                Params.kind(
                    kinds,
                    new ParamKind(
                        policy.text("spec", "paramKind", "apiVersion"),
                        policy.text("spec", "paramKind", "kind"))))
        .map(kind -> List.of(new Claim(name.isEmpty() ? "list" : "get", kind.resource(), "", name)))
        .orElse(List.of());
  }

  @Override
  public List<FieldError> validate(
      WriteContext context, @Nullable ApiObject old, ApiObject object) {
    if (isSame(old, object)) {
      return List.of();
    }
    ValidatingAdmissionPolicyBinding.Spec spec =
        RecordCodec.read(ValidatingAdmissionPolicyBinding.class, object.json()).spec();
    List<FieldError> errors = new ArrayList<>();
    if (!DnsNames.isSubdomain(spec.policyName())) {
      errors.add(FieldError.invalid("spec.policyName", spec.policyName(), DnsNames.SUBDOMAIN_RULE));
    }
    ParamRef params = spec.paramRef();
    if (params != null) {
      check(params, errors);
    }
    MatchResources match = spec.matchResources();
    if (match != null) {
      errors.addAll(MatchChecks.errors(match, "spec.matchResources"));
    }
    List<ValidationAction> actions = spec.validationActions();
    if (actions.isEmpty()) {
      errors.add(FieldError.required("spec.validationActions", ""));
    } else if (actions.contains(ValidationAction.DENY) && actions.contains(ValidationAction.WARN)) {
      errors.add(
          FieldError.invalid(
              "spec.validationActions",
              "Deny, Warn",
              "must not contain both Deny and Warn (repeating the same validation failure"
                  + " information in the API response and headers serves no purpose)"));
    }
    return errors;
  }

  private static void check(ParamRef params, List<FieldError> errors) {
    LabelSelector selector = params.selector();
    if (params.name().isEmpty() && selector == null) {
      errors.add(FieldError.required("spec.paramRef", "one of name or selector must be specified"));
    }
    if (!params.name().isEmpty() && selector != null) {
      errors.add(
          FieldError.forbidden("spec.paramRef.name", "name and selector are mutually exclusive"));
    }
    if (params.parameterNotFoundAction() == null) {
      errors.add(FieldError.required("spec.paramRef.parameterNotFoundAction", ""));
    }
    if (selector != null) {
      errors.addAll(Selectors.errors(selector, "spec.paramRef.selector"));
    }
  }

  private static boolean isSame(@Nullable ApiObject old, ApiObject object) {
    return old != null
        && JsonTree.objectAt(old.json(), "spec").equals(JsonTree.objectAt(object.json(), "spec"));
  }
}
