package ai.a5c.krate.apiserver.policy;

import ai.a5c.krate.apiserver.policy.CompiledPolicy.Named;
import ai.a5c.krate.apiserver.registry.ApiObject;
import ai.a5c.krate.spi.expression.Access;
import ai.a5c.krate.spi.expression.AccessTarget;
import ai.a5c.krate.spi.expression.Budget;
import ai.a5c.krate.spi.expression.Evaluation;
import ai.a5c.krate.spi.expression.Expression;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The variables of one policy for one request and one object of parameters. The policy's own are
 * computed when they are first asked for, and kept. Used by one thread.
 */
final class EvaluationScope {
  private final CompiledPolicy policy;
  private final RequestFacts facts;
  private final Access access;
  private final @Nullable ApiObject params;
  private final Map<String, Evaluation> computed = new HashMap<>();
  private @Nullable RuntimeException fault;

  EvaluationScope(
      CompiledPolicy policy, RequestFacts facts, Access access, @Nullable ApiObject params) {
    this.policy = policy;
    this.facts = facts;
    this.access = access;
    this.params = params;
  }

  /**
   * Evaluates an expression of the policy. What broke while a variable was looked up, such as the
   * store, is thrown: it is no fault of the expression.
   */
  Evaluation evaluate(Expression expression, Budget budget) {
    Evaluation result = expression.evaluate(name -> resolve(name, budget), budget);
    RuntimeException broken = fault;
    if (broken != null) {
      fault = null;
      throw broken;
    }
    return result;
  }

  private Evaluation resolve(String name, Budget budget) {
    return switch (name) {
      case "object" -> json(facts.object());
      case "oldObject" -> json(facts.old());
      case "request" -> new Evaluation.Value(facts.request());
      case "params" -> json(params);
      case "namespaceObject" -> namespace();
      case "authorizer" -> new Evaluation.Value(access);
      case "authorizer.requestResource" -> new Evaluation.Value(requestResource());
      default -> variable(name, budget);
    };
  }

  private Evaluation namespace() {
    try {
      return json(facts.namespaceObject());
    } catch (RuntimeException e) {
      fault = e;
      return new Evaluation.Failed("the namespace cannot be read");
    }
  }

  private AccessTarget requestResource() {
    return new AccessTarget(
        access,
        new Access.Principal.Requester(),
        Access.Target.of(
            facts.kind().group(),
            facts.kind().plural(),
            facts.subresource(),
            facts.namespace(),
            facts.name()));
  }

  private Evaluation variable(String name, Budget budget) {
    Evaluation known = computed.get(name);
    if (known != null) {
      return known;
    }
    for (Named variable : policy.variables()) {
      if (variable.name().equals(name)) {
        Expression expression = variable.source().expression();
        Evaluation result =
            expression == null
                ? new Evaluation.Failed("compilation failed: " + variable.source().fault())
                : expression.evaluate(inner -> resolve(inner, budget), budget);
        // With a budget of its own, another expression may get further.
        if (!(result instanceof Evaluation.ExceededBudget)) {
          computed.put(name, result);
        }
        return result;
      }
    }
    return new Evaluation.Failed("no such variable: " + name);
  }

  private static Evaluation json(@Nullable ApiObject object) {
    return new Evaluation.Value(object == null ? null : object.json());
  }
}
