package ai.a5c.krate.core.protection;

import ai.a5c.krate.apiserver.registry.Contribution;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Protections;
import java.util.Set;
import java.util.TreeSet;

/**
 * Counts every write of a BranchProtection in the transaction that makes it, so that whoever has
 * compiled them learns of it by reading one row.
 */
final class CountContribution implements Contribution {
  @Override
  public void contribute(Plan plan) {
    Set<String> namespaces = new TreeSet<>();
    for (Step step : plan.steps()) {
      switch (step) {
        case Step.Write write when write.kind().equals(ForgeKinds.BRANCH_PROTECTION) ->
            namespaces.add(write.object().namespace());
        case Step.Remove remove when remove.kind().equals(ForgeKinds.BRANCH_PROTECTION) ->
            namespaces.add(remove.last().namespace());
        default -> {}
      }
    }
    for (String namespace : namespaces) {
      plan.add(new Step.Count(Protections.counter(namespace), Long.MAX_VALUE));
    }
  }
}
