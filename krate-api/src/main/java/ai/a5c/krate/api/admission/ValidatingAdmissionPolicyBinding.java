package ai.a5c.krate.api.admission;

import ai.a5c.krate.api.core.LabelSelector;
import ai.a5c.krate.api.schema.Column;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.SetOfValues;
import ai.a5c.krate.api.schema.StorageBoundary;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts a policy into force: for which requests, with which parameters, and to what effect. */
@Kind(
    group = AdmissionGroup.NAME,
    version = AdmissionGroup.VERSION,
    name = "ValidatingAdmissionPolicyBinding",
    plural = "validatingadmissionpolicybindings",
    categories = "api-extensions",
    namespaced = false,
    boundary = StorageBoundary.CONFIGURATION,
    core = true)
@Description("A ValidatingAdmissionPolicyBinding puts a policy into force for some requests.")
public record ValidatingAdmissionPolicyBinding(
    @Description("What the binding asks for.") @NotNull Spec spec) {

  /** What is asked for. */
  public record Spec(
      @Description("The policy that is put into force.")
          @NotBlank
          @Size(max = 253)
          @Column("POLICYNAME")
          String policyName,
      @Description("The objects that parameterize the policy.")
          @Column(value = "PARAMREF", of = "name", order = 120)
          @Nullable ParamRef paramRef,
      @Description("The requests that are meant, of those that the policy is about.")
          @Nullable MatchResources matchResources,
      @Description("What a request that does not hold brings about: Deny, Warn or Audit.")
          @SetOfValues
          @Size(max = 3)
          List<ValidationAction> validationActions) {
    public Spec {
      validationActions = List.copyOf(validationActions);
    }
  }

  /** What becomes of a request that does not hold. */
  public enum ValidationAction {
    DENY,
    WARN,
    AUDIT
  }

  /** Objects of the policy's kind of parameters. */
  public record ParamRef(
      @Description("The object of this name.") @Size(max = 253) String name,
      @Description("Where the objects are; the namespace of the request if empty.") @Size(max = 63)
          String namespace,
      @Description("The objects with these labels; the policy is asked with each.")
          @Nullable LabelSelector selector,
      @Description("What it means that there are none: Allow, or Deny by the failure policy.")
          @Nullable ParameterNotFoundAction parameterNotFoundAction) {}

  /** What missing parameters mean. */
  public enum ParameterNotFoundAction {
    ALLOW,
    DENY
  }
}
