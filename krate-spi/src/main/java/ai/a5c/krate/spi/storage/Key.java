package ai.a5c.krate.spi.storage;

import ai.a5c.krate.api.meta.GroupResource;

/**
 * Where a document is stored.
 *
 * @param boundary the side on which the group lives
 * @param resource the collection
 * @param namespace empty for a cluster-scoped object
 * @param name unique in the collection and namespace
 */
public record Key<B extends Boundary>(
    B boundary, GroupResource resource, String namespace, String name) {
  public Key {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a key has a name: " + resource);
    }
  }

  @Override
  public String toString() {
    return namespace.isEmpty() ? resource + "/" + name : resource + "/" + namespace + "/" + name;
  }
}
