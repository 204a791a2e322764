package ai.a5c.krate.apiserver.policy;

import ai.a5c.krate.api.admission.MatchResources;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicyBinding;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicyBinding.ParamRef;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicyBinding.ValidationAction;
import ai.a5c.krate.apiserver.wire.LabelSelector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A binding that is ready to be asked.
 *
 * @param match null if it means all that its policy means
 * @param params null if it names none
 * @param selector of the parameters; null if they are named
 */
record CompiledBinding(
    String name,
    String policy,
    @Nullable ResourceMatch match,
    @Nullable ParamRef params,
    @Nullable LabelSelector selector,
    List<ValidationAction> actions) {
  CompiledBinding {
    actions = List.copyOf(actions);
  }

  static CompiledBinding of(String name, ValidatingAdmissionPolicyBinding binding) {
    ValidatingAdmissionPolicyBinding.Spec spec = binding.spec();
    MatchResources resources = spec.matchResources();
    ParamRef params = spec.paramRef();
    return new CompiledBinding(
        name,
        spec.policyName(),
        resources == null ? null : new ResourceMatch(resources),
        params,
        params == null || params.selector() == null ? null : Selectors.of(params.selector()),
        spec.validationActions());
  }

  boolean matches(RequestFacts facts) {
    return match == null || match.matches(facts);
  }
}
