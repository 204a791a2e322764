package ai.a5c.krate.core.review;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.apiserver.registry.Contribution;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.apiserver.registry.Step;
import ai.a5c.krate.core.forge.Movers;
import java.util.List;

/**
 * Remembers who moved which branch where, in the transaction that moves it. A deletion brings
 * nothing onto a branch, and takes away nothing that is remembered of it.
 */
final class MoverContribution implements Contribution {
  private final Movers movers;

  MoverContribution(Movers movers) {
    this.movers = movers;
  }

  @Override
  public void contribute(Plan plan) {
    for (Step step : List.copyOf(plan.steps())) {
      if (step instanceof Step.MoveRef move) {
        ObjectId target = move.target();
        if (target != null) {
          RefName.parse(move.ref().fill(slot -> "0").utf8())
              .flatMap(RefName::branch)
              .ifPresent(branch -> movers.note(plan, move.repository(), branch, target));
        }
      }
    }
  }
}
