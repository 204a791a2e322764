package ai.a5c.krate.apiserver.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The policies in force at one moment, in the order of their names.
 *
 * @param active policies that at least one binding puts into force
 */
record PolicySet(List<Active> active) {
  static final PolicySet EMPTY = new PolicySet(List.of());

  /** A policy with its bindings, in the order of their names. */
  record Active(CompiledPolicy policy, List<CompiledBinding> bindings) {
    Active {
      bindings = List.copyOf(bindings);
    }
  }

  PolicySet {
    active = List.copyOf(active);
  }

  static PolicySet of(Collection<CompiledPolicy> policies, Collection<CompiledBinding> bindings) {
    Map<String, List<CompiledBinding>> byPolicy = new TreeMap<>();
    bindings.stream()
        .sorted(Comparator.comparing(CompiledBinding::name))
        .forEach(b -> byPolicy.computeIfAbsent(b.policy(), p -> new ArrayList<>()).add(b));
    return new PolicySet(
        policies.stream()
            .filter(policy -> byPolicy.containsKey(policy.name()))
            .sorted(Comparator.comparing(CompiledPolicy::name))
            .map(policy -> new Active(policy, byPolicy.getOrDefault(policy.name(), List.of())))
            .toList());
  }
}
