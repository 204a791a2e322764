package ai.a5c.krate.spi.storage;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.api.meta.Revision;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Refs of one repository as they were at one revision.
 *
 * @param refs where each points, by name
 * @param at the revision of the snapshot that was read
 */
public record RefListing(SortedMap<RefName, ObjectId> refs, Revision at) {
  public RefListing {
    refs = Collections.unmodifiableSortedMap(new TreeMap<>(refs));
  }
}
