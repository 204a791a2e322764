package ai.a5c.krate.apiserver.policy;

import ai.a5c.krate.api.admission.ValidatingAdmissionPolicy;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicy.ParamKind;
import ai.a5c.krate.api.admission.ValidatingAdmissionPolicy.Validation;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.apiserver.kind.Json;
import ai.a5c.krate.apiserver.kind.JsonTree;
import ai.a5c.krate.apiserver.kind.Kinds;
import ai.a5c.krate.apiserver.kind.RecordCodec;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.apiserver.registry.Claim;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.apiserver.registry.WriteContext;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A policy is stored only if every expression of it compiles, so that none is half-honoured. What
 * was stored already is not looked at again as long as it stays the same.
 */
final class PolicyStrategy implements Strategy {
  private static final Pattern IDENTIFIER = Pattern.compile("[_a-zA-Z][_a-zA-Z0-9]*");
  private static final Pattern QUALIFIED =
      Pattern.compile(
          "([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

  /** Words of the language that no variable can be called. */
  private static final Set<String> RESERVED =
      Set.of(
          "as",
          "break",
          "const",
          "continue",
          "else",
          "false",
          "for",
          "function",
          "if",
          "import",
          "in",
          "let",
          "loop",
          "namespace",
          "null",
          "package",
          "return",
          "true",
          "var",
          "void",
          "while");

  private final PolicyCompiler compiler;
  private final Kinds kinds;

  PolicyStrategy(PolicyCompiler compiler, Kinds kinds) {
    this.compiler = compiler;
    this.kinds = kinds;
  }

  @Override
  public ApiObject prepareCreate(WriteContext context, ApiObject object) {
    return observed(object, object.generation());
  }

  @Override
  public ApiObject prepareUpdate(WriteContext context, ApiObject old, ApiObject object) {
    if (context.onStatus()) {
      return object;
    }
    return spec(old).equals(spec(object)) ? object : observed(object, old.generation() + 1);
  }

  /** Types are only known when an expression is evaluated, so checking them finds nothing. */
  private static ApiObject observed(ApiObject object, long generation) {
    return object
        .with(Json.number(generation), "status", "observedGeneration")
        .with(JsonValue.EMPTY_JSON_OBJECT, "status", "typeChecking");
  }

  /** Who writes a policy makes the server read its parameters for everybody. */
  @Override
  public List<Claim> claims(WriteContext context, @Nullable ApiObject old, ApiObject object) {
    String version = object.text("spec", "paramKind", "apiVersion");
    String kind = object.text("spec", "paramKind", "kind");
    if (kind.isEmpty() || (old != null && spec(old).equals(spec(object)))) {
      return List.of();
    }
    return Params.kind(kinds, new ParamKind(version, kind))
        .map(params -> List.of(new Claim("get", params.resource(), "", "")))
        .orElse(List.of());
  }

  @Override
  public List<FieldError> validate(
      WriteContext context, @Nullable ApiObject old, ApiObject object) {
    if (old != null && spec(old).equals(spec(object))) {
      return List.of();
    }
    ValidatingAdmissionPolicy policy =
        RecordCodec.read(ValidatingAdmissionPolicy.class, object.json());
    ValidatingAdmissionPolicy.Spec spec = policy.spec();
    List<FieldError> errors = new ArrayList<>();
    ParamKind params = spec.paramKind();
    if (params != null && Params.kind(kinds, params).isEmpty()) {
      errors.add(
          FieldError.invalid(
              "spec.paramKind",
              params.apiVersion() + ", Kind=" + params.kind(),
              "no such kind is served here, or it is secret"));
    }
    if (spec.matchConstraints().resourceRules().isEmpty()) {
      errors.add(FieldError.required("spec.matchConstraints.resourceRules", ""));
    }
    errors.addAll(MatchChecks.errors(spec.matchConstraints(), "spec.matchConstraints"));
    if (spec.validations().isEmpty() && spec.auditAnnotations().isEmpty()) {
      String why = "validations or auditAnnotations must contain at least one item";
      errors.add(FieldError.required("spec.validations", why));
      errors.add(FieldError.required("spec.auditAnnotations", why));
    }
    names(spec, errors);
    messages(spec, errors);
    errors.addAll(compiler.compile(object.name(), policy).errors());
    return errors;
  }

  private static void names(ValidatingAdmissionPolicy.Spec spec, List<FieldError> errors) {
    for (int i = 0; i < spec.matchConditions().size(); i++) {
      String name = spec.matchConditions().get(i).name();
      qualified(name, "spec.matchConditions[" + i + "].name", errors);
    }
    for (int i = 0; i < spec.variables().size(); i++) {
      String name = spec.variables().get(i).name();
      if (!IDENTIFIER.matcher(name).matches() || RESERVED.contains(name)) {
        errors.add(
            FieldError.invalid(
                "spec.variables[" + i + "].name", name, "name is not a valid CEL identifier"));
      }
    }
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < spec.auditAnnotations().size(); i++) {
      String key = spec.auditAnnotations().get(i).key();
      String path = "spec.auditAnnotations[" + i + "].key";
      if (key.contains("/")) {
        errors.add(FieldError.invalid(path, key, "must not have a prefix"));
      } else {
        qualified(key, path, errors);
      }
      if (!keys.add(key)) {
        errors.add(
            new FieldError(FieldError.Reason.DUPLICATE, path, "Duplicate value: \"" + key + "\""));
      }
    }
  }

  private static void qualified(String name, String path, List<FieldError> errors) {
    if (!QUALIFIED.matcher(name).matches()) {
      errors.add(
          FieldError.invalid(
              path,
              name,
              "name part must consist of alphanumeric characters, '-', '_' or '.', and must start"
                  + " and end with an alphanumeric character"));
    }
  }

  private static void messages(ValidatingAdmissionPolicy.Spec spec, List<FieldError> errors) {
    for (int i = 0; i < spec.validations().size(); i++) {
      Validation validation = spec.validations().get(i);
      String path = "spec.validations[" + i + "].";
      String message = validation.message().strip();
      if (message.contains("\n")) {
        errors.add(
            FieldError.invalid(path + "message", message, "message must not contain line breaks"));
      }
      if (message.isEmpty() && validation.expression().strip().contains("\n")) {
        errors.add(
            FieldError.required(
                path + "message", "message must be specified if expression contains line breaks"));
      }
      if (validation.messageExpression().isBlank() && !validation.messageExpression().isEmpty()) {
        errors.add(
            FieldError.invalid(path + "messageExpression", "", "must be non-empty if specified"));
      }
    }
  }

  private static JsonObject spec(ApiObject object) {
    return JsonTree.objectAt(object.json(), "spec");
  }
}
