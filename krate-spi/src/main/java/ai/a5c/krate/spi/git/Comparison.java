package ai.a5c.krate.spi.git;

import ai.a5c.krate.api.git.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * What a head would bring to a target.
 *
 * @param mergeBase the best common ancestor, null if there is none
 * @param commits reachable from the head and not from the target, counted up to a bound of 10,000
 * @param files changed between the merge base and the head, counted up to a bound of 3,000, and as
 *     far as the backend looks through folders
 * @param additions lines added in those files; 0 if not all files were counted
 * @param deletions lines deleted in those files; 0 if not all files were counted
 */
public record Comparison(
    @Nullable ObjectId mergeBase, int commits, int files, int additions, int deletions) {}
