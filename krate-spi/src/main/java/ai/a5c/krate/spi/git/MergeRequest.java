package ai.a5c.krate.spi.git;

import ai.a5c.krate.api.git.ObjectId;
import java.time.Instant;

/**
 * A merge to compute.
 *
 * @param target the tip that is merged into, the first parent
 * @param head the commit that is merged, the second parent
 * @param message of the merge commit
 * @param author name of who merges; angle brackets and line breaks are left out of the commit
 * @param email of who merges
 * @param time of the commit, to the second, in UTC
 */
public record MergeRequest(
    ObjectId target, ObjectId head, String message, String author, String email, Instant time) {}
