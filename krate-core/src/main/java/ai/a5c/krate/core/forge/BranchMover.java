package ai.a5c.krate.core.forge;

import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.kind.KindReader;

/**
 * The commit that somebody last moved a branch to, by a push or by a merge into it. Stored and
 * never served, one small row for each user and branch, written in the transaction that moves the
 * branch. It outlives the branch, so that nobody rids himself of it by deleting the branch and
 * creating it again; it goes with the repository.
 */
@ai.a5c.krate.api.schema.Kind(
    group = "internal.krate.a5c.ai",
    version = "v1alpha1",
    name = "BranchMover",
    plural = "branchmovers",
    namespaced = false,
    boundary = StorageBoundary.RECORDS)
@Description("A BranchMover says to which commit a user last moved a branch.")
public record BranchMover(
    @Description("The user's name.") String user, @Description("The commit.") String commit) {
  /** The kind, of which no client knows. */
  public static final Kind KIND = KindReader.read(BranchMover.class);
}
