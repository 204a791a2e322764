package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.meta.Uid;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.spi.storage.CommitOutcome;
import ai.a5c.krate.spi.storage.ListRequest;
import ai.a5c.krate.spi.storage.StoredObject;
import java.time.Instant;
import java.util.List;

/** What is stored of a repository's branches and never served: it goes with the repository. */
public final class BranchRows {
  private static final List<Kind> KINDS = List.of(SourceBranch.KIND, BranchMover.KIND);
  private static final int PAGE = 500;

  private final Objects objects;

  public BranchRows(Objects objects) {
    this.objects = objects;
  }

  /**
   * Removes some of it.
   *
   * @param actor who does it
   * @return whether there may be more
   */
  public boolean delete(Uid repository, String actor, Instant time) {
    String prefix = repository + ".";
    Plan plan = new Plan(StorageBoundary.RECORDS, actor, time);
    for (Kind kind : KINDS) {
      var after = new ListRequest.Place("", prefix);
      for (StoredObject stored : objects.list(kind, "", after, PAGE, null).objects()) {
        if (stored.key().name().startsWith(prefix)) {
          plan.remove(kind, stored.revision(), objects.read(kind, stored));
        }
      }
    }
    if (plan.steps().isEmpty()) {
      return false;
    }
    return objects.commit(plan) instanceof CommitOutcome.Rejected || plan.steps().size() >= PAGE;
  }
}
