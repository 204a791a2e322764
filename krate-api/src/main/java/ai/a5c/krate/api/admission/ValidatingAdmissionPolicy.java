package ai.a5c.krate.api.admission;

import ai.a5c.krate.api.core.Condition;
import ai.a5c.krate.api.schema.Column;
import ai.a5c.krate.api.schema.Default;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Kind;
import ai.a5c.krate.api.schema.ListKeys;
import ai.a5c.krate.api.schema.StorageBoundary;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says by expressions what may not be written; in force where a binding says so. */
@Kind(
    group = AdmissionGroup.NAME,
    version = AdmissionGroup.VERSION,
    name = "ValidatingAdmissionPolicy",
    plural = "validatingadmissionpolicies",
    categories = "api-extensions",
    namespaced = false,
    boundary = StorageBoundary.CONFIGURATION,
    core = true)
@Description("A ValidatingAdmissionPolicy says by expressions which writes are refused.")
public record ValidatingAdmissionPolicy(
    @Description("What the policy asks for.") @NotNull Spec spec,
    @Description("What the server found out about the policy.") Status status) {
  /** The most characters of one expression. */
  static final int LONGEST_EXPRESSION = 16 * 1024;

  /** What is asked for. */
  public record Spec(
      @Description("The kind of the objects that parameterize the policy, if any do.")
          @Column(value = "PARAMKIND", of = "kind", order = 120)
          @Nullable ParamKind paramKind,
      @Description("The requests that the policy is about.") @NotNull
          MatchResources matchConstraints,
      @Description("What must hold of every request that the policy is about.")
          @Column("VALIDATIONS")
          @Size(max = 64)
          List<Validation> validations,
      @Description("What a request that cannot be decided becomes: Fail refuses it.")
          @Default("Fail")
          FailurePolicy failurePolicy,
      @Description("What is noted in the audit entry of each request.") @Size(max = 20)
          List<AuditAnnotation> auditAnnotations,
      @Description("Conditions that a request must meet for the policy to be about it.")
          @ListKeys("name")
          @Size(max = 64)
          List<MatchCondition> matchConditions,
      @Description("Expressions that others use, as variables with their names.")
          @ListKeys("name")
          @Size(max = 64)
          List<Variable> variables) {
    public Spec {
      validations = List.copyOf(validations);
      auditAnnotations = List.copyOf(auditAnnotations);
      matchConditions = List.copyOf(matchConditions);
      variables = List.copyOf(variables);
    }
  }

  /** A kind by its version and name. */
  public record ParamKind(
      @Description("The group and version of the kind.") @NotBlank String apiVersion,
      @Description("The name of the kind.") @NotBlank @Size(max = 63) String kind) {}

  /** What an error becomes. */
  public enum FailurePolicy {
    FAIL,
    IGNORE
  }

  /** An expression that must hold. */
  public record Validation(
      @Description("Must be true; sees object, oldObject, request, params and more.")
          @NotBlank
          @Size(max = LONGEST_EXPRESSION)
          String expression,
      @Description("What the caller is told if it is not.") @Size(max = 5_120) String message,
      @Description("How the refusal is classified, which decides its status code.")
          @Nullable Reason reason,
      @Description("Makes the message; the fixed one is told if it cannot.")
          @Size(max = LONGEST_EXPRESSION)
          String messageExpression) {}

  /** The reasons that a refusal may give. */
  public enum Reason {
    UNAUTHORIZED,
    FORBIDDEN,
    INVALID,
    REQUEST_ENTITY_TOO_LARGE
  }

  /** A value for the audit entry. */
  public record AuditAnnotation(
      @Description("What the value is noted as, after the name of the policy and a slash.")
          @NotBlank
          @Size(max = 63)
          String key,
      @Description("Makes the value; nothing is noted if it is null or empty.")
          @NotBlank
          @Size(max = 5_120)
          String valueExpression) {}

  /** A condition on requests. */
  public record MatchCondition(
      @Description("What messages call the condition.") @NotBlank @Size(max = 317) String name,
      @Description("Must be true for the policy to be about the request.")
          @NotBlank
          @Size(max = LONGEST_EXPRESSION)
          String expression) {}

  /** A named expression. */
  public record Variable(
      @Description("What others call it, as a member of variables.") @NotBlank @Size(max = 63)
          String name,
      @Description("Makes the value, when it is first asked for.")
          @NotBlank
          @Size(max = LONGEST_EXPRESSION)
          String expression) {}

  /** What is known. */
  public record Status(
      @Description("The generation of the policy that this was found out for.")
          long observedGeneration,
      @Description("What types say of the expressions.") @Nullable TypeChecking typeChecking,
      @Description("What is known of the policy.") @ListKeys("type") @Size(max = 16)
          List<Condition> conditions) {
    public Status {
      conditions = List.copyOf(conditions);
    }
  }

  /** What types say of the expressions. */
  public record TypeChecking(
      @Description("Expressions that some matched kinds are not fit for.")
          List<ExpressionWarning> expressionWarnings) {
    public TypeChecking {
      expressionWarnings = List.copyOf(expressionWarnings);
    }
  }

  /** What types say of one expression. */
  public record ExpressionWarning(
      @Description("The path of the expression.") @NotBlank String fieldRef,
      @Description("What is wrong, for a person to read.") @NotBlank @Size(max = 32_768)
          String warning) {}
}
