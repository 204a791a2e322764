package ai.a5c.krate.apiserver.policy;

import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.policy.CompiledPolicy.Named;
import ai.a5c.krate.apiserver.policy.CompiledPolicy.Rule;
import ai.a5c.krate.apiserver.policy.CompiledPolicy.Source;
import ai.a5c.krate.spi.expression.Evaluation;
import ai.a5c.krate.spi.expression.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Asks one policy about one request with one object of parameters, as Kubernetes' validator does:
 * conditions first, then every rule, then the notes for the audit entry. Used once, by one thread.
 */
final class PolicyEvaluation {
  private final CompiledPolicy policy;
  private final EvaluationScope scope;
  private final List<Failure> failures = new ArrayList<>();
  private final Map<String, String> notes = new TreeMap<>();
  private final List<String> failedNotes = new ArrayList<>();

  /**
   * A rule that does not hold, or that cannot be decided.
   *
   * @param index of the rule
   */
  record Failure(int index, Problem.Denied.Reason reason, String message) {}

  /**
   * What the policy says.
   *
   * @param notes for the audit entry, by key
   * @param failedNotes why a note could not be made, where that matters
   */
  record Outcome(List<Failure> failures, Map<String, String> notes, List<String> failedNotes) {}

  PolicyEvaluation(CompiledPolicy policy, EvaluationScope scope) {
    this.policy = policy;
    this.scope = scope;
  }

  /**
   * Evaluates.
   *
   * @param conditions pays the match conditions
   * @param purse pays everything else
   */
  Outcome run(Purse conditions, Purse purse) {
    if (isMeant(conditions)) {
      rules(purse);
      notes(purse);
    }
    return new Outcome(failures, notes, failedNotes);
  }

  /** One condition that is false decides, whatever became of the others. */
  private boolean isMeant(Purse purse) {
    List<String> errors = new ArrayList<>();
    for (Named condition : policy.conditions()) {
      switch (evaluate(condition.source(), purse)) {
        case Evaluation.Value(Object value) when Boolean.TRUE.equals(value) -> {}
        case Evaluation.Value no -> {
          return false;
        }
        case Evaluation.Failed(String why) -> errors.add(error(condition.source(), why));
        case Evaluation.ExceededBudget(String why) -> errors.add(error(condition.source(), why));
      }
    }
    if (errors.isEmpty()) {
      return true;
    }
    failed(0, errors.size() == 1 ? errors.getFirst() : errors.toString());
    return false;
  }

  private void rules(Purse purse) {
    for (int i = 0; i < policy.rules().size(); i++) {
      Rule rule = policy.rules().get(i);
      switch (evaluate(rule.source(), purse)) {
        case Evaluation.Value(Object value) when Boolean.TRUE.equals(value) -> {}
        case Evaluation.Value no ->
            failures.add(new Failure(i, rule.reason(), message(rule, purse)));
        case Evaluation.Failed(String why) -> failed(i, error(rule.source(), why));
        case Evaluation.ExceededBudget(String why) -> {
          failed(i, error(rule.source(), why));
          if (purse.isEmpty()) {
            return;
          }
        }
      }
    }
  }

  private String message(Rule rule, Purse purse) {
    Source source = rule.messageSource();
    return source != null
            && evaluate(source, purse) instanceof Evaluation.Value(String made)
            && !made.isEmpty()
        ? made
        : rule.message();
  }

  private void notes(Purse purse) {
    for (Named note : policy.annotations()) {
      switch (evaluate(note.source(), purse)) {
        case Evaluation.Value(String value) -> {
          if (!value.isBlank()) {
            notes.put(note.name(), value.strip());
          }
        }
        case Evaluation.Value nothing -> {}
        case Evaluation.Failed(String why) -> failedNote(error(note.source(), why));
        case Evaluation.ExceededBudget(String why) -> failedNote(error(note.source(), why));
      }
    }
  }

  private void failed(int index, String message) {
    if (!policy.ignoresErrors()) {
      failures.add(new Failure(index, Problem.Denied.Reason.INVALID, message));
    }
  }

  private void failedNote(String message) {
    if (!policy.ignoresErrors()) {
      failedNotes.add(message);
    }
  }

  private Evaluation evaluate(Source source, Purse purse) {
    @Nullable Expression expression = source.expression();
    return expression == null
        ? new Evaluation.Failed("compilation failed: " + source.fault())
        : purse.pay(budget -> scope.evaluate(expression, budget));
  }

  private static String error(Source source, String why) {
    return "expression '" + source.text().strip() + "' resulted in error: " + why;
  }
}
