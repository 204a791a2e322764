package ai.a5c.krate.storage.postgres;

import ai.a5c.krate.api.meta.GroupResource;
import ai.a5c.krate.spi.storage.Boundary;
import ai.a5c.krate.spi.storage.Change;
import ai.a5c.krate.spi.storage.Key;
import java.util.Set;

/** The one rule that tells the side of a group. */
record Sides(Set<String> recordGroups) {
  Boundary of(String group) {
    return recordGroups.contains(group)
        ? Boundary.Records.RECORDS
        : Boundary.Configuration.CONFIGURATION;
  }

  Boundary of(Change change) {
    return switch (change) {
      case Change.ObjectChanged changed -> changed.object().key().boundary();
      case Change.RefMoved ignored -> Boundary.Records.RECORDS;
    };
  }

  Key<?> key(GroupResource resource, String namespace, String name) {
    return new Key<>(of(resource.group()), resource, namespace, name);
  }

  /**
   * Refuses what is not on a side.
   *
   * @throws IllegalArgumentException if the group is on the other
   */
  void require(Boundary side, Boundary claimed, String group) {
    if (!claimed.equals(side) || !of(group).equals(side)) {
      throw new IllegalArgumentException(
          "the group " + group + " is not on the side of " + side + ", where it was asked for");
    }
  }
}
