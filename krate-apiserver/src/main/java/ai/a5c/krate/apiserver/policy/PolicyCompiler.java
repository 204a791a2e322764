package ai.a5c.krate.apiserver.policy;

import ai.a5c.krate.api.admission.ValidatingAdmissionPolicy;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicy.AuditAnnotation;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicy.FailurePolicy;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicy.MatchCondition;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicy.Validation;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicy.Variable;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.policy.CompiledPolicy.Named;
import ai.a5c.krate.apiserver.policy.CompiledPolicy.Rule;
import ai.a5c.krate.apiserver.policy.CompiledPolicy.Source;
import ai.a5c.krate.spi.expression.Compilation;
import ai.a5c.krate.spi.expression.Declarations;
import ai.a5c.krate.spi.expression.ExpressionLanguage;
import ai.a5c.krate.spi.expression.ResultType;
import ai.a5c.krate.spi.expression.ValueType;
import ai.a5c.krate.spi.expression.ValueType.Basic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compiles the expressions of policies, each with the variables that Kubernetes gives it. */
final class PolicyCompiler {
  /** The prefix of the names of variables that a policy makes itself. */
  static final String VARIABLES = "variables.";

  private static final int QUOTED = 256;

  private static final ValueType KIND =
      structure("kubernetes.GroupVersionKind", "group", "version", "kind");
  private static final ValueType RESOURCE =
      structure("kubernetes.GroupVersionResource", "group", "version", "resource");
  private static final ValueType TEXTS = new ValueType.ListOf(Basic.STRING);
  private static final ValueType USER =
      new ValueType.Structure(
          "kubernetes.UserInfo",
          Map.of(
              "username",
              Basic.STRING,
              "uid",
              Basic.STRING,
              "groups",
              TEXTS,
              "extra",
              new ValueType.MapOf(TEXTS)));
  private static final ValueType REQUEST =
      new ValueType.Structure(
          "kubernetes.AdmissionRequest",
          Map.ofEntries(
              Map.entry("kind", KIND),
              Map.entry("resource", RESOURCE),
              Map.entry("subResource", Basic.STRING),
              Map.entry("requestKind", KIND),
              Map.entry("requestResource", RESOURCE),
              Map.entry("requestSubResource", Basic.STRING),
              Map.entry("name", Basic.STRING),
              Map.entry("namespace", Basic.STRING),
              Map.entry("operation", Basic.STRING),
              Map.entry("userInfo", USER),
              Map.entry("dryRun", Basic.BOOL),
              Map.entry("options", Basic.DYNAMIC)));

  private static final Declarations BASE =
      Declarations.none()
          .with("object", Basic.DYNAMIC)
          .with("oldObject", Basic.DYNAMIC)
          .with("request", REQUEST);

  private final ExpressionLanguage language;

  PolicyCompiler(ExpressionLanguage language) {
    this.language = language;
  }

  private static ValueType structure(String name, String... fields) {
    return new ValueType.Structure(
        name,
        List.of(fields).stream().collect(Collectors.toMap(field -> field, field -> Basic.STRING)));
  }

  /** The policy, with what does not compile of it. */
  CompiledPolicy compile(String name, ValidatingAdmissionPolicy policy) {
    return new Compiling(name, policy.spec()).policy();
  }

  /** One policy while it is compiled. */
  private final class Compiling {
    private final String name;
    private final ValidatingAdmissionPolicy.Spec spec;
    private final List<FieldError> errors = new ArrayList<>();

    Compiling(String name, ValidatingAdmissionPolicy.Spec spec) {
      this.name = name;
      this.spec = spec;
    }

    CompiledPolicy policy() {
      Declarations messages = spec.paramKind() == null ? BASE : BASE.with("params", Basic.DYNAMIC);
      Declarations conditions = withRights(messages);
      List<Named> compiledConditions = new ArrayList<>();
      for (int i = 0; i < spec.matchConditions().size(); i++) {
        MatchCondition condition = spec.matchConditions().get(i);
        String path = "spec.matchConditions[" + i + "].expression";
        compiledConditions.add(
            new Named(
                condition.name(),
                source(path, condition.expression(), conditions, ResultType.BOOL)));
      }
      messages = messages.with("namespaceObject", Basic.DYNAMIC);
      List<Named> variables = new ArrayList<>();
      for (int i = 0; i < spec.variables().size(); i++) {
        Variable variable = spec.variables().get(i);
        Source source =
            source(
                "spec.variables[" + i + "].expression",
                variable.expression(),
                withRights(messages),
                ResultType.ANY);
        variables.add(new Named(VARIABLES + variable.name(), source));
        messages = messages.with(VARIABLES + variable.name(), typeOf(source));
      }
      return new CompiledPolicy(
          name,
          spec.failurePolicy() == FailurePolicy.IGNORE,
          spec.paramKind(),
          new ResourceMatch(spec.matchConstraints()),
          compiledConditions,
          variables,
          rules(withRights(messages), messages),
          annotations(withRights(messages)),
          errors);
    }

    private List<Rule> rules(Declarations declared, Declarations inMessages) {
      List<Rule> rules = new ArrayList<>();
      for (int i = 0; i < spec.validations().size(); i++) {
        Validation validation = spec.validations().get(i);
        String path = "spec.validations[" + i + "].";
        String text = validation.messageExpression();
        rules.add(
            new Rule(
                source(path + "expression", validation.expression(), declared, ResultType.BOOL),
                reason(validation.reason()),
                validation.message().isBlank()
                    ? "failed expression: " + validation.expression().strip()
                    : validation.message().strip(),
                text.isBlank()
                    ? null
                    : source(path + "messageExpression", text, inMessages, ResultType.MESSAGE)));
      }
      return rules;
    }

    private List<Named> annotations(Declarations declared) {
      List<Named> annotations = new ArrayList<>();
      for (int i = 0; i < spec.auditAnnotations().size(); i++) {
        AuditAnnotation annotation = spec.auditAnnotations().get(i);
        annotations.add(
            new Named(
                annotation.key(),
                source(
                    "spec.auditAnnotations[" + i + "].valueExpression",
                    annotation.valueExpression(),
                    declared,
                    ResultType.STRING_OR_NULL)));
      }
      return annotations;
    }

    private Source source(String path, String text, Declarations declared, ResultType type) {
      return switch (language.compile(text, declared, type)) {
        case Compilation.Compiled(var expression) -> new Source(text, expression, "");
        case Compilation.InvalidExpression invalid -> {
          String faults =
              invalid.faults().stream().map(PolicyCompiler::told).collect(Collectors.joining("; "));
          errors.add(FieldError.invalid(path, cut(text), "compilation failed: " + faults));
          yield new Source(text, null, faults);
        }
      };
    }
  }

  private static Declarations withRights(Declarations declared) {
    return declared
        .with("authorizer", Basic.AUTHORIZER)
        .with("authorizer.requestResource", Basic.RESOURCE_CHECK);
  }

  /** What others may expect of a variable; anything of one that does not compile. */
  private static ValueType typeOf(Source source) {
    return source.expression() == null ? Basic.DYNAMIC : source.expression().type();
  }

  private static String told(Compilation.Fault fault) {
    return fault.line() == 0
        ? fault.message()
        : "line " + fault.line() + ", column " + fault.column() + ": " + fault.message();
  }

  private static String cut(String text) {
    return text.length() <= QUOTED ? text : text.substring(0, QUOTED) + "...";
  }

  private static Problem.Denied.Reason reason(ValidatingAdmissionPolicy.@Nullable Reason reason) {
    return switch (reason) {
      case null -> Problem.Denied.Reason.INVALID;
      case INVALID -> Problem.Denied.Reason.INVALID;
      case FORBIDDEN -> Problem.Denied.Reason.FORBIDDEN;
      case UNAUTHORIZED -> Problem.Denied.Reason.UNAUTHORIZED;
      case REQUEST_ENTITY_TOO_LARGE -> Problem.Denied.Reason.TOO_LARGE;
    };
  }
}
