package ai.a5c.krate.apiserver.policy;

import ai.a5c.krate.api.admission.ValidatingAdmissionPolicyBinding.ValidationAction;
import ai.a5c.krate.api.problem.Problem;
import ai.a5c.krate.apiserver.admission.Objection;
import ai.a5c.krate.apiserver.admission.Verdict;
import ai.a5c.krate.apiserver.registry.ApiObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Asks every policy in force about one request, for each of its bindings and parameters, as
 * Kubernetes' dispatcher does, but tells every denial. Used once, by one thread.
 */
final class PolicyStep {
  private static final int MOST_WARNINGS = 100;

  /** The most text of objections that one answer tells. */
  private static final int MOST_TOLD = 32 * 1024;

  private final RequestFacts facts;
  private final RequesterRights rights;
  private final Params params;
  private final PolicyLimits limits;
  private final FairTicker ticker;
  private final long start;
  private final List<Objection> objections = new ArrayList<>();
  private final Set<String> warnings = new LinkedHashSet<>();
  private final FailureNote failureNote = new FailureNote();
  private final Map<String, String> annotations = new TreeMap<>();
  private int told;
  private int untold;

  PolicyStep(
      RequestFacts facts,
      RequesterRights rights,
      Params params,
      PolicyLimits limits,
      FairTicker ticker) {
    this.facts = facts;
    this.rights = rights;
    this.params = params;
    this.limits = limits;
    this.ticker = ticker;
    this.start = ticker.getAsLong();
  }

  Verdict verdict(PolicySet set) {
    for (PolicySet.Active active : set.active()) {
      CompiledPolicy policy = active.policy();
      if (policy.match().matches(facts)) {
        Map<String, Set<String>> notes = new TreeMap<>();
        for (CompiledBinding binding : active.bindings()) {
          if (binding.matches(facts)) {
            ask(policy, binding, notes);
          }
        }
        notes.forEach(
            (key, values) -> annotations.put(policy.name() + "/" + key, String.join(", ", values)));
      }
    }
    if (untold > 0) {
      objections.add(Objection.invalid(untold + " more denials are not told"));
    }
    failureNote.text().ifPresent(text -> annotations.put(FailureNote.KEY, text));
    return new Verdict(objections, List.copyOf(warnings), annotations);
  }

  private void ask(CompiledPolicy policy, CompiledBinding binding, Map<String, Set<String>> notes) {
    switch (params.of(policy, binding, facts.namespace())) {
      case Params.Found.Wrong(String why) -> {
        if (!policy.ignoresErrors()) {
          object(
              policy,
              binding,
              Problem.Denied.Reason.INVALID,
              "failed to configure binding: " + why);
        }
      }
      case Params.Found.These(List<Optional<ApiObject>> found) -> {
        Duration left = limits.request().minusNanos(ticker.getAsLong() - start);
        Purse conditions = new Purse(limits.expression(), limits.conditions(), left, ticker);
        Purse purse = new Purse(limits.expression(), limits.binding(), left, ticker);
        for (Optional<ApiObject> with : found) {
          var scope = new EvaluationScope(policy, facts, rights, with.orElse(null));
          act(policy, binding, new PolicyEvaluation(policy, scope).run(conditions, purse), notes);
        }
      }
    }
  }

  private void act(
      CompiledPolicy policy,
      CompiledBinding binding,
      PolicyEvaluation.Outcome outcome,
      Map<String, Set<String>> notes) {
    for (PolicyEvaluation.Failure failure : outcome.failures()) {
      for (ValidationAction action : binding.actions()) {
        switch (action) {
          case DENY -> object(policy, binding, failure.reason(), failure.message());
          case WARN -> warn(policy, binding, failure.message());
          case AUDIT -> failureNote.add(policy, binding, failure);
        }
      }
    }
    outcome
        .notes()
        .forEach((key, value) -> notes.computeIfAbsent(key, k -> new TreeSet<>()).add(value));
    for (String why : outcome.failedNotes()) {
      object(policy, binding, Problem.Denied.Reason.INVALID, why);
    }
  }

  private void warn(CompiledPolicy policy, CompiledBinding binding, String message) {
    if (warnings.size() < MOST_WARNINGS) {
      warnings.add(
          "Validation failed for ValidatingAdmissionPolicy '"
              + policy.name()
              + "' with binding '"
              + binding.name()
              + "': "
              + message);
    }
  }

  private void object(
      CompiledPolicy policy,
      CompiledBinding binding,
      Problem.Denied.Reason reason,
      String message) {
    String denial =
        "ValidatingAdmissionPolicy '"
            + policy.name()
            + "' with binding '"
            + binding.name()
            + "' denied request: "
            + message;
    if (objections.isEmpty() || told + denial.length() <= MOST_TOLD) {
      objections.add(new Objection(reason, denial));
      told += denial.length();
    } else {
      untold++;
    }
  }
}
