package ai.a5c.krate.spi.storage;

import ai.a5c.krate.api.meta.Revision;
import java.util.List;

/**
 * A part of a collection as it was at one revision.
 *
 * @param objects in order
 * @param at the revision of the snapshot that was read, of the whole log: the changes after it are
 *     exactly those that the list does not show
 * @param more whether objects follow the last of these
 */
public record Listing(List<StoredObject> objects, Revision at, boolean more) {
  public Listing {
    objects = List.copyOf(objects);
  }
}
