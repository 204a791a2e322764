package ai.a5c.krate.spi.git;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import org.jspecify.annotations.Nullable;

/**
 * What a push asks of one ref.
 *
 * @param old where the client believes the ref to be, null if it must not exist
 * @param target where it shall point, null to delete it
 * @param forced whether commits would be lost from the ref: {@code target} does not descend from
 *     {@code old}
 */
public record RefUpdate(
    RefName ref, @Nullable ObjectId old, @Nullable ObjectId target, boolean forced) {}
