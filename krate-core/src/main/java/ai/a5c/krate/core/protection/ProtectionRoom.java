package ai.a5c.krate.core.protection;

import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.Contribution;
import ai.a5c.krate.apiserver.registry.Strategy;
import ai.a5c.krate.core.forge.ForgeKinds;
import ai.a5c.krate.core.forge.Protections;
import ai.a5c.krate.core.forge.Room;
import java.util.List;
import java.util.Map;

/** BranchProtections. */
public final class ProtectionRoom implements Room {
  private final Protections protections;

  public ProtectionRoom(Protections protections) {
    this.protections = protections;
  }

  @Override
  public Map<Kind, Strategy> strategies() {
    return Map.of(ForgeKinds.BRANCH_PROTECTION, new ProtectionStrategy(protections));
  }

  @Override
  public List<Contribution> contributions() {
    return List.of(new CountContribution());
  }
}
