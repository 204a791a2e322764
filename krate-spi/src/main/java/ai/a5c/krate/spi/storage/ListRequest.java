package ai.a5c.krate.spi.storage;

import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.api.meta.Revision;
import org.jspecify.annotations.Nullable;

/**
 * A part of a collection, in the order of namespace and name by their bytes in UTF-8.
 *
 * @param resource the collection
 * @param namespace only this one; null for all, the cluster scope included
 * @param after only what comes after this place; null from the beginning
 * @param limit the most objects to give, at least 1
 * @param at the state as of this revision; null for the newest
 */
public record ListRequest(
    GroupResource resource,
    @Nullable String namespace,
    @Nullable Place after,
    int limit,
    @Nullable Revision at) {
  /** A place in the order of a list. */
  public record Place(String namespace, String name) {}

  public ListRequest {
    if (limit < 1) {
      throw new IllegalArgumentException("a list has room for at least one object: " + limit);
    }
  }
}
