package ai.a5c.krate.apiserver.policy;

import ai.a5c.krate.api.admission.ValidatingAdmissionPolicy;
import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.spi.expression.Expression;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A policy that is ready to be asked.
 *
 * @param ignoresErrors whether a request passes that cannot be decided
 * @param paramKind what parameterizes it, if anything does
 * @param variables in their order: each sees those before it
 * @param errors what does not compile; evaluating that fails
 */
record CompiledPolicy(
    String name,
    boolean ignoresErrors,
    ValidatingAdmissionPolicy.@Nullable ParamKind paramKind,
    ResourceMatch match,
    List<Named> conditions,
    List<Named> variables,
    List<Rule> rules,
    List<Named> annotations,
    List<FieldError> errors) {
  CompiledPolicy {
    conditions = List.copyOf(conditions);
    variables = List.copyOf(variables);
    rules = List.copyOf(rules);
    annotations = List.copyOf(annotations);
    errors = List.copyOf(errors);
  }

  /**
   * An expression.
   *
   * @param expression null if it does not compile
   * @param fault why it does not; empty if it does
   */
  record Source(String text, @Nullable Expression expression, String fault) {}

  /** An expression with a name. */
  record Named(String name, Source source) {}

  /**
   * An expression that must hold.
   *
   * @param message what is told otherwise, if nothing makes a message
   * @param messageSource makes the message, if given
   */
  record Rule(
      Source source,
      Problem.Denied.Reason reason,
      String message,
      @Nullable Source messageSource) {}
}
