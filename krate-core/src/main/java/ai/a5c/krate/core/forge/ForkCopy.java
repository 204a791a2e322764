package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.apiserver.authz.Grants;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.KindReader;
import ai.a5c.krate.apiserver.registry.Objects;
import ai.a5c.krate.apiserver.registry.Plan;
import ai.a5c.krate.spi.storage.CommitOutcome;
import java.time.Instant;

/**
 * That a fork has everything that it begins with, by the fork's uid. Stored and never served:
 * written once, in the transaction that creates the last of its first refs; it goes with the
 * repository.
 */
@ai.a5c.krate.api.schema.Kind(
    group = "internal.krate.a5c.ai",
    version = "v1alpha1",
    name = "ForkCopy",
    plural = "forkcopies",
    namespaced = false,
    boundary = StorageBoundary.RECORDS)
@Description("A ForkCopy says that a fork has all that it begins with.")
public record ForkCopy(
    @Description("The uid of the repository that it was copied from.") String parent) {
  /** The kind, of which no client knows. */
  public static final Kind KIND = KindReader.read(ForkCopy.class);

  /** Who makes forks what they begin with: refs that it moves were pushed by nobody. */
  public static final String SUBJECT = Grants.PREFIX + "forks";

  /**
   * Removes what is known of a fork that goes.
   *
   * @param actor who does it
   * @return whether there may be more
   */
  public static boolean delete(Objects objects, String uid, String actor, Instant time) {
    return objects
        .get(KIND, "", uid)
        .map(
            copy -> {
              Plan plan = new Plan(StorageBoundary.RECORDS, actor, time);
              plan.remove(KIND, copy.revision(), copy);
              return objects.commit(plan) instanceof CommitOutcome.Rejected;
            })
        .orElse(false);
  }
}
